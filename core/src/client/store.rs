//! What must be kept of Clients.

use super::Client;
use crate::StoreError;
use crate::audit::AuditEntry;
use async_trait::async_trait;

/// Keeps Clients.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// All Clients, enabled or not, by id.
    async fn list_clients(&self) -> Result<Vec<Client>, StoreError>;

    /// Makes the file's Clients be as given, in one transaction with the audit rows: creates or
    /// replaces them by id, disables those that only an earlier file had.
    async fn apply_file_clients(&self, clients: &[Client], audit: &[AuditEntry]) -> Result<(), StoreError>;
}
