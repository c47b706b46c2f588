//! What must be kept of notices. They are written by whatever ends sessions and grants.

use crate::audit::AuditEntry;
use crate::client::ClientId;
use crate::id::{UserId, UserSessionId};
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// A website that is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutNotice {
    /// Who is told.
    pub client: ClientId,
    /// Of whom, as that Client was told; they may be gone by now.
    pub user: UserId,
    /// Which session ended; without one, all that the website has of them.
    pub session: Option<UserSessionId>,
    /// How often it was tried.
    pub attempts: u32,
}

/// Keeps notices.
#[async_trait]
pub trait LogoutNoticeStore: Send + Sync {
    /// Those that are due, the longest waiting first, at most `limit`.
    async fn list_due_notices(&self, now: Timestamp, limit: i64) -> Result<Vec<LogoutNotice>, StoreError>;

    /// Takes one for an attempt; it is due again then. False when somebody else has taken it.
    async fn take_notice(&self, notice: &LogoutNotice, again: Timestamp) -> Result<bool, StoreError>;

    /// It has arrived, or is given up, which the audit is told.
    async fn delete_notice(
        &self,
        notice: &LogoutNotice,
        given_up: Option<&AuditEntry>,
    ) -> Result<(), StoreError>;
}
