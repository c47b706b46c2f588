//! Users' sessions: found by what the browser holds, begun and renewed.

use super::grants::revoke;
use super::schema::{coalesce, grants, user_sessions, users};
use super::{Conn, Sql, audit, notices};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::grant::{Scope, ScopeWord};
use saoma_core::id::{UserId, UserSessionId};
use saoma_core::login::Login;
use saoma_core::provider::Assurance;
use saoma_core::session::{NewSession, SessionStore, UserSession};
use saoma_core::{SecretHash, StoreError, Timestamp};

const CORRUPT: Failure = Failure::Corrupt("session");

#[derive(Queryable)]
struct SessionRow {
    id: String,
    user: String,
    provider: String,
    assurance: String,
    auth_time: i64,
    own_auth_time: Option<i64>,
    browser: Option<String>,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
}

impl TryFrom<SessionRow> for UserSession {
    type Error = Failure;
    fn try_from(row: SessionRow) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.parse().map_err(|_| CORRUPT)?,
            user: row.user.parse().map_err(|_| CORRUPT)?,
            provider: row.provider.parse().map_err(|_| CORRUPT)?,
            assurance: Assurance::parse(&row.assurance).ok_or(CORRUPT)?,
            auth_time: Timestamp(row.auth_time),
            own_auth_time: row.own_auth_time.map(Timestamp),
            browser: row.browser,
            created_at: Timestamp(row.created_at),
            seen_at: Timestamp(row.seen_at),
            expires_at: Timestamp(row.expires_at),
        })
    }
}

/// The session of whoever just logged in: what this browser had goes on if it is theirs, under its new secret;
/// somebody else's ends. Answers its id.
pub(super) async fn begin(
    conn: &mut Conn,
    new: &NewSession,
    login: &Login,
    now: Timestamp,
) -> Result<String, Failure> {
    let user = login.user.as_ref().ok_or(Failure::Corrupt("login"))?;
    let auth_time = login.steps.confirmed_at.unwrap_or(login.updated_at);
    let own_auth_time =
        login.client.is_of_own_page().then_some(user_sessions::own_auth_time.eq(Some(auth_time.0)));
    if let Some(before) = &new.before {
        let live = user_sessions::table.find(before.as_str()).filter(user_sessions::ended_at.is_null());
        let goes_on = (
            user_sessions::secret_hash.eq(new.secret_hash.as_str()),
            user_sessions::provider.eq(login.provider.as_str()),
            user_sessions::assurance.eq(login.assurance.as_str()),
            user_sessions::auth_time.eq(auth_time.0),
            own_auth_time,
            user_sessions::seen_at.eq(now.0),
            user_sessions::expires_at.eq(new.expires_at.0),
        );
        let theirs = live.filter(user_sessions::user_id.eq(user.as_str()));
        if diesel::update(theirs).set(goes_on).execute(conn).await? == 1 {
            return Ok(before.to_string());
        }
        if diesel::update(live).set(user_sessions::ended_at.eq(Some(now.0))).execute(conn).await? == 1 {
            end_given(conn, before.as_str(), now).await?;
        }
    }
    let row = (
        user_sessions::id.eq(new.id.as_str()),
        user_sessions::secret_hash.eq(new.secret_hash.as_str()),
        user_sessions::user_id.eq(user.as_str()),
        user_sessions::provider.eq(login.provider.as_str()),
        user_sessions::assurance.eq(login.assurance.as_str()),
        user_sessions::auth_time.eq(auth_time.0),
        own_auth_time,
        user_sessions::browser.eq(new.browser.as_deref()),
        user_sessions::created_at.eq(now.0),
        user_sessions::seen_at.eq(now.0),
        user_sessions::expires_at.eq(new.expires_at.0),
    );
    diesel::insert_into(user_sessions::table).values(row).execute(conn).await?;
    Ok(new.id.to_string())
}

/// What was granted in a session that is over ends with it, but for what is to last when the person is gone; its
/// websites hear of it.
async fn end_given(conn: &mut Conn, session: &str, now: Timestamp) -> Result<(), Failure> {
    let given = grants::table
        .filter(grants::session_id.eq(session))
        .filter(grants::revoked_at.is_null())
        .select((grants::id, grants::scope));
    let given: Vec<(String, String)> = given.load(conn).await?;
    let ends = |scope: &str| !Scope::parse(scope).has(ScopeWord::OfflineAccess);
    let ids: Vec<String> = given.into_iter().filter(|(_, scope)| ends(scope)).map(|(id, _)| id).collect();
    revoke(conn, &ids, now).await?;
    notices::of_sessions(conn, &[session.to_owned()], now).await
}

/// The columns of a `SessionRow`, with what tells whose it is.
macro_rules! session_columns {
    ($whose:expr) => {
        (
            user_sessions::id,
            $whose,
            user_sessions::provider,
            user_sessions::assurance,
            user_sessions::auth_time,
            user_sessions::own_auth_time,
            user_sessions::browser,
            user_sessions::created_at,
            user_sessions::seen_at,
            user_sessions::expires_at,
        )
    };
}

