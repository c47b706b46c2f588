//! What must be kept of settings, and how large the tables are that retention is about.

use super::SettingsChange;
use crate::audit::AuditEntry;
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// The settings that were ever said, with their version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSettings {
    /// What was said.
    pub change: SettingsChange,
    /// `FIRST` before the first change.
    pub version: i64,
}

impl StoredSettings {
    /// The version of settings that nobody has changed yet.
    pub const FIRST: i64 = 1;
}

impl Default for StoredSettings {
    fn default() -> Self {
        Self { change: SettingsChange::default(), version: Self::FIRST }
    }
}

/// How large a class of tables is; estimated, so that asking costs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSize {
    /// `logins`, `audit` or `users`.
    pub class: &'static str,
    /// Rows of its main table, about.
    pub rows: i64,
    /// Bytes of all its tables and indexes, where the database tells.
    pub bytes: Option<i64>,
}

/// Keeps settings.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// The settings.
    async fn find_settings(&self) -> Result<StoredSettings, StoreError>;

    /// Puts these in the place of those of one version less, with the audit row. False, and nothing kept,
    /// when somebody else has changed them meanwhile.
    async fn update_settings(
        &self,
        settings: &StoredSettings,
        now: Timestamp,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// How large the tables are, and the whole database in bytes.
    async fn find_sizes(&self) -> Result<(Vec<TableSize>, i64), StoreError>;
}
