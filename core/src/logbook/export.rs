//! Logins taken away as a file: exactly what a filter shows at this moment, a batch in memory at a time.
//!
//! That somebody takes them is in the audit before the first row leaves.

use super::{Attempt, LogbookQuery, LogbookStore, LoginSearch};
use crate::admin::{Permit, Reach, abilities::ExportLogins};
use crate::audit::{Action, AuditStore};
use crate::page::{MAX_PAGE, PageRequest, Reading};
use crate::settings::SettingsCell;
use crate::{Clock, Entropy, StoreError};
use std::sync::Arc;

/// What the service is made of.
#[derive(Clone)]
pub struct LoginExportParts {
    /// The logbook.
    pub store: Arc<dyn LogbookStore>,
    /// Where it is written down.
    pub audit: Arc<dyn AuditStore>,
    /// Where a day begins.
    pub settings: Arc<SettingsCell>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Lets admins take Logins away.
pub struct LoginExports {
    parts: LoginExportParts,
}

impl LoginExports {
    /// A service of these parts.
    pub fn new(parts: LoginExportParts) -> Self {
        Self { parts }
    }

    /// Begins to take away what the filter shows, as far as the permit reaches.
    pub async fn begin(
        &self,
        permit: &Permit<ExportLogins>,
        search: &LoginSearch,
        format: &'static str,
    ) -> Result<LoginExport, StoreError> {
        let parts = &self.parts;
        let within = match permit.reach() {
            Reach::All => None,
            Reach::Clients(own) => Some(own.clone()),
        };
        let query = LogbookQuery { filter: search.within(parts.settings.current().time_zone), within };
        let first = parts.store.list_attempts(&query, &PageRequest::first(MAX_PAGE)).await?;
        let mut row = permit.caller().row(&*parts.entropy, parts.clock.now(), Action::LoginsExported, format);
        row.detail = Some(search.query());
        parts.audit.note(&row).await?;
        Ok(LoginExport { store: Arc::clone(&parts.store), query, reading: Reading::from_first(first) })
    }
}

/// Logins on their way out, the newest first.
pub struct LoginExport {
    store: Arc<dyn LogbookStore>,
    query: LogbookQuery,
    reading: Reading<Attempt>,
}

impl LoginExport {
    /// The next ones, at times none although more follow; `None` at the end.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Attempt>>, StoreError> {
        let (store, query) = (&self.store, &self.query);
        self.reading.next_batch(|page| async move { store.list_attempts(query, &page).await }).await
    }
}
