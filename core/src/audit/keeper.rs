//! Keeps the audit in order although nobody asks: checkpoints while it grows, cuts where it is too old.
//!
//! A cut goes up to a checkpoint, never into the middle, and only so far that one transaction can hold
//! it; the row that tells of it is written with it.

use super::chain::Mark;
use super::{ADMIN_STREAM, Action, Actor, AuditEntry, AuditStore, Checkpoint, Statement};
use crate::seal::Keyring;
use crate::{Clock, Entropy, StoreError, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows after which there is a checkpoint.
const ROWS: i64 = 1000;
/// Seconds after which there is one, if there are any rows.
const SECONDS: u64 = 300;
/// Rows that one cut deletes, to the next checkpoint.
const ROWS_OF_A_CUT: i64 = 20_000;
/// Checkpoints that one cut passes: some days of a quiet house.
const CHECKPOINTS_OF_A_CUT: i64 = 1000;
/// Seconds between two cuts that are not full: one row a day tells of them.
const SECONDS_BETWEEN_CUTS: u64 = 24 * 3600;

/// What the keeper is made of.
#[derive(Clone)]
pub struct KeeperParts {
    /// The audit.
    pub store: Arc<dyn AuditStore>,
    /// Signs.
    pub keyring: Arc<Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Where a stream's last checkpoint is, and how many rows were linked since.
#[derive(Debug, Clone)]
struct Progress {
    seq: i64,
    at: Timestamp,
    rows: i64,
}

/// See the module.
pub struct AuditKeeper {
    parts: KeeperParts,
    progress: Mutex<HashMap<String, Progress>>,
}

impl AuditKeeper {
    /// A keeper of these parts.
    pub fn new(parts: KeeperParts) -> Self {
        Self { parts, progress: Mutex::new(HashMap::new()) }
    }

    /// Makes the checkpoints that are due; `linked` rows of Logins were linked since it was last asked.
    pub async fn make_checkpoints(&self, linked: i64) -> Result<Vec<Checkpoint>, StoreError> {
        let now = self.parts.clock.now();
        let mut made = Vec::new();
        for (stream, head) in self.parts.store.list_heads().await? {
            let mut progress = self.progress_of(&stream).await?;
            progress.rows = match stream.as_str() {
                ADMIN_STREAM => head.seq - progress.seq,
                _ => progress.rows + linked,
            };
            let waited = now.seconds_since(progress.at) >= SECONDS;
            if head.seq > progress.seq && (waited || progress.rows >= ROWS) {
                made.extend(self.make_one(&stream, &head, now).await?);
                progress = Progress { seq: head.seq, at: now, rows: 0 };
            }
            self.remember(stream, progress);
        }
        Ok(made)
    }

    async fn make_one(
        &self,
        stream: &str,
        at: &Mark,
        now: Timestamp,
    ) -> Result<Option<Checkpoint>, StoreError> {
        let checkpoint = Checkpoint::sign(&self.parts.keyring, Statement::Stood, stream, at, now);
        if let Some(checkpoint) = &checkpoint {
            self.parts.store.create_checkpoint(checkpoint).await?;
        }
        Ok(checkpoint)
    }

    async fn progress_of(&self, stream: &str) -> Result<Progress, StoreError> {
        let known = self.progress.lock().unwrap_or_else(PoisonError::into_inner).get(stream).cloned();
        if let Some(progress) = known {
            return Ok(progress);
        }
        let last = self.parts.store.find_last_checkpoint(stream).await?;
        let (seq, at) = last.map_or((0, Timestamp(0)), |last| (last.mark.seq, last.at));
        Ok(Progress { seq, at, rows: 0 })
    }

    fn remember(&self, stream: String, progress: Progress) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).insert(stream, progress);
    }

    /// Deletes rows of before this moment, of each stream up to its last checkpoint of before it; says how
    /// many. What is too much for one transaction is left for the next call.
    pub async fn cut_before(&self, limit: Timestamp) -> Result<usize, StoreError> {
        let mut rows = 0;
        for (stream, _) in self.parts.store.list_heads().await? {
            if let Some(to) = self.place_to_cut(&stream, limit).await? {
                rows += self.cut_at(&to).await?.unwrap_or(0);
            }
        }
        Ok(rows)
    }

    async fn place_to_cut(&self, stream: &str, limit: Timestamp) -> Result<Option<Checkpoint>, StoreError> {
        let before = self.parts.store.find_cut(stream).await?;
        let (after, since) = before.map_or((0, Timestamp(0)), |cut| (cut.mark.seq, cut.at));
        let found = self.parts.store.list_checkpoints(stream, after, CHECKPOINTS_OF_A_CUT).await?;
        let (mut rows, mut passed) = (0, 0);
        let mut place = None;
        for (checkpoint, more) in found {
            if checkpoint.at >= limit || (place.is_some() && rows + more > ROWS_OF_A_CUT) {
                break;
            }
            // What somebody put there without the key is no place to cut.
            if !checkpoint.is_signed(&self.parts.keyring, Statement::Stood) {
                break;
            }
            rows += more;
            passed += 1;
            place = Some(checkpoint);
        }
        let is_full = rows >= ROWS_OF_A_CUT / 2 || passed == CHECKPOINTS_OF_A_CUT;
        Ok(place.filter(|place| is_full || place.at.seconds_since(since) >= SECONDS_BETWEEN_CUTS))
    }

    async fn cut_at(&self, to: &Checkpoint) -> Result<Option<usize>, StoreError> {
        let (keyring, now) = (&self.parts.keyring, self.parts.clock.now());
        let Some(cut) = Checkpoint::sign(keyring, Statement::Cut, &to.stream, &to.mark, to.at) else {
            return Ok(None);
        };
        let entropy = &*self.parts.entropy;
        let row = AuditEntry::new(entropy, now, &Actor::System, Action::AuditCut, to.stream.clone());
        let detail = Some(format!("{}:{}", to.mark.seq, to.mark.mac));
        self.parts.store.cut(&cut, &AuditEntry { detail, ..row }).await
    }
}
