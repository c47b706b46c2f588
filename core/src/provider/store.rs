//! What must be kept of Providers.

use super::{ProviderRecord, ProviderSlug};
use crate::StoreError;
use crate::audit::AuditEntry;
use crate::id::ProviderId;
use async_trait::async_trait;

/// Keeps Providers.
#[async_trait]
pub trait ProviderStore: Send + Sync {
    /// All Providers, enabled or not, by position, then slug. There are tens of them, not thousands.
    async fn list_providers(&self) -> Result<Vec<ProviderRecord>, StoreError>;

    /// The Provider of this slug, enabled or not.
    async fn find_provider(&self, slug: &ProviderSlug) -> Result<Option<ProviderRecord>, StoreError>;

    /// Keeps a new Provider; `Exists` when the slug is taken.
    async fn create_provider(&self, record: &ProviderRecord, audit: &AuditEntry) -> Result<(), StoreError>;

    /// Puts this in the place of the version before it. False, and nothing written, when that is not what
    /// is there, or the file owns it.
    async fn update_provider(
        &self,
        record: &ProviderRecord,
        audit: &[AuditEntry],
    ) -> Result<bool, StoreError>;

    /// Deletes this version; false as above.
    async fn delete_provider(
        &self,
        id: &ProviderId,
        version: i64,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Writes down what happened when nothing changed.
    async fn note(&self, audit: &AuditEntry) -> Result<(), StoreError>;

    /// Makes the file's Providers be as given, in one transaction with the audit rows: creates or
    /// replaces them by slug (an existing row keeps its id), disables those that only an earlier
    /// file had and leaves them to the admins. A Provider of that slug that the file does not own is taken over.
    async fn apply_file_providers(
        &self,
        providers: &[ProviderRecord],
        audit: &[AuditEntry],
    ) -> Result<(), StoreError>;
}
