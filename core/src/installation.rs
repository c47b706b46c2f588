//! What the database knows of the installation it belongs to: its schema and its key.
//!
//! The key itself is never in the database; its id is, so that a wrong or missing keyring is
//! noticed at the start and not at the first secret that does not open.

use crate::StoreError;
use async_trait::async_trait;

/// Keeps facts about the installation.
#[async_trait]
pub trait InstallationStore: Send + Sync {
    /// Id of the key that seals; none in an empty database.
    async fn find_key_id(&self) -> Result<Option<String>, StoreError>;

    /// Records the first key's id. `Exists` when one is recorded already: two first starts met.
    async fn create_key_id(&self, key_id: &str) -> Result<(), StoreError>;

    /// A secret of the installation that was kept under this name, sealed.
    async fn find_secret(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps one for good. `Exists` when there is one already: two first starts met.
    async fn create_secret(&self, name: &str, sealed: &str) -> Result<(), StoreError>;

    /// Whether the database answers and has exactly the schema this binary knows.
    async fn has_own_schema(&self) -> Result<bool, StoreError>;
}
