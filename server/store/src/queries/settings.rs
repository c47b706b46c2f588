//! Settings: one document with its version; and how large the tables are, which each database tells in
//! its own way.

use super::super::{DATABASE_BYTES, TABLE_SIZES};
use super::rows::to_json;
use super::schema::settings;
use super::{Sql, audit};
use crate::error::{Failure, unless_lost};
use async_trait::async_trait;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use saoma_core::audit::AuditEntry;
use saoma_core::settings::{SettingsStore, StoredSettings, TableSize};
use saoma_core::{StoreError, Timestamp};

/// The name of the document.
const HOUSE: &str = "house";
/// The classes of tables, as the statements name them.
const CLASSES: [&str; 3] = ["logins", "audit", "users"];

#[derive(QueryableByName)]
struct SizeRow {
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = BigInt)]
    row_count: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    bytes: Option<i64>,
}

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

impl Sql {
    async fn stored_settings(&self) -> Result<StoredSettings, Failure> {
        let query = settings::table.find(HOUSE).select((settings::value, settings::version));
        let row: Option<(String, i64)> = query.get_result(&mut self.reader().await?).await.optional()?;
        let Some((value, version)) = row else { return Ok(StoredSettings::default()) };
        let change = serde_json::from_str(&value).map_err(|_| Failure::Corrupt("settings"))?;
        Ok(StoredSettings { change, version })
    }

    async fn put_settings(
        &self,
        stored: &StoredSettings,
        now: Timestamp,
        entry: &AuditEntry,
    ) -> Result<(), Failure> {
        let row = (
            settings::value.eq(to_json(&stored.change)?),
            settings::version.eq(stored.version),
            settings::updated_at.eq(now.0),
        );
        write_tx!(self.writer().await?, |conn| {
            let changed = if stored.version == StoredSettings::FIRST + 1 {
                let insert = diesel::insert_into(settings::table).values((settings::name.eq(HOUSE), row));
                insert.on_conflict_do_nothing().execute(conn).await?
            } else {
                let as_read = settings::table.find(HOUSE).filter(settings::version.eq(stored.version - 1));
                diesel::update(as_read).set(row).execute(conn).await?
            };
            if changed == 0 {
                return Err(Failure::LOST);
            }
            audit::add(conn, self.linker()?, entry).await
        })
    }

    async fn sizes(&self) -> Result<(Vec<TableSize>, i64), Failure> {
        let mut conn = self.reader().await?;
        let rows: Vec<SizeRow> = diesel::sql_query(TABLE_SIZES).load(&mut conn).await?;
        let sizes = CLASSES.into_iter().filter_map(|class| {
            let row = rows.iter().find(|row| row.class == class)?;
            Some(TableSize { class, rows: row.row_count, bytes: row.bytes })
        });
        let whole: Bytes = diesel::sql_query(DATABASE_BYTES).get_result(&mut conn).await?;
        Ok((sizes.collect(), whole.bytes))
    }
}

#[async_trait]
impl SettingsStore for Sql {
    async fn find_settings(&self) -> Result<StoredSettings, StoreError> {
        Ok(self.stored_settings().await?)
    }

    async fn update_settings(
        &self,
        settings: &StoredSettings,
        now: Timestamp,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError> {
        Ok(unless_lost(self.put_settings(settings, now, audit).await)?.is_some())
    }

    async fn find_sizes(&self) -> Result<(Vec<TableSize>, i64), StoreError> {
        Ok(self.sizes().await?)
    }
}
