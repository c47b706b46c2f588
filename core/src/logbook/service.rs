//! What admins may read of Logins, each as far as their permit reaches.

use super::{Attempt, LogbookQuery, LogbookStore, LoginFilter};
use crate::StoreError;
use crate::admin::{Permit, Reach, abilities::ReadLogins};
use crate::id::LoginId;
use crate::page::{Page, PageRequest};
use std::sync::Arc;

/// Answers admins about Logins.
pub struct LogbookService {
    store: Arc<dyn LogbookStore>,
}

impl LogbookService {
    /// A service over this store.
    pub fn new(store: Arc<dyn LogbookStore>) -> Self {
        Self { store }
    }

    /// Logins within reach, newest first.
    pub async fn list(
        &self,
        permit: &Permit<ReadLogins>,
        filter: &LoginFilter,
        page: &PageRequest,
    ) -> Result<Page<Attempt>, StoreError> {
        let within = match permit.reach() {
            Reach::All => None,
            Reach::Clients(own) => Some(own.clone()),
        };
        let query = LogbookQuery { filter: filter.clone(), within };
        self.store.list_attempts(&query, page).await
    }

    /// One Login; somebody else's is no Login at all.
    pub async fn find(
        &self,
        permit: &Permit<ReadLogins>,
        id: &LoginId,
    ) -> Result<Option<Attempt>, StoreError> {
        let found = self.store.find_attempt(id).await?;
        Ok(found.filter(|attempt| permit.reach().has(&attempt.client)))
    }
}
