//! What a Login's row gains beside its stages, and what it loses on its way out: notes of what was shown
//! and of what the vendor said; then whatever could open or prove something; then all of it.

use super::Sql;
use super::rows::to_json;
use super::schema::{logins, statistics_head};
use crate::error::Failure;
use crate::prepared::PreparedOnce;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::id::LoginId;
use saoma_core::login::VendorAnswer;

/// Stands where a unique value stood. No scene and no address of a picture has this sign.
const CLEARED: &str = "~";

impl Sql {
    pub(super) async fn write_shown(&self, shown: &[(LoginId, Timestamp)]) -> Result<(), Failure> {
        if shown.is_empty() {
            return Ok(());
        }
        write_tx!(self.writer().await?, |conn| {
            for (login, at) in shown {
                let silent =
                    logins::table.filter(logins::id.eq(login.as_str())).filter(logins::shown_at.is_null());
                let update = diesel::update(silent).set(logins::shown_at.eq(Some(at.0)));
                PreparedOnce(update).execute(conn).await?;
            }
            Ok(())
        })
    }

    pub(super) async fn write_vendor_answer(
        &self,
        login: &LoginId,
        answer: &VendorAnswer,
    ) -> Result<(), Failure> {
        let live = logins::table.filter(logins::id.eq(login.as_str())).filter(logins::ended_at.is_null());
        let told = logins::vendor_answer.eq(Some(to_json(answer)?));
        write_tx!(self.single().await?, |conn| {
            diesel::update(live).set(told).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn clear_ended(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        let secrets = (
            logins::scene.eq(logins::id.concat(CLEARED)),
            logins::image_token.eq(logins::id.concat(CLEARED)),
            logins::browser_hash.eq(""),
            logins::code_challenge.eq(""),
            logins::private.eq(None::<String>),
            logins::companion_hash.eq(None::<String>),
            logins::code_hash.eq(None::<String>),
            logins::code_expires_at.eq(None::<i64>),
            logins::state_hash.eq(None::<String>),
            logins::number.eq(None::<String>),
            logins::push_key.eq(None::<String>),
        );
        let told = (
            logins::challenge_value.eq(None::<String>),
            logins::redirect_uri.eq(None::<String>),
            logins::site.eq("{}"),
            logins::proof_namespace.eq(None::<String>),
            logins::proof_subject.eq(None::<String>),
            logins::proof_detail.eq(None::<String>),
        );
        write_tx!(self.writer().await?, |conn| {
            let whole =
                logins::table.filter(logins::ended_at.lt(before.0)).filter(logins::cleared_at.is_null());
            let oldest = whole.order(logins::ended_at).limit(limit);
            let ids: Vec<String> = oldest.select(logins::id).load(conn).await?;
            let cleared = (secrets, told, logins::cleared_at.eq(Some(before.0)));
            let update = diesel::update(logins::table.filter(logins::id.eq_any(ids))).set(cleared);
            Ok(update.execute(conn).await?)
        })
    }

    pub(super) async fn delete_cleared(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let counted: i64 = statistics_head::table.select(statistics_head::until).get_result(conn).await?;
            let old = logins::table
                .filter(logins::created_at.lt(before.0.min(counted)))
                .filter(logins::cleared_at.is_not_null());
            let oldest = old.order(logins::created_at).limit(limit);
            let ids: Vec<String> = oldest.select(logins::id).load(conn).await?;
            Ok(diesel::delete(logins::table.filter(logins::id.eq_any(ids))).execute(conn).await?)
        })
    }
}
