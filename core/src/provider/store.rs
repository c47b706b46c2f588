//! What must be kept of Providers.

use super::ProviderRecord;
use crate::StoreError;
use crate::audit::AuditEntry;
use async_trait::async_trait;

/// Keeps Providers.
#[async_trait]
pub trait ProviderStore: Send + Sync {
    /// All Providers, enabled or not, by position, then slug. There are tens of them, not thousands.
    async fn list_providers(&self) -> Result<Vec<ProviderRecord>, StoreError>;

    /// Makes the file's Providers be as given, in one transaction with the audit rows: creates or
    /// replaces them by slug (an existing row keeps its id), disables those that only an earlier
    /// file had. A Provider of that slug that the file does not own is taken over.
    async fn apply_file_providers(
        &self,
        providers: &[ProviderRecord],
        audit: &[AuditEntry],
    ) -> Result<(), StoreError>;
}
