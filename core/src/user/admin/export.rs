//! Users taken away as a file: exactly what a filter shows at this moment, a batch in memory at a time.
//!
//! That somebody takes them is in the audit before the first row leaves.

use super::{Person, UserAdmin, UserAdminStore, UserFilter, Way};
use crate::StoreError;
use crate::admin::{Permit, abilities::ExportUsers};
use crate::audit::{Action, AuditOutcome};
use crate::page::{MAX_PAGE, Page, PageRequest, Reading};
use std::sync::Arc;

impl UserAdmin {
    /// The ways that a filter may name.
    pub fn list_ways_to_export(&self, _permit: &Permit<ExportUsers>) -> Vec<Way> {
        self.ways()
    }

    /// Begins to take away what the filter shows; `told` is the filter in the audit's words.
    pub async fn export(
        &self,
        permit: &Permit<ExportUsers>,
        filter: UserFilter,
        told: &str,
    ) -> Result<UserExport, StoreError> {
        let store = Arc::clone(&self.parts.store);
        let nothing = Page { items: Vec::new(), next: None };
        let first = if filter.is_possible() {
            store.list_users(&filter, &PageRequest::first(MAX_PAGE)).await?
        } else {
            nothing
        };
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = permit.caller().row(entropy, now, Action::UsersExported, "users");
        self.parts.audit.note(&row.ended(AuditOutcome::Success, told)).await?;
        Ok(UserExport { store, filter, reading: Reading::from_first(first) })
    }
}

/// Users on their way out, the newest first.
pub struct UserExport {
    store: Arc<dyn UserAdminStore>,
    filter: UserFilter,
    reading: Reading<Person>,
}

impl UserExport {
    /// The next ones; `None` at the end.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Person>>, StoreError> {
        let (store, filter) = (&self.store, &self.filter);
        self.reading.next_batch(|page| async move { store.list_users(filter, &page).await }).await
    }
}