/// Ends every session of these Users; the websites they were logged in at hear of it.
pub(super) async fn end_all_of(conn: &mut Conn, users: &[String], now: Timestamp) -> Result<(), Failure> {
    let live = user_sessions::table
        .filter(user_sessions::user_id.eq_any(users))
        .filter(user_sessions::ended_at.is_null());
    let ended = diesel::update(live).set(user_sessions::ended_at.eq(Some(now.0)));
    let ended: Vec<String> = ended.returning(user_sessions::id).get_results(conn).await?;
    notices::of_sessions(conn, &ended, now).await
}

impl Sql {
    async fn session_of(
        &self,
        secret: &SecretHash,
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Option<SessionRow>, Failure> {
        let whose = diesel::alias!(users as whose);
        let person = coalesce(whose.field(users::merged_into), whose.field(users::id));
        let query = user_sessions::table
            .inner_join(whose.on(whose.field(users::id).eq(user_sessions::user_id)))
            .inner_join(users::table.on(users::id.eq(person)))
            .filter(user_sessions::secret_hash.eq(secret.as_str()))
            .filter(user_sessions::ended_at.is_null())
            .filter(user_sessions::expires_at.gt(now.0))
            .filter(user_sessions::seen_at.gt(used_after.0))
            .filter(users::disabled_at.is_null())
            .select(session_columns!(users::id));
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn browsers_of(
        &self,
        of: &[String],
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Vec<SessionRow>, Failure> {
        let query = user_sessions::table
            .inner_join(users::table.on(users::id.eq(user_sessions::user_id)))
            .filter(user_sessions::user_id.eq_any(of))
            .filter(user_sessions::ended_at.is_null())
            .filter(user_sessions::expires_at.gt(now.0))
            .filter(user_sessions::seen_at.gt(used_after.0))
            .order((user_sessions::seen_at.desc(), user_sessions::id.desc()))
            .select(session_columns!(coalesce(users::merged_into, users::id)));
        Ok(query.load(&mut self.reader().await?).await?)
    }

    async fn note_use(&self, session: &str, now: Timestamp) -> Result<(), Failure> {
        let live = user_sessions::table.find(session).filter(user_sessions::ended_at.is_null());
        write_tx!(self.single().await?, |conn| {
            diesel::update(live).set(user_sessions::seen_at.eq(now.0)).execute(conn).await?;
            Ok(())
        })
    }

    async fn renew(&self, session: &str, secret: &SecretHash, now: Timestamp) -> Result<bool, Failure> {
        let live = user_sessions::table
            .find(session)
            .filter(user_sessions::ended_at.is_null())
            .filter(user_sessions::expires_at.gt(now.0));
        let new = (user_sessions::secret_hash.eq(secret.as_str()), user_sessions::seen_at.eq(now.0));
        write_tx!(self.single().await?, |conn| {
            Ok(diesel::update(live).set(new).execute(conn).await? == 1)
        })
    }

    async fn end_it(&self, session: &str, now: Timestamp, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let live = user_sessions::table.find(session).filter(user_sessions::ended_at.is_null());
            if diesel::update(live).set(user_sessions::ended_at.eq(Some(now.0))).execute(conn).await? == 0 {
                return Ok(());
            }
            end_given(conn, session, now).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }

    async fn delete_sessions(&self, before: Timestamp, limit: i64) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old = user_sessions::expires_at.lt(before.0).or(user_sessions::ended_at.lt(before.0));
            let oldest = user_sessions::table.filter(old).limit(limit).select(user_sessions::id);
            let ids: Vec<String> = oldest.load(conn).await?;
            let gone = user_sessions::table.filter(user_sessions::id.eq_any(ids));
            Ok(diesel::delete(gone).execute(conn).await?)
        })
    }
}

#[async_trait]
impl SessionStore for Sql {
    async fn find_session(
        &self,
        secret: &SecretHash,
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Option<UserSession>, StoreError> {
        let found = self.session_of(secret, now, used_after).await?;
        Ok(found.map(UserSession::try_from).transpose()?)
    }

    async fn list_sessions(
        &self,
        users: &[UserId],
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Vec<UserSession>, StoreError> {
        let ids: Vec<String> = users.iter().map(ToString::to_string).collect();
        let found = self.browsers_of(&ids, now, used_after).await?;
        Ok(found.into_iter().map(UserSession::try_from).collect::<Result<_, _>>()?)
    }

    async fn touch_session(&self, session: &UserSessionId, now: Timestamp) -> Result<(), StoreError> {
        Ok(self.note_use(session.as_str(), now).await?)
    }

    async fn renew_session(
        &self,
        session: &UserSessionId,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.renew(session.as_str(), secret, now).await?)
    }

    async fn end_session(
        &self,
        session: &UserSessionId,
        now: Timestamp,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        Ok(self.end_it(session.as_str(), now, audit).await?)
    }

    async fn delete_ended_sessions(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
        Ok(self.delete_sessions(before, limit).await?)
    }
}
