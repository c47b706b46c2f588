//! What must be kept of sessions. They are written by `AuthorizationStore::sign_on`.

use super::UserSession;
use crate::audit::AuditEntry;
use crate::id::{UserId, UserSessionId};
use crate::{SecretHash, StoreError, Timestamp};
use async_trait::async_trait;

/// Keeps sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// The live session of this secret, used after `used_after`; none of a User who is switched off.
    async fn find_session(
        &self,
        secret: &SecretHash,
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Option<UserSession>, StoreError>;

    /// The live sessions of these Users, used after `used_after`; the last used first.
    async fn list_sessions(
        &self,
        users: &[UserId],
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Vec<UserSession>, StoreError>;

    /// Notes that a session is used.
    async fn touch_session(&self, session: &UserSessionId, now: Timestamp) -> Result<(), StoreError>;

    /// Gives a live session another secret in the place of the one it has; false when there is none.
    async fn renew_session(
        &self,
        session: &UserSessionId,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends a session, and what was granted in it but for grants with `offline_access`. The audit row is
    /// written if the session was live.
    async fn end_session(
        &self,
        session: &UserSessionId,
        now: Timestamp,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// Deletes sessions that ended before `before`, at most `limit`; says how many.
    async fn delete_ended_sessions(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;
}
