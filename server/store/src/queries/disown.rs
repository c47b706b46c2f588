//! The end of all that came of a Login whose person says that it was not them: one transaction.

use super::forgetting::all_parts;
use super::rows::{LoginRow, Moved};
use super::schema::{authorizations, grants, logins, user_sessions};
use super::{Conn, Sql, audit, consents, grants as granted, notices};
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
            let sessions = sessions_of(conn, login).await?;
            // First: whoever redeems a code at this moment holds its session until the grant is there.
            end_sessions(conn, &sessions, *now).await?;
            let given = what_came(conn, login, &sessions).await?;
            notices::of_sessions(conn, &sessions, *now).await?;
            granted::revoke(conn, &given, *now).await?;
            forget_consents(conn, login, &sessions).await?;
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

/// The session that the Login began, and those that it gave something in.
async fn sessions_of(conn: &mut Conn, login: &Login) -> Result<Vec<String>, Failure> {
    let given = grants::table.filter(grants::origin_id.eq_any(origins(login))).select(grants::session_id);
    let given: Vec<Option<String>> = given.load(conn).await?;
    let authorization = login.authorization.as_ref().map(ToString::to_string).unwrap_or_default();
    let begun = authorizations::table.find(authorization).select(authorizations::session_id);
    let begun: Option<Option<String>> = begun.get_result(conn).await.optional()?;
    let all: BTreeSet<String> = given.into_iter().flatten().chain(begun.flatten()).collect();
    Ok(all.into_iter().collect())
}

/// What a grant of this Login can have come of.
fn origins(login: &Login) -> Vec<String> {
    let authorization = login.authorization.as_ref().map(ToString::to_string);
    std::iter::once(login.id.to_string()).chain(authorization).collect()
}

async fn end_sessions(conn: &mut Conn, sessions: &[String], now: Timestamp) -> Result<(), Failure> {
    let live = user_sessions::table
        .filter(user_sessions::id.eq_any(sessions))
        .filter(user_sessions::ended_at.is_null());
    diesel::update(live).set(user_sessions::ended_at.eq(Some(now.0))).execute(conn).await?;
    Ok(())
}

/// Grants of the Login, and of these sessions. Websites of grants that have no session hear of it here, as no
/// session's end tells them.
async fn what_came(conn: &mut Conn, login: &Login, sessions: &[String]) -> Result<Vec<String>, Failure> {
    let own = grants::origin_id.eq_any(origins(login));
    let alone = grants::table.filter(own.clone()).filter(grants::session_id.is_null()).select(grants::id);
    let alone: Vec<String> = alone.load(conn).await?;
    notices::of_grants(conn, &alone, login.updated_at).await?;
    let given = grants::table.filter(own.nullable().or(grants::session_id.eq_any(sessions)));
    Ok(given.select(grants::id).load(conn).await?)
}

/// Whoever was let in may have said yes to websites in this person's name: they are asked again.
async fn forget_consents(conn: &mut Conn, login: &Login, sessions: &[String]) -> Result<(), Failure> {
    let Some(user) = &login.user else { return Ok(()) };
    let wanted = authorizations::table
        .filter(authorizations::session_id.eq_any(sessions))
        .select(authorizations::client_id);
    let wanted: Vec<String> = wanted.distinct().load(conn).await?;
    let all = all_parts(conn, user.as_str()).await?;
    let websites: BTreeSet<String> = wanted.into_iter().chain([login.client.to_string()]).collect();
    for website in websites {
        consents::take_back(conn, &all, Some(&website)).await?;
    }
    Ok(())
}
