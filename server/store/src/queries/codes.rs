//! A confirmed Login's code, or the page that asks first in its place. Codes are redeemed in `redeem.rs`.

use super::rows::{LoginRow, REDIRECT};
use super::schema::logins;
use super::{Sql, consents};
use crate::error::Failure;
use crate::prepared::PreparedOnce;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use saoma_core::login::{NewCode, Stage, TradedCode};
use saoma_core::{SecretHash, Timestamp};

/// Confirmed, and neither lapsed nor for another to answer.
macro_rules! open {
    ($now:expr) => {
        logins::table
            .filter(logins::stage.eq(Stage::Confirmed.as_str()))
            .filter(logins::challenge_type.ne(REDIRECT))
            .filter(logins::authorization_id.is_null())
            .filter(logins::expires_at.gt($now.0))
    };
}

impl Sql {
    pub(super) async fn put(&self, code: &NewCode) -> Result<Option<LoginRow>, Failure> {
        let websites = code.websites.iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
        let any_website = code.websites.is_none().into_sql::<Bool>();
        let live = open!(code.now)
            .filter(logins::client_id.eq_any(websites).or(any_website))
            .filter(logins::id.eq(code.login.as_str()))
            .filter(logins::browser_hash.eq(code.browser_hash.as_str()));
        let new = (
            logins::code_hash.eq(Some(code.code_hash.as_str())),
            logins::code_expires_at.eq(Some(code.code_expires_at.0)),
        );
        write_tx!(self.single().await?, |conn| {
            let update = diesel::update(live).set(new).returning(LoginRow::as_returning());
            Ok(PreparedOnce(update).get_result(conn).await.optional()?)
        })
    }

    pub(super) async fn by_code(
        &self,
        code: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LoginRow>, Failure> {
        let query = open!(now)
            .filter(logins::code_hash.eq(code.as_str()))
            .filter(logins::code_expires_at.gt(now.0))
            .select(LoginRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    pub(super) async fn trade(&self, traded: &TradedCode) -> Result<bool, Failure> {
        let waiting = open!(traded.now)
            .filter(logins::code_hash.eq(traded.from.as_str()))
            .filter(logins::code_expires_at.gt(traded.now.0));
        let new = (
            logins::code_hash.eq(Some(traded.to.hash.as_str())),
            logins::code_expires_at.eq(Some(traded.to.expires_at.0)),
        );
        write_tx!(self.writer().await?, |conn| {
            if diesel::update(waiting).set(new).execute(conn).await? != 1 {
                return Ok(false);
            }
            if let Some(consent) = &traded.consent {
                consents::remember(conn, consent).await?;
            }
            Ok(true)
        })
    }
}
