//! Tokens as their own Client sees them: whether one is good, and the end of one (RFC 7662, RFC 7009).

use super::{GrantStore, LiveToken};
use crate::audit::{Action, Actor, AuditEntry};
use crate::client::Client;
use crate::{Clock, Entropy, SecretHash, StoreError};
use std::sync::Arc;

/// Answers the introspection and revocation endpoints.
pub struct TokenService {
    store: Arc<dyn GrantStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl TokenService {
    /// A service over these parts.
    pub fn new(store: Arc<dyn GrantStore>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, clock, entropy }
    }

    /// What a live access token of this Client stands for. Unknown, ended, revoked, of a User who is switched
    /// off and another Client's are the same: nothing (RFC 7662 section 2.2).
    pub async fn introspect(&self, client: &Client, token: &str) -> Result<Option<LiveToken>, StoreError> {
        let found = self.store.find_live_token(&SecretHash::of(token), self.clock.now()).await?;
        Ok(found.filter(|token| token.client == client.id))
    }

    /// Ends a token of this Client. What is none, or another's, is left alone, and nobody is told
    /// (RFC 7009 section 2.2).
    pub async fn revoke(&self, client: &Client, token: &str) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut row = AuditEntry::new(&*self.entropy, now, &Actor::Client, Action::TokenRevoked, "");
        row.client_id = Some(client.id.to_string());
        self.store.delete_token(&SecretHash::of(token), &client.id, &row).await?;
        Ok(())
    }
}
