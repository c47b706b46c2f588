//! The audit: rows are added by whoever makes the change, read here, and never touched again.

use super::super::Db;
use super::schema::audit_events;
use super::{Sql, audit_chain};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::{AuditEntry, AuditLink, AuditLinker, AuditStore, Mark, StoredAudit, Stream};
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

impl Sql {
    async fn add_one(&self, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| { add(conn, self.linker()?, entry).await })
    }
}

/// Adds one row in the caller's transaction, and links it there if its stream is the admins'.
pub(super) async fn add(
    conn: &mut super::Conn,
    linker: &AuditLinker,
    entry: &AuditEntry,
) -> Result<(), Failure> {
    let (row, stream) = (StoredAudit::from(entry), linker.stream_of(entry));
    if entry.stream == Stream::Admins {
        audit_chain::link_one(conn, linker, stream, &row).await?;
    }
    diesel::insert_into(audit_events::table).values(AuditRow::new(row, stream)).execute(conn).await?;
    Ok(())
}

/// Adds rows in the caller's transaction.
pub(super) async fn add_all(
    conn: &mut super::Conn,
    linker: &AuditLinker,
    entries: &[AuditEntry],
) -> Result<(), Failure> {
    for entry in entries {
        add(conn, linker, entry).await?;
    }
    Ok(())
}

/// A mark is `<at>.<id>` of the last row shown.
pub(super) fn read_mark(mark: &str) -> Option<(i64, String)> {
    let (at, id) = mark.split_once('.')?;
    Some((at.parse().ok()?, id.to_owned()))
}

#[async_trait]
impl AuditStore for Sql {
    /// A mark that is none of ours marks the end: the page is empty.
    async fn list_audit(&self, page: &PageRequest) -> Result<Page<StoredAudit>, StoreError> {
        let limit = usize::from(page.limit.clamp(1, MAX_PAGE));
        let mut query = audit_events::table.select(AuditRow::as_select()).into_boxed::<Db>();
        if let Some(mark) = &page.after {
            let Some((at, id)) = read_mark(mark) else { return Ok(Page { items: Vec::new(), next: None }) };
            query = query
                .filter(audit_events::at.le(at))
                .filter(audit_events::at.lt(at).or(audit_events::id.lt(id)));
        }
        let ordered = query.order((audit_events::at.desc(), audit_events::id.desc()));
        // One more than asked for tells whether there is another page.
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut conn = self.reader().await?;
        let mut rows: Vec<AuditRow> = ordered.limit(one_more).load(&mut conn).await.map_err(Failure::from)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.at, row.id));
        Ok(Page { items: rows.into_iter().map(StoredAudit::from).collect(), next })
    }

    async fn add_audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.add_one(entry).await?)
    }

    async fn link_logins(&self, until: Timestamp) -> Result<usize, StoreError> {
        Ok(self.link_rows(until).await?)
    }

    async fn list_streams(&self) -> Result<Vec<(String, Mark)>, StoreError> {
        Ok(self.heads().await?)
    }

    async fn list_links(&self, stream: &str, after: &Mark, limit: i64) -> Result<Vec<AuditLink>, StoreError> {
        Ok(self.links(stream, after, limit).await?)
    }

    async fn count_unlinked(&self, stream: &str, before: Timestamp) -> Result<i64, StoreError> {
        Ok(self.unlinked(stream, before).await?)
    }
}
