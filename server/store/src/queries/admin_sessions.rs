//! Where admins are logged in: found by the hash of what the browser holds, touched, ended.

use super::admin_rows::{AdminRow, SessionRow};
use super::schema::{admin_links, admin_sessions, admins, passkey_ceremonies};
use super::{Sql, audit};
use crate::error::Failure;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::admin::{Admin, Session};
use saoma_core::audit::AuditEntry;
use saoma_core::id::{AdminId, SessionId};
use saoma_core::{SecretHash, Timestamp};

impl Sql {
    pub(super) async fn session(&self, hash: &SecretHash) -> Result<Option<(Session, Admin)>, Failure> {
        let query = admin_sessions::table
            .inner_join(admins::table.on(admins::id.eq(admin_sessions::admin_id)))
            .filter(admin_sessions::hash.eq(hash.as_str()))
            .select((SessionRow::as_select(), AdminRow::as_select()));
        let row: Option<(SessionRow, AdminRow)> =
            query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(|(session, admin)| Ok((session.read()?, admin.read()?))).transpose()
    }

    pub(super) async fn touch(&self, id: &SessionId, now: Timestamp) -> Result<(), Failure> {
        write_tx!(self.single().await?, |conn| {
            let own = admin_sessions::table.find(id.as_str());
            diesel::update(own).set(admin_sessions::seen_at.eq(now.0)).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn sessions_of(&self, admin: &AdminId) -> Result<Vec<Session>, Failure> {
        let own = admin_sessions::table.filter(admin_sessions::admin_id.eq(admin.as_str()));
        let query = own
            .order((admin_sessions::seen_at.desc(), admin_sessions::id.desc()))
            .select(SessionRow::as_select());
        let rows: Vec<SessionRow> = query.load(&mut self.reader().await?).await?;
        rows.into_iter().map(SessionRow::read).collect()
    }

    pub(super) async fn drop_session(
        &self,
        admin: &AdminId,
        id: &SessionId,
        entry: &AuditEntry,
    ) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let own = admin_sessions::table.find(id.as_str());
            let own = own.filter(admin_sessions::admin_id.eq(admin.as_str()));
            if diesel::delete(own).execute(conn).await? == 0 {
                return Err(Failure::LOST);
            }
            audit::add(conn, self.linker()?, entry).await
        })
    }

    pub(super) async fn drop_old(
        &self,
        began_before: Timestamp,
        seen_before: Timestamp,
        links_before: Timestamp,
    ) -> Result<usize, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let old =
                admin_sessions::created_at.lt(began_before.0).or(admin_sessions::seen_at.lt(seen_before.0));
            let sessions = diesel::delete(admin_sessions::table.filter(old)).execute(conn).await?;
            let run_out = admin_links::table.filter(admin_links::expires_at.lt(links_before.0));
            let links = diesel::delete(run_out).execute(conn).await?;
            let late = passkey_ceremonies::table.filter(passkey_ceremonies::expires_at.lt(links_before.0));
            Ok(sessions + links + diesel::delete(late).execute(conn).await?)
        })
    }
}
