//! Reading the audit, and what keeps it: links, checkpoints, cuts. Writing a row happens inside the
//! store method that makes the change.

use super::{AuditEntry, AuditLink, AuditNames, AuditScope, Checkpoint, Mark, NamesWanted};
use crate::page::{Page, PageRequest};
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// Keeps the audit.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Audit rows of this scope, newest first.
    async fn list_audit(
        &self,
        scope: &AuditScope,
        page: &PageRequest,
    ) -> Result<Page<StoredAudit>, StoreError>;

    /// One row and its place in its chain.
    async fn find_audit(&self, id: &str) -> Result<Option<PlacedAudit>, StoreError>;

    /// These rows with their places, in the order given; rows that are gone are left out.
    async fn place_audit(&self, rows: Vec<StoredAudit>) -> Result<Vec<PlacedAudit>, StoreError>;

    /// The names there are for these ids, in a few statements however many they are.
    async fn find_names(&self, wanted: &NamesWanted) -> Result<AuditNames, StoreError>;

    /// Writes down what happened when nothing else changed.
    async fn note(&self, audit: &AuditEntry) -> Result<(), StoreError>;

    /// Links this node's rows of Logins up to this moment, as far as one transaction goes; says how many.
    /// From then on no row of this node gets a time of before it: one that comes late is written with the
    /// next millisecond after it.
    async fn link_logins(&self, until: Timestamp) -> Result<usize, StoreError>;

    /// Where the streams stand that have links.
    async fn list_heads(&self) -> Result<Vec<(String, Mark)>, StoreError>;

    /// All streams of which anything is there, and where each stands.
    async fn list_streams(&self) -> Result<Vec<(String, Mark)>, StoreError>;

    /// The links of a stream after this mark, with what they cover, in order.
    async fn list_links(&self, stream: &str, after: &Mark, limit: i64) -> Result<Vec<AuditLink>, StoreError>;

    /// Rows of a stream whose links cover a time, outside the time that was `walked` (after its first moment,
    /// up to its second): any before it; behind it, those of before the first moment of `due`, and those of its
    /// second or later.
    async fn count_unlinked_by_time(
        &self,
        stream: &str,
        walked: (Timestamp, Timestamp),
        due: (Timestamp, Timestamp),
    ) -> Result<i64, StoreError>;

    /// Rows of a stream where each has its own link, that have none.
    async fn count_unlinked_by_row(&self, stream: &str) -> Result<i64, StoreError>;

    /// Keeps a checkpoint; one that is there already stays. Its size is counted on the way.
    async fn create_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// A stream's checkpoints after this number, in order, each with how many rows it is after the one before.
    async fn list_checkpoints(
        &self,
        stream: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(Checkpoint, i64)>, StoreError>;

    /// A stream's last checkpoint.
    async fn find_last_checkpoint(&self, stream: &str) -> Result<Option<Checkpoint>, StoreError>;

    /// Where a stream was cut, signed as a cut.
    async fn find_cut(&self, stream: &str) -> Result<Option<Checkpoint>, StoreError>;

    /// Deletes a stream's rows, links and checkpoints up to this one, which is signed as a cut, in one
    /// transaction with its audit row; says how many rows. None, and nothing deleted, when the stream was
    /// cut there or later already.
    async fn cut(&self, cut: &Checkpoint, audit: &AuditEntry) -> Result<Option<usize>, StoreError>;
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

/// A row and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedAudit {
    /// The row.
    pub row: StoredAudit,
    /// The chain it belongs to.
    pub stream: String,
    /// Number and hash of the link that covers it; none before it is linked.
    pub link: Option<(i64, String)>,
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
