//! Reading the audit. Writing happens inside the store method that makes the change; only what changes
//! nothing else is written here.

use super::{AuditEntry, AuditLink, Mark};
use crate::page::{Page, PageRequest};
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// Reads audit rows.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Audit rows, newest first.
    async fn list_audit(&self, page: &PageRequest) -> Result<Page<StoredAudit>, StoreError>;

    /// Writes a row about something that has changed nothing else.
    async fn add_audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Links this node's rows of Logins up to this moment, as far as one transaction goes; says how many.
    /// No row of before it may still be on its way.
    async fn link_logins(&self, until: Timestamp) -> Result<usize, StoreError>;

    /// All streams, and where each stands.
    async fn list_streams(&self) -> Result<Vec<(String, Mark)>, StoreError>;

    /// The links of a stream after this mark, with what they cover, in order.
    async fn list_links(&self, stream: &str, after: &Mark, limit: i64) -> Result<Vec<AuditLink>, StoreError>;

    /// Rows of a stream of before this moment that no link covers.
    async fn count_unlinked(&self, stream: &str, before: Timestamp) -> Result<i64, StoreError>;
}

/// An audit row as read back: the words are plain text, as an older or newer version wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAudit {
    /// The row's id.
    pub id: String,
    /// When, in epoch milliseconds.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// Which admin, when it was one.
    pub admin_id: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// What.
    pub action: String,
    /// To what.
    pub target: String,
    /// At which Client.
    pub client_id: Option<String>,
    /// By which Provider.
    pub provider: Option<String>,
    /// About whom.
    pub user_id: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// More, as a stable code.
    pub detail: Option<String>,
}

impl From<&AuditEntry> for StoredAudit {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            actor: entry.actor.to_owned(),
            admin_id: entry.admin_id.clone(),
            address: entry.address.map(|a| a.to_string()),
            action: entry.action.to_owned(),
            target: entry.target.clone(),
            client_id: entry.client_id.clone(),
            provider: entry.provider.clone(),
            user_id: entry.user_id.clone(),
            outcome: entry.outcome.to_owned(),
            detail: entry.detail.clone(),
        }
    }
}
