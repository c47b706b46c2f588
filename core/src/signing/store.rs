//! What must be kept of signing keys.

use super::SigningKey;
use crate::StoreError;
use crate::audit::AuditEntry;
use async_trait::async_trait;

/// Keeps signing keys.
#[async_trait]
pub trait SigningKeyStore: Send + Sync {
    /// All of them, by algorithm and serial.
    async fn list_signing_keys(&self) -> Result<Vec<SigningKey>, StoreError>;

    /// Puts a new one in, with its audit row. False, and nothing kept, when there is one of its algorithm and
    /// serial already: another node was faster.
    async fn create_signing_key(&self, key: &SigningKey, audit: &AuditEntry) -> Result<bool, StoreError>;

    /// Takes one out for good, with its audit row. False when it is not there.
    async fn delete_signing_key(&self, kid: &str, audit: &AuditEntry) -> Result<bool, StoreError>;
}
