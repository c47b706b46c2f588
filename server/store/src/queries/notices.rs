//! Logout notices: written where sessions and grants end, taken by whoever carries them.

use super::schema::{grants, logout_notices};
use super::{Conn, Sql, audit};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::notice::{LogoutNotice, LogoutNoticeStore};
use saoma_core::{StoreError, Timestamp};

const CORRUPT: Failure = Failure::Corrupt("logout notice");

/// Whose back end is to hear of whom: Client, User, session; an empty session stands for all.
pub(super) type Told = (String, String, String);

#[derive(Queryable)]
struct NoticeRow {
    client: String,
    user: String,
    session: String,
    attempts: i32,
}

impl TryFrom<NoticeRow> for LogoutNotice {
    type Error = Failure;
    fn try_from(row: NoticeRow) -> Result<Self, Failure> {
        let session = (!row.session.is_empty()).then_some(row.session);
        Ok(Self {
            client: row.client.parse().map_err(|_| CORRUPT)?,
            user: row.user.parse().map_err(|_| CORRUPT)?,
            session: session.map(|id| id.parse().map_err(|_| CORRUPT)).transpose()?,
            attempts: u32::try_from(row.attempts).map_err(|_| CORRUPT)?,
        })
    }
}

/// Every website that was told of somebody in these sessions is to hear that they ended.
pub(super) async fn of_sessions(conn: &mut Conn, sessions: &[String], now: Timestamp) -> Result<(), Failure> {
    let given = grants::table.filter(grants::session_id.eq_any(sessions)).select((
        grants::client_id,
        grants::user_id,
        grants::session_id,
    ));
    let given: Vec<(String, String, Option<String>)> = given.distinct().load(conn).await?;
    let told = given.into_iter().map(|(client, user, session)| (client, user, session.unwrap_or_default()));
    write(conn, told.collect(), now).await
}

/// The same for grants that are revoked, whatever session they were given in.
pub(super) async fn of_grants(conn: &mut Conn, ids: &[String], now: Timestamp) -> Result<(), Failure> {
    let given = grants::table.filter(grants::id.eq_any(ids)).select((grants::client_id, grants::user_id));
    let given: Vec<(String, String)> = given.distinct().load(conn).await?;
    let told = given.into_iter().map(|(client, user)| (client, user, String::new()));
    write(conn, told.collect(), now).await
}

async fn write(conn: &mut Conn, told: Vec<Told>, now: Timestamp) -> Result<(), Failure> {
    let row = |(client, user, session): Told| {
        (
            logout_notices::client_id.eq(client),
            logout_notices::user_id.eq(user),
            logout_notices::session_id.eq(session),
            logout_notices::attempts.eq(0),
            logout_notices::due_at.eq(now.0),
            logout_notices::created_at.eq(now.0),
        )
    };
    for one in told {
        // One that waits says the same, but may wait for long or be on its last try.
        let key = (logout_notices::client_id, logout_notices::user_id, logout_notices::session_id);
        let anew = (logout_notices::attempts.eq(0), logout_notices::due_at.eq(now.0));
        let insert = diesel::insert_into(logout_notices::table).values(row(one));
        let insert = insert.on_conflict(key).do_update().set(anew);
        insert.execute(conn).await?;
    }
    Ok(())
}

impl Sql {
    async fn due_notices(&self, now: Timestamp, limit: i64) -> Result<Vec<NoticeRow>, Failure> {
        let mut conn = self.reader().await?;
        let due = logout_notices::table.filter(logout_notices::due_at.le(now.0));
        let longest = diesel::dsl::min(logout_notices::due_at);
        let waiting = due.group_by(logout_notices::client_id).order(longest).limit(limit);
        let waiting: Vec<String> = waiting.select(logout_notices::client_id).load(&mut conn).await?;
        // Each website has its share: one that does not answer holds up nobody else's.
        let share = limit / i64::try_from(waiting.len()).unwrap_or(limit).max(1);
        let mut found = Vec::new();
        for client in waiting {
            let own = due.filter(logout_notices::client_id.eq(client)).order(logout_notices::due_at);
            let own = own.limit(share.max(1)).select((
                logout_notices::client_id,
                logout_notices::user_id,
                logout_notices::session_id,
                logout_notices::attempts,
            ));
            found.extend(own.load::<NoticeRow>(&mut conn).await?);
        }
        Ok(found)
    }

    async fn take_it(&self, notice: &LogoutNotice, again: Timestamp) -> Result<bool, Failure> {
        let attempts = i32::try_from(notice.attempts).map_err(|_| CORRUPT)?;
        let as_read = logout_notices::table.find(key(notice)).filter(logout_notices::attempts.eq(attempts));
        let taken = (logout_notices::attempts.eq(attempts + 1), logout_notices::due_at.eq(again.0));
        write_tx!(self.single().await?, |conn| {
            Ok(diesel::update(as_read).set(taken).execute(conn).await? == 1)
        })
    }

    async fn drop_notice(&self, notice: &LogoutNotice, entry: Option<&AuditEntry>) -> Result<(), Failure> {
        // One that was written anew meanwhile has not been told.
        let attempts = i32::try_from(notice.attempts).map_err(|_| CORRUPT)?;
        let as_taken = logout_notices::table.find(key(notice)).filter(logout_notices::attempts.eq(attempts));
        write_tx!(self.writer().await?, |conn| {
            diesel::delete(as_taken).execute(conn).await?;
            match entry {
                Some(entry) => audit::add(conn, self.linker()?, entry).await,
                None => Ok(()),
            }
        })
    }
}

fn key(notice: &LogoutNotice) -> (&str, &str, &str) {
    let session = notice.session.as_ref().map(saoma_core::id::UserSessionId::as_str).unwrap_or_default();
    (notice.client.as_str(), notice.user.as_str(), session)
}

#[async_trait]
impl LogoutNoticeStore for Sql {
    async fn list_due_notices(&self, now: Timestamp, limit: i64) -> Result<Vec<LogoutNotice>, StoreError> {
        let rows = self.due_notices(now, limit).await?;
        rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
    }

    async fn take_notice(&self, notice: &LogoutNotice, again: Timestamp) -> Result<bool, StoreError> {
        Ok(self.take_it(notice, again).await?)
    }

    async fn delete_notice(
        &self,
        notice: &LogoutNotice,
        given_up: Option<&AuditEntry>,
    ) -> Result<(), StoreError> {
        Ok(self.drop_notice(notice, given_up).await?)
    }
}
