//! The audit: rows are added by whoever makes the change, read here, and never touched again.

use super::super::Db;
use super::schema::audit_events;
use super::{Linker, Sql, audit_chain, audit_list};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::{
    AuditEntry, AuditLink, AuditNames, AuditScope, AuditStore, Checkpoint, Mark, NamesWanted, PlacedAudit,
    StoredAudit, Stream,
};
use saoma_core::page::{MAX_PAGE, Page, PageRequest};
use saoma_core::{StoreError, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct AuditRow {
    id: String,
    at: i64,
    actor: String,
    address: Option<String>,
    action: String,
    target: String,
    client_id: Option<String>,
    provider: Option<String>,
    user_id: Option<String>,
    outcome: String,
    detail: Option<String>,
    admin_id: Option<String>,
    stream: String,
}

impl AuditRow {
    pub(super) fn is_of(&self, stream: &str) -> bool {
        self.stream == stream
    }

    /// Its place in a list: when, and its id.
    pub(super) fn place(&self) -> (i64, &str) {
        (self.at, &self.id)
    }

    fn new(row: StoredAudit, stream: &str) -> Self {
        let StoredAudit {
            id,
            at,
            actor,
            address,
            action,
            target,
            client_id,
            provider,
            user_id,
            outcome,
            detail,
            admin_id,
        } = row;
        let (at, stream) = (at.0, stream.to_owned());
        Self {
            id,
            at,
            actor,
            address,
            action,
            target,
            client_id,
            provider,
            user_id,
            outcome,
            detail,
            admin_id,
            stream,
        }
    }
}

impl From<AuditRow> for StoredAudit {
    fn from(row: AuditRow) -> Self {
        let AuditRow {
            id,
            at,
            actor,
            address,
            action,
            target,
            client_id,
            provider,
            user_id,
            outcome,
            detail,
            admin_id,
            stream: _,
        } = row;
        let at = Timestamp(at);
        Self {
            id,
            at,
            actor,
            address,
            action,
            target,
            client_id,
            provider,
            user_id,
            outcome,
            detail,
            admin_id,
        }
    }
}

/// Adds one row in the caller's transaction, and links it there if its stream is the admins'.
pub(super) async fn add(conn: &mut super::Conn, linker: &Linker, entry: &AuditEntry) -> Result<(), Failure> {
    let row = to_add(conn, linker, entry).await?;
    diesel::insert_into(audit_events::table).values(row).execute(conn).await?;
    Ok(())
}

/// The row that `add` would add, for whoever writes it together with others in the same transaction.
pub(super) async fn to_add(
    conn: &mut super::Conn,
    linker: &Linker,
    entry: &AuditEntry,
) -> Result<AuditRow, Failure> {
    let (mut row, stream) = (StoredAudit::from(entry), linker.links.stream_of(entry));
    match entry.stream {
        Stream::Admins => audit_chain::link_one(conn, &linker.links, stream, &row).await?,
        Stream::Logins => row.at = Timestamp(linker.flight.time_for(row.at.0)),
    }
    Ok(AuditRow::new(row, stream))
}

/// Adds rows in the caller's transaction.
pub(super) async fn add_all(
    conn: &mut super::Conn,
    linker: &Linker,
    entries: &[AuditEntry],
) -> Result<(), Failure> {
    for entry in entries {
        add(conn, linker, entry).await?;
    }
    Ok(())
}

#[async_trait]
impl AuditStore for Sql {
    /// A mark that is none of ours marks the end: the page is empty.
    async fn list_audit(
        &self,
        scope: &AuditScope,
        page: &PageRequest,
    ) -> Result<Page<StoredAudit>, StoreError> {
        let limit = usize::from(page.limit.clamp(1, MAX_PAGE));
        let mut rows = self.audit_rows(scope, page).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(audit_list::mark_after);
        Ok(Page { items: rows.into_iter().map(StoredAudit::from).collect(), next })
    }

    async fn find_audit(&self, id: &str) -> Result<Option<PlacedAudit>, StoreError> {
        Ok(self.audit_by_id(id).await?)
    }

    async fn place_audit(&self, rows: Vec<StoredAudit>) -> Result<Vec<PlacedAudit>, StoreError> {
        Ok(self.placed(rows).await?)
    }

    async fn find_names(&self, wanted: &NamesWanted) -> Result<AuditNames, StoreError> {
        Ok(self.names(wanted).await?)
    }

    async fn note(&self, audit: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.add_note(audit).await?)
    }

    async fn link_logins(&self, until: Timestamp) -> Result<usize, StoreError> {
        Ok(self.link_rows(until).await?)
    }

    async fn list_heads(&self) -> Result<Vec<(String, Mark)>, StoreError> {
        Ok(self.heads().await?)
    }

    async fn list_streams(&self) -> Result<Vec<(String, Mark)>, StoreError> {
        Ok(self.streams().await?)
    }

    async fn list_links(&self, stream: &str, after: &Mark, limit: i64) -> Result<Vec<AuditLink>, StoreError> {
        Ok(self.links(stream, after, limit).await?)
    }

    async fn count_unlinked_by_time(
        &self,
        stream: &str,
        walked: (Timestamp, Timestamp),
        due: (Timestamp, Timestamp),
    ) -> Result<i64, StoreError> {
        Ok(self.unlinked_by_time(stream, walked, due).await?)
    }

    async fn count_unlinked_by_row(&self, stream: &str) -> Result<i64, StoreError> {
        Ok(self.unlinked_by_row(stream).await?)
    }

    async fn create_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        Ok(self.put_checkpoint(checkpoint).await?)
    }

    async fn list_checkpoints(
        &self,
        stream: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(Checkpoint, i64)>, StoreError> {
        Ok(self.checkpoints(stream, after, limit).await?)
    }

    async fn find_last_checkpoint(&self, stream: &str) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.last_checkpoint(stream).await?)
    }

    async fn find_cut(&self, stream: &str) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.cut_of(stream).await?)
    }

    async fn cut(&self, cut: &Checkpoint, audit: &AuditEntry) -> Result<Option<usize>, StoreError> {
        Ok(self.cut_stream(cut, audit).await?)
    }
}
