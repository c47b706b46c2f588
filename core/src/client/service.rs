//! What admins do with Clients, each as far as their permit reaches.

use super::{Client, ClientStore};
use crate::StoreError;
use crate::admin::{Permit, abilities::ReadClients};
use std::sync::Arc;

/// Answers admins about Clients.
pub struct ClientService {
    store: Arc<dyn ClientStore>,
}

impl ClientService {
    /// A service over this store.
    pub fn new(store: Arc<dyn ClientStore>) -> Self {
        Self { store }
    }

    /// The Clients within reach, enabled or not, by id.
    pub async fn list(&self, permit: &Permit<ReadClients>) -> Result<Vec<Client>, StoreError> {
        let all = self.store.list_clients().await?;
        Ok(all.into_iter().filter(|client| permit.reach().has(&client.id)).collect())
    }
}
