//! What must be kept of Clients.

use super::{Client, ClientId};
use crate::audit::AuditEntry;
use crate::{SecretHash, StoreError, Timestamp};
use async_trait::async_trait;

/// Keeps Clients.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// All Clients, enabled or not, by id.
    async fn list_clients(&self) -> Result<Vec<Client>, StoreError>;

    /// The Client of this id, enabled or not.
    async fn find_client(&self, id: &ClientId) -> Result<Option<Client>, StoreError>;

    /// Registers a Client; `Exists` when the id is taken.
    async fn create_client(&self, client: &Client, audit: &[AuditEntry]) -> Result<(), StoreError>;

    /// Puts this in the place of the version before it. False, and nothing written, when that is not what
    /// is there, or the file owns it.
    async fn update_client(&self, client: &Client, audit: &[AuditEntry]) -> Result<bool, StoreError>;

    /// Deletes this version, and revokes what its Logins granted; false as above.
    async fn delete_client(
        &self,
        id: &ClientId,
        version: i64,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Makes the file's Clients be as given, in one transaction with the audit rows: creates or
    /// replaces them by id, disables those that only an earlier file had and leaves them to the admins.
    async fn apply_file_clients(&self, clients: &[Client], audit: &[AuditEntry]) -> Result<(), StoreError>;

    /// Remembers an assertion until then; false when it is remembered already.
    async fn spend_assertion(&self, assertion: &SecretHash, until: Timestamp) -> Result<bool, StoreError>;

    /// Forgets assertions that were to be remembered until `now` at most, at most `limit`; says how many.
    async fn delete_spent_assertions(&self, now: Timestamp, limit: i64) -> Result<usize, StoreError>;
}
