//! Consents: what people let websites know without being asked again.

use super::schema::{authorizations, consents};
use super::{Conn, Sql};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::StoreError;
use saoma_core::client::ClientId;
use saoma_core::grant::{Consent, ConsentStore, Scope};
use saoma_core::id::UserId;

impl Sql {
    async fn consent_of(&self, user: &str, client: &str) -> Result<Option<Scope>, Failure> {
        let query = consents::table.find((user, client)).select(consents::scope);
        let scope: Option<String> = query.get_result(&mut self.reader().await?).await.optional()?;
        Ok(scope.map(|scope| Scope::parse(&scope)))
    }
}

#[async_trait]
impl ConsentStore for Sql {
    async fn find_consent(&self, user: &UserId, client: &ClientId) -> Result<Option<Scope>, StoreError> {
        Ok(self.consent_of(user.as_str(), client.as_str()).await?)
    }
}

/// Keeps it, with all that was allowed before.
pub(super) async fn remember(conn: &mut Conn, consent: &Consent) -> Result<(), Failure> {
    let key = (consent.user.as_str(), consent.client.as_str());
    let known: Option<String> =
        consents::table.find(key).select(consents::scope).get_result(conn).await.optional()?;
    let scope = known.map_or(consent.scope, |known| Scope::parse(&known).and(consent.scope)).to_string();
    let row = (
        consents::user_id.eq(consent.user.as_str()),
        consents::client_id.eq(consent.client.as_str()),
        consents::scope.eq(&scope),
        consents::created_at.eq(consent.at.0),
        consents::updated_at.eq(consent.at.0),
    );
    let insert = diesel::insert_into(consents::table)
        .values(row)
        .on_conflict((consents::user_id, consents::client_id))
        .do_update()
        .set((consents::scope.eq(&scope), consents::updated_at.eq(consent.at.0)));
    insert.execute(conn).await?;
    Ok(())
}

/// These Users are asked again by that website, and what it waits for comes to nothing.
pub(super) async fn take_back(conn: &mut Conn, of: &[String], client: Option<&str>) -> Result<(), Failure> {
    let given = consents::table.filter(consents::user_id.eq_any(of));
    let open = authorizations::table
        .filter(authorizations::user_id.eq_any(of))
        .filter(authorizations::redeemed_at.is_null());
    let nothing = (
        authorizations::consented_at.eq(None::<i64>),
        authorizations::code_hash.eq(None::<String>),
        authorizations::code_expires_at.eq(None::<i64>),
    );
    if let Some(client) = client {
        diesel::delete(given.filter(consents::client_id.eq(client))).execute(conn).await?;
        let there = open.filter(authorizations::client_id.eq(client));
        diesel::update(there).set(nothing).execute(conn).await?;
    } else {
        diesel::delete(given).execute(conn).await?;
        diesel::update(open).set(nothing).execute(conn).await?;
    }
    Ok(())
}

/// Those for a Client that goes.
pub(super) async fn forget_client(conn: &mut Conn, client: &str) -> Result<(), Failure> {
    diesel::delete(consents::table.filter(consents::client_id.eq(client))).execute(conn).await?;
    Ok(())
}

/// Those of Users who go.
pub(super) async fn forget(conn: &mut Conn, users: &[String]) -> Result<(), Failure> {
    diesel::delete(consents::table.filter(consents::user_id.eq_any(users))).execute(conn).await?;
    Ok(())
}
