//! Tokens as their own Client sees them: whether one is good, the next one, and the end of one (RFC 7662,
//! RFC 6749 section 6, RFC 7009).

use super::{Grant, GrantStore, LiveToken, NewRefreshToken, RefreshOutcome, Refreshing, Scope};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::Client;
use crate::{Clock, Entropy, Secret, SecretHash, StoreError, Timestamp};
use std::sync::Arc;

/// How long tokens last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshRules {
    /// An access token.
    pub access: u32,
    /// A refresh token that is not used.
    pub idle: u32,
    /// All tokens of one grant.
    pub absolute: u32,
}

impl RefreshRules {
    /// Thirty days without use, half a year in all.
    pub const fn usual(access: u32) -> Self {
        Self { access, idle: 30 * 86_400, absolute: 180 * 86_400 }
    }

    /// When a refresh token of now ends if it is not used.
    pub(crate) fn idle_end(self, now: Timestamp) -> Timestamp {
        now.plus_seconds(i64::from(self.idle))
    }
}

/// What a refresh token gave.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// The access token.
    pub access_token: Secret,
    /// Seconds it lives.
    pub expires_in: u32,
    /// The next refresh token.
    pub refresh_token: Secret,
    /// What the access token is good for.
    pub grant: Grant,
}

/// Why it gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Unknown, used, ended or another's: one answer for all.
    #[error("the refresh token is not valid")]
    InvalidGrant,
    /// The Client may not go on with refresh tokens any more; the token is untouched.
    #[error("the client has no refresh tokens")]
    NotAllowed,
    /// More is asked for than was granted, or nothing at all; the token is untouched.
    #[error("the scope is not part of what was granted")]
    InvalidScope,
    /// The store's part failed; the token is untouched.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers the introspection and revocation endpoints, and the token endpoint for refresh tokens.
pub struct TokenService {
    store: Arc<dyn GrantStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    rules: RefreshRules,
}

impl TokenService {
    /// A service over these parts.
    pub fn new(
        store: Arc<dyn GrantStore>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        rules: RefreshRules,
    ) -> Self {
        Self { store, clock, entropy, rules }
    }

    /// Goes on with a refresh token: it is used up, and the next one is given. With `less` the access token is
    /// good for that much only.
    pub async fn refresh(
        &self,
        client: &Client,
        token: &str,
        less: Option<Scope>,
    ) -> Result<Refreshed, RefreshError> {
        if !client.openid.refresh_tokens {
            return Err(RefreshError::NotAllowed);
        }
        let now = self.clock.now();
        if let Some(less) = less {
            self.check_less(client, token, less, now).await?;
        }
        let entropy = &*self.entropy;
        let (access_token, refresh_token) = (Secret::generate(entropy), Secret::generate(entropy));
        let row = AuditEntry::new(entropy, now, &Actor::Client, Action::RefreshTokenReused, "");
        let refreshing = Refreshing {
            token: SecretHash::of(token),
            client: client.id.clone(),
            now,
            access: SecretHash::of(access_token.expose()),
            access_scope: less,
            access_expires_at: now.plus_seconds(i64::from(self.rules.access)),
            next: NewRefreshToken {
                hash: SecretHash::of(refresh_token.expose()),
                expires_at: self.rules.idle_end(now),
            },
            family_millis: i64::from(self.rules.absolute) * 1000,
            reused: AuditEntry { client_id: Some(client.id.to_string()), ..row }
                .ended(AuditOutcome::Refused, "used_before"),
        };
        match self.store.refresh(&refreshing).await? {
            RefreshOutcome::Refreshed(grant) => {
                let grant = Grant { scope: less.unwrap_or(grant.scope), ..*grant };
                Ok(Refreshed { access_token, expires_in: self.rules.access, refresh_token, grant })
            }
            RefreshOutcome::Reused | RefreshOutcome::Unknown => Err(RefreshError::InvalidGrant),
        }
    }

    /// Before anything is spent. A token that is none, or was used, is found out by using it.
    async fn check_less(
        &self,
        client: &Client,
        token: &str,
        less: Scope,
        now: Timestamp,
    ) -> Result<(), RefreshError> {
        let found = self.store.find_live_token(&SecretHash::of(token), now).await?;
        let found = found.filter(|found| found.client == client.id && !found.is_access);
        let is_part = found.is_none_or(|found| found.scope.covers(less));
        if less.is_empty() || !is_part { Err(RefreshError::InvalidScope) } else { Ok(()) }
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
