//! Which Clients there are to log in to, and what each can offer. The directory itself is `client`'s.

use super::LoginService;
use crate::client::{Client, ClientAuthError, ClientId};
use crate::provider::{Assurance, OpenProvider, ProviderSlug};
use std::sync::Arc;

impl LoginService {
    /// The enabled Client of this id, if it is one.
    pub fn find_client(&self, id: &str) -> Option<Arc<Client>> {
        self.parts.clients.find(&id.parse().ok()?)
    }

    /// The same, with those that stand for Saoma itself: for whoever only shows what a login page needs.
    pub fn find_shown(&self, id: &str) -> Option<Arc<Client>> {
        self.parts.clients.find(&ClientId::from_stored(id).ok()?)
    }

    /// The enabled Client whose back end shows this secret.
    pub fn authenticate_client(&self, id: &str, secret: &str) -> Result<Arc<Client>, ClientAuthError> {
        self.parts.clients.authenticate(id, secret)
    }

    /// Whether a page of this origin belongs to any Client; enough for a preflight only.
    pub fn any_client_has_origin(&self, origin: &str) -> bool {
        self.parts.clients.any_has_origin(origin)
    }

    /// The Providers this Client can offer now, in its order.
    pub fn list_offered(&self, client: &Client) -> Vec<Arc<OpenProvider>> {
        self.list_reaching(client, client.min_assurance)
    }

    /// Those of them that can reach this.
    pub fn list_reaching(&self, client: &Client, least: Assurance) -> Vec<Arc<OpenProvider>> {
        let offered = client.providers.iter().filter_map(|slug| self.offered(client, slug));
        offered.filter(|open| open.provider.assurance() >= least).collect()
    }
    pub(super) fn offered(&self, client: &Client, slug: &ProviderSlug) -> Option<Arc<OpenProvider>> {
        self.parts.providers.find(slug).filter(|open| open.provider.assurance() >= client.min_assurance)
    }
}
