//! Providers: read as a whole, replaced by what the configuration file or an admin says. Secrets come sealed.

use super::super::Db;
use super::rows::{from_json, to_json};
use super::schema::{clients, providers};
use super::{Conn, Sql, audit, lost_unless_one};
use crate::error::{Failure, unless_lost};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::id::ProviderId;
use saoma_core::provider::{ProviderRecord, ProviderSlug, ProviderStore};
use saoma_core::{StoreError, Timestamp};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = providers, check_for_backend(Db))]
struct ProviderRow {
    id: String,
    slug: String,
    kind: String,
    title: String,
    config: String,
    secrets: String,
    position: i32,
    enabled: bool,
    managed_by_file: bool,
    updated_at: i64,
    version: i64,
    created_at: i64,
}

impl ProviderRow {
    fn new(record: &ProviderRecord) -> Result<Self, Failure> {
        Ok(Self {
            id: record.id.to_string(),
            slug: record.slug.to_string(),
            kind: record.kind.clone(),
            title: record.title.clone(),
            config: to_json(&record.config)?,
            secrets: to_json(&record.secrets)?,
            position: record.position,
            enabled: record.enabled,
            managed_by_file: record.managed_by_file,
            updated_at: record.updated_at.0,
            version: record.version,
            created_at: record.created_at.0,
        })
    }

    fn read(self) -> Option<ProviderRecord> {
        Some(ProviderRecord {
            id: self.id.parse().ok()?,
            slug: self.slug.parse().ok()?,
            kind: self.kind,
            title: self.title,
            config: serde_json::from_str(&self.config).ok()?,
            secrets: serde_json::from_str(&self.secrets).ok()?,
            position: self.position,
            enabled: self.enabled,
            managed_by_file: self.managed_by_file,
            version: self.version,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

impl Sql {
    async fn providers(&self) -> Result<Vec<ProviderRow>, Failure> {
        let query = providers::table.order((providers::position, providers::slug));
        Ok(query.select(ProviderRow::as_select()).load(&mut self.reader().await?).await?)
    }

    async fn provider(&self, slug: &ProviderSlug) -> Result<Option<ProviderRow>, Failure> {
        let query =
            providers::table.filter(providers::slug.eq(slug.as_str())).select(ProviderRow::as_select());
        Ok(query.get_result(&mut self.reader().await?).await.optional()?)
    }

    async fn add_provider(&self, row: ProviderRow, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            diesel::insert_into(providers::table).values(row).execute(conn).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }

    async fn put_provider(&self, row: ProviderRow, entries: &[AuditEntry]) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let as_read = providers::table
                .find(row.id.clone())
                .filter(providers::version.eq(row.version - 1))
                .filter(providers::managed_by_file.eq(false));
            lost_unless_one(diesel::update(as_read).set(&row).execute(conn).await?)?;
            audit::add_all(conn, self.linker()?, entries).await
        })
    }

    async fn drop_provider(&self, id: &str, version: i64, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let as_read = providers::table
                .find(id)
                .filter(providers::version.eq(version))
                .filter(providers::managed_by_file.eq(false));
            // First: it waits for whoever else changes Clients and Providers.
            audit::add(conn, self.linker()?, entry).await?;
            lost_if_offered(conn, id).await?;
            lost_unless_one(diesel::delete(as_read).execute(conn).await?)
        })
    }

    async fn apply_providers(&self, rows: Vec<ProviderRow>, entries: &[AuditEntry]) -> Result<(), Failure> {
        use diesel::upsert::excluded;
        let slugs: Vec<String> = rows.iter().map(|row| row.slug.clone()).collect();
        write_tx!(self.writer().await?, |conn| {
            let dropped = providers::table
                .filter(providers::managed_by_file.eq(true))
                .filter(providers::slug.ne_all(slugs));
            let handed_over = (
                providers::enabled.eq(false),
                providers::managed_by_file.eq(false),
                providers::version.eq(providers::version + 1),
            );
            diesel::update(dropped).set(handed_over).execute(conn).await?;
            for row in rows {
                let insert = diesel::insert_into(providers::table).values(row).on_conflict(providers::slug);
                // All but the id: sealed secrets are bound to it.
                let replace = insert.do_update().set((
                    providers::kind.eq(excluded(providers::kind)),
                    providers::title.eq(excluded(providers::title)),
                    providers::config.eq(excluded(providers::config)),
                    providers::secrets.eq(excluded(providers::secrets)),
                    providers::position.eq(excluded(providers::position)),
                    providers::enabled.eq(excluded(providers::enabled)),
                    providers::managed_by_file.eq(excluded(providers::managed_by_file)),
                    providers::updated_at.eq(excluded(providers::updated_at)),
                    providers::version.eq(excluded(providers::version)),
                ));
                replace.execute(conn).await?;
            }
            audit::add_all(conn, self.linker()?, entries).await
        })
    }
}

/// A Client has taken it up since it was looked at.
async fn lost_if_offered(conn: &mut Conn, id: &str) -> Result<(), Failure> {
    let slug = providers::table.find(id).select(providers::slug);
    let slug: Option<String> = slug.get_result(conn).await.optional()?;
    let slug = slug.ok_or(Failure::LOST)?;
    let offering = clients::table.filter(clients::providers.like(format!("%\"{slug}\"%")));
    let offering: i64 = offering.count().get_result(conn).await?;
    lost_unless_one(usize::from(offering == 0))
}

/// One of those that a Client is to offer has gone since it was looked for.
pub(super) async fn lost_unless_all_there(conn: &mut Conn, slugs: &str) -> Result<(), Failure> {
    let slugs: Vec<String> = from_json(slugs)?;
    let found = providers::table.filter(providers::slug.eq_any(slugs.clone()));
    let found: i64 = found.count().get_result(conn).await?;
    lost_unless_one(usize::from(usize::try_from(found) == Ok(slugs.len())))
}

#[async_trait]
impl ProviderStore for Sql {
    async fn list_providers(&self) -> Result<Vec<ProviderRecord>, StoreError> {
        let rows = self.providers().await?;
        rows.into_iter().map(|row| row.read().ok_or(StoreError::Corrupt("provider"))).collect()
    }

    async fn find_provider(&self, slug: &ProviderSlug) -> Result<Option<ProviderRecord>, StoreError> {
        let row = self.provider(slug).await?;
        row.map(|row| row.read().ok_or(StoreError::Corrupt("provider"))).transpose()
    }

    async fn create_provider(&self, record: &ProviderRecord, audit: &AuditEntry) -> Result<(), StoreError> {
        let added = self.add_provider(ProviderRow::new(record)?, audit).await;
        added.map_err(|failure| failure.creating("provider"))
    }

    async fn update_provider(
        &self,
        record: &ProviderRecord,
        audit: &[AuditEntry],
    ) -> Result<bool, StoreError> {
        Ok(unless_lost(self.put_provider(ProviderRow::new(record)?, audit).await)?.is_some())
    }

    async fn delete_provider(
        &self,
        id: &ProviderId,
        version: i64,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(unless_lost(self.drop_provider(id.as_str(), version, audit).await)?.is_some())
    }

    async fn note(&self, audit: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.add_note(audit).await?)
    }

    async fn apply_file_providers(
        &self,
        providers: &[ProviderRecord],
        audit: &[AuditEntry],
    ) -> Result<(), StoreError> {
        let rows = providers.iter().map(ProviderRow::new).collect::<Result<_, _>>()?;
        Ok(self.apply_providers(rows, audit).await?)
    }
}
