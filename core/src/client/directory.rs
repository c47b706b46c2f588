//! The Clients in memory, ready to look up; replaced as a whole when the configuration changes.
//!
//! Those that stand for Saoma itself (`ours.rs`) are among them, under ids that no text from outside becomes.

use super::{Client, ClientId, ClientType, ours};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Why a Client's back end was not recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientAuthError {
    /// No such Client, a wrong secret, a disabled Client: one answer for all.
    #[error("client authentication failed")]
    Failed,
}

#[derive(Default)]
struct Snapshot {
    clients: HashMap<ClientId, Arc<Client>>,
    origins: BTreeSet<String>,
}

/// All enabled Clients.
pub struct ClientDirectory {
    issuer: String,
    current: RwLock<Arc<Snapshot>>,
}

impl ClientDirectory {
    /// A directory without Clients; `issuer` is `public_url` without a trailing slash.
    pub fn new(issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), current: RwLock::default() }
    }

    /// Puts the enabled ones of these in the place of all that were there.
    pub fn replace(&self, clients: Vec<Client>) {
        let enabled: Vec<_> = clients.into_iter().filter(|client| client.enabled).collect();
        let origins = enabled.iter().flat_map(|client| client.origins.iter().cloned()).collect();
        let ours = ours::beside(&self.issuer, &enabled);
        let all = enabled.into_iter().chain(ours);
        let clients = all.map(|client| (client.id.clone(), Arc::new(client))).collect();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Snapshot { clients, origins });
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The enabled Client of this id.
    pub fn find(&self, id: &ClientId) -> Option<Arc<Client>> {
        self.snapshot().clients.get(id).cloned()
    }

    /// Whether any Client has this origin; enough for a preflight, never for the call itself.
    pub fn any_has_origin(&self, origin: &str) -> bool {
        self.snapshot().origins.contains(origin)
    }

    /// The Clients that have this origin.
    pub fn list_by_origin(&self, origin: &str) -> Vec<ClientId> {
        let snapshot = self.snapshot();
        let having = snapshot.clients.values().filter(|client| client.has_origin(origin));
        having.map(|client| client.id.clone()).collect()
    }

    /// Recognises a back end by its secret. A public Client has none and is never recognised.
    pub fn authenticate(&self, id: &str, secret: &str) -> Result<Arc<Client>, ClientAuthError> {
        let id: ClientId = id.parse().map_err(|_| ClientAuthError::Failed)?;
        let client = self.find(&id).ok_or(ClientAuthError::Failed)?;
        let known = client.client_type == ClientType::Confidential && client.has_secret(secret);
        if known { Ok(client) } else { Err(ClientAuthError::Failed) }
    }
}
