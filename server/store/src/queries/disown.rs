//! The end of all that came of a Login whose person says that it was not them: one transaction.

use super::rows::{LoginRow, Moved};
use super::schema::{authorizations, grants, logins, user_sessions};
use super::{Conn, Sql, audit, grants as granted, notices};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::Timestamp;
use saoma_core::login::{Disowning, Login, Transition};
use saoma_core::provider::{ProviderSlug, VendorIdentity};
use std::collections::BTreeSet;

impl Sql {
    pub(super) async fn last_login(
        &self,
        provider: &ProviderSlug,
        subject: &VendorIdentity,
        since: Timestamp,
    ) -> Result<Option<LoginRow>, Failure> {
        let query = logins::table
            .filter(logins::proof_namespace.eq(&subject.namespace))
            .filter(logins::proof_subject.eq(&subject.subject))
            .filter(logins::provider.eq(provider.as_str()))
            .filter(logins::confirmed_at.ge(since.0))
            .order(logins::confirmed_at.desc())
            .limit(1)
            .select(LoginRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    pub(super) async fn disowned(&self, disowning: &Disowning) -> Result<(), Failure> {
        let Disowning { login, transition, now, audit: entry } = disowning;
        write_tx!(self.writer().await?, |conn| {
            if let Some(transition) = transition {
                end_login(conn, transition).await?;
            }
            let (given, sessions) = what_came(conn, login).await?;
            end_sessions(conn, &sessions, *now).await?;
            granted::revoke(conn, &given, *now).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }
}

async fn end_login(conn: &mut Conn, transition: &Transition) -> Result<(), Failure> {
    let as_read = logins::table
        .find(transition.after.id.as_str())
        .filter(logins::stage.eq(transition.from.as_str()))
        .filter(logins::version.eq(transition.from_version));
    let moved = Moved::to(&transition.after)?;
    super::lost_unless_one(diesel::update(as_read).set(moved).execute(conn).await?)
}

/// Grants of the Login, and of the session that it began; that session. Grants of no session are told apart here,
/// as no session's end tells their websites.
async fn what_came(conn: &mut Conn, login: &Login) -> Result<(Vec<String>, Vec<String>), Failure> {
    let authorization = login.authorization.as_ref().map(ToString::to_string);
    let origins: Vec<String> = std::iter::once(login.id.to_string()).chain(authorization.clone()).collect();
    let own =
        grants::table.filter(grants::origin_id.eq_any(&origins)).select((grants::id, grants::session_id));
    let own: Vec<(String, Option<String>)> = own.load(conn).await?;
    let begun = authorizations::table
        .filter(authorizations::id.eq(authorization.unwrap_or_default()))
        .select(authorizations::session_id);
    let begun: Option<Option<String>> = begun.get_result(conn).await.optional()?;
    let of_grants = own.iter().filter_map(|(_, session)| session.clone());
    let sessions: BTreeSet<String> = of_grants.chain(begun.flatten()).collect();
    let sessions: Vec<String> = sessions.into_iter().collect();
    let more = grants::table.filter(grants::session_id.eq_any(&sessions)).select(grants::id);
    let more: Vec<String> = more.load(conn).await?;
    let given: BTreeSet<String> = own.iter().map(|(id, _)| id.clone()).chain(more).collect();
    let alone: Vec<String> =
        own.into_iter().filter(|(_, session)| session.is_none()).map(|(id, _)| id).collect();
    notices::of_grants(conn, &alone, login.updated_at).await?;
    Ok((given.into_iter().collect(), sessions))
}

async fn end_sessions(conn: &mut Conn, sessions: &[String], now: Timestamp) -> Result<(), Failure> {
    let live = user_sessions::table
        .filter(user_sessions::id.eq_any(sessions))
        .filter(user_sessions::ended_at.is_null());
    diesel::update(live).set(user_sessions::ended_at.eq(Some(now.0))).execute(conn).await?;
    notices::of_sessions(conn, sessions, now).await
}
