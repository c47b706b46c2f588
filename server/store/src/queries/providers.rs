//! Providers: read as a whole, replaced by what the configuration file says. Secrets come sealed.

use super::super::Db;
use super::rows::to_json;
use super::schema::providers;
use super::{Sql, audit};
use crate::error::Failure;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::provider::{ProviderRecord, ProviderStore};
use saoma_core::{StoreError, Timestamp};

#[derive(Queryable, Selectable, Insertable)]
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
            updated_at: Timestamp(self.updated_at),
        })
    }
}

impl Sql {
    async fn providers(&self) -> Result<Vec<ProviderRow>, Failure> {
        let query = providers::table.order((providers::position, providers::slug));
        Ok(query.select(ProviderRow::as_select()).load(&mut self.reader().await?).await?)
    }

    async fn apply_providers(&self, rows: Vec<ProviderRow>, entries: &[AuditEntry]) -> Result<(), Failure> {
        use diesel::upsert::excluded;
        let slugs: Vec<String> = rows.iter().map(|row| row.slug.clone()).collect();
        write_tx!(self.writer().await?, |conn| {
            let dropped = providers::table
                .filter(providers::managed_by_file.eq(true))
                .filter(providers::enabled.eq(true))
                .filter(providers::slug.ne_all(slugs));
            diesel::update(dropped).set(providers::enabled.eq(false)).execute(conn).await?;
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
                ));
                replace.execute(conn).await?;
            }
            audit::add_all(conn, self.linker()?, entries).await
        })
    }
}

#[async_trait]
impl ProviderStore for Sql {
    async fn list_providers(&self) -> Result<Vec<ProviderRecord>, StoreError> {
        let rows = self.providers().await?;
        rows.into_iter().map(|row| row.read().ok_or(StoreError::Corrupt("provider"))).collect()
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
