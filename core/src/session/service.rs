//! Sessions as browsers hold them.

use super::{NewSession, SessionRules, SessionStore, UserSession};
use crate::audit::AuditEntry;
use crate::id::{UserId, UserSessionId};
use crate::{Clock, Entropy, Secret, SecretHash, StoreError, Timestamp};
use std::sync::Arc;

/// A session's use is noted this often, in seconds: each note is a write.
const NOTED_SECONDS: i64 = 300;

/// Finds and makes sessions.
#[derive(Clone)]
pub struct UserSessions {
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    rules: SessionRules,
}

impl UserSessions {
    /// A service over these parts.
    pub fn new(
        store: Arc<dyn SessionStore>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        rules: SessionRules,
    ) -> Self {
        Self { store, clock, entropy, rules }
    }

    /// How long they last.
    pub const fn rules(&self) -> SessionRules {
        self.rules
    }

    /// The session of this browser; finding it is a use of it.
    pub async fn find(&self, secret: Option<&Secret>) -> Result<Option<UserSession>, StoreError> {
        let Some(secret) = secret else { return Ok(None) };
        let now = self.clock.now();
        let found = self.store.find_session(&hash_of(secret), now, self.used_after(now)).await?;
        if let Some(session) = &found
            && session.seen_at.plus_seconds(NOTED_SECONDS) <= now
        {
            self.store.touch_session(&session.id, now).await?;
        }
        Ok(found)
    }

    /// All live ones of these Users, the last used first.
    pub(crate) async fn list(&self, users: &[UserId]) -> Result<Vec<UserSession>, StoreError> {
        let now = self.clock.now();
        self.store.list_sessions(users, now, self.used_after(now)).await
    }

    fn used_after(&self, now: Timestamp) -> Timestamp {
        now.plus_seconds(-i64::from(self.rules.idle))
    }

    /// What a browser that just logged in will hold, and how it is kept. Never what it held before.
    pub(crate) fn fresh(
        &self,
        before: Option<UserSessionId>,
        browser: Option<String>,
    ) -> (Secret, NewSession) {
        let secret = Secret::generate(&*self.entropy);
        let session = NewSession {
            id: UserSessionId::generate(&*self.entropy),
            secret_hash: hash_of(&secret),
            before,
            browser,
            expires_at: self.clock.now().plus_seconds(i64::from(self.rules.absolute)),
        };
        (secret, session)
    }

    /// Another secret for a session whose first one may never have arrived.
    pub(crate) async fn renew(&self, session: &UserSessionId) -> Result<Option<Secret>, StoreError> {
        let secret = Secret::generate(&*self.entropy);
        let renewed = self.store.renew_session(session, &hash_of(&secret), self.clock.now()).await?;
        Ok(renewed.then_some(secret))
    }

    /// Ends one, with what was granted in it, but for what is to last when the person is gone.
    pub(crate) async fn end(&self, session: &UserSessionId, audit: &AuditEntry) -> Result<(), StoreError> {
        self.store.end_session(session, self.clock.now(), audit).await
    }

    /// Deletes what is over, at most `limit`; says how many.
    pub async fn sweep(&self, limit: i64) -> Result<usize, StoreError> {
        let before = self.clock.now().plus_seconds(-24 * 3600);
        self.store.delete_ended_sessions(before, limit).await
    }
}

/// The stored form of what a browser holds.
fn hash_of(secret: &Secret) -> SecretHash {
    SecretHash::of_parts(&["session", secret.expose()])
}
