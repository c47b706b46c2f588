//! What admins do with the audit: read it by filter, take it away as a file, have it verified.

use super::{
    Action, Anchor, AuditFilter, AuditNames, AuditScope, AuditStore, NamesWanted, PlacedAudit, StoredAudit,
    StreamReport, verify,
};
use crate::admin::Permit;
use crate::admin::abilities::{ExportAudit, ReadAudit};
use crate::page::{MAX_PAGE, Page, PageRequest, Reading};
use crate::seal::Keyring;
use crate::settings::SettingsCell;
use crate::{Clock, Entropy, StoreError};
use std::sync::Arc;
use tokio::sync::Mutex;

/// What the service is made of.
#[derive(Clone)]
pub struct AuditParts {
    /// The audit.
    pub store: Arc<dyn AuditStore>,
    /// The keys of its chains.
    pub keyring: Arc<Keyring>,
    /// Where a day begins.
    pub settings: Arc<SettingsCell>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// A page of the audit, readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The rows.
    pub rows: Page<StoredAudit>,
    /// The names of what they name.
    pub names: AuditNames,
}

/// Answers admins about the audit.
pub struct AuditService {
    parts: AuditParts,
    walking: Mutex<()>,
}

impl AuditService {
    /// A service of these parts.
    pub fn new(parts: AuditParts) -> Self {
        Self { parts, walking: Mutex::new(()) }
    }

    /// A page of what the filter means, newest first.
    pub async fn list(
        &self,
        _permit: &Permit<ReadAudit>,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<AuditPage, StoreError> {
        let rows = self.parts.store.list_audit(&self.scope(filter), page).await?;
        let wanted = NamesWanted::of(&rows.items).with_filter(filter);
        let names = self.parts.store.find_names(&wanted).await?;
        Ok(AuditPage { rows, names })
    }

    /// One row, its place and its names.
    pub async fn find(
        &self,
        _permit: &Permit<ReadAudit>,
        id: &str,
    ) -> Result<Option<(PlacedAudit, AuditNames)>, StoreError> {
        let Some(placed) = self.parts.store.find_audit(id).await? else { return Ok(None) };
        let names = self.parts.store.find_names(&NamesWanted::of([&placed.row])).await?;
        Ok(Some((placed, names)))
    }

    /// Begins to take away what the filter shows at this moment. That somebody does is in the audit before
    /// the first row leaves; it is no part of what they take.
    pub async fn export(
        &self,
        permit: &Permit<ExportAudit>,
        filter: &AuditFilter,
        format: &'static str,
    ) -> Result<AuditExport, StoreError> {
        let scope = self.scope(filter);
        let first = PageRequest::first(MAX_PAGE);
        let first = self.parts.store.list_audit(&scope, &first).await?;
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let mut row = permit.caller().row(entropy, now, Action::AuditExported, format);
        row.detail = Some(filter.without_free_text().query());
        self.parts.store.note(&row).await?;
        Ok(AuditExport { store: Arc::clone(&self.parts.store), scope, reading: Reading::from_first(first) })
    }

    /// Walks along all chains, and through what was kept elsewhere. One walk at a time: it reads every row
    /// there is.
    pub async fn verify(
        &self,
        _permit: &Permit<ReadAudit>,
        kept: &[Anchor],
    ) -> Result<Vec<StreamReport>, StoreError> {
        let _turn = self.walking.lock().await;
        verify(&*self.parts.store, &self.parts.keyring, kept, self.parts.clock.now()).await
    }

    fn scope(&self, filter: &AuditFilter) -> AuditScope {
        filter.clone().within(self.parts.settings.current().time_zone)
    }
}

/// Rows on their way out, a batch in memory at a time.
pub struct AuditExport {
    store: Arc<dyn AuditStore>,
    scope: AuditScope,
    reading: Reading<StoredAudit>,
}

impl AuditExport {
    /// The next rows with their places and names; none at the end.
    pub async fn next_batch(&mut self) -> Result<Option<(Vec<PlacedAudit>, AuditNames)>, StoreError> {
        let (store, scope) = (&self.store, &self.scope);
        let read = self.reading.next_batch(|page| async move { store.list_audit(scope, &page).await });
        let Some(rows) = read.await?.filter(|rows| !rows.is_empty()) else { return Ok(None) };
        let names = store.find_names(&NamesWanted::of(&rows)).await?;
        Ok(Some((store.place_audit(rows).await?, names)))
    }
}
