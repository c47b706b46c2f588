//! The audit's chain: every link is bound to the one before it by a keyed hash, so that a row that was
//! changed, left out, exchanged or put in later is found by whoever has the keyring (AUD-02).
//!
//! A stream is one chain. The admins' own grows by a link with each change, in its transaction; that of
//! logins, one for each node, by a link for all rows of some seconds. What a chain alone cannot show is
//! that its end was cut off: for that a walk ends at a mark that was kept elsewhere.

use super::StoredAudit;
use crate::Timestamp;
use crate::seal::Keyring;
use std::collections::BTreeMap;

const PURPOSE: &str = "audit link";

/// The stream of what admins, the configuration and the command line do.
pub const ADMIN_STREAM: &str = "admin";

/// The stream of what happens to Logins and people at this node.
pub fn logins_stream(node: &str) -> String {
    format!("logins:{node}")
}

/// Where a chain stands after a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The link's number in its stream; 0 before the first.
    pub seq: i64,
    /// Its keyed hash, `<key id>.<43 characters>`; empty before the first.
    pub mac: String,
    /// Rows of the stream up to this moment are linked; the beginning of time where each row has its own link.
    pub until: Timestamp,
}

impl Mark {
    /// Before the first link.
    pub const fn start() -> Self {
        Self { seq: 0, mac: String::new(), until: Timestamp(0) }
    }
}

/// A link and what it covers, as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLink {
    /// The rows: one, or all of some seconds, by time and id.
    pub rows: Vec<StoredAudit>,
    /// Its place.
    pub mark: Mark,
}

/// What is wrong with a chain, and where it shows first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// What a link covers, or the link before it, is not what it was.
    #[error("link {seq}: a row was changed, deleted, exchanged or put in")]
    Changed {
        /// Its number.
        seq: i64,
    },
    /// Numbers are left out.
    #[error("links {from} to {to} are missing")]
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A link was made under a key that the keyring does not have.
    #[error("link {seq} was made under a key that is not in the keyring")]
    UnknownKey {
        /// Its number.
        seq: i64,
    },
    /// The links end before the mark.
    #[error("the links end at {seq}, the mark is {mark}")]
    CutOff {
        /// The last link there is.
        seq: i64,
        /// The mark's.
        mark: i64,
    },
    /// A link is not the one that was noted under its number.
    #[error("link {seq} is not the one of the mark")]
    OtherThanMark {
        /// The mark's number.
        seq: i64,
    },
    /// A checkpoint is not signed by any key of the keyring.
    #[error("the checkpoint at link {seq} is forged")]
    ForgedCheckpoint {
        /// Its number.
        seq: i64,
    },
    /// The chain begins at a cut that is not signed as one.
    #[error("the cut at link {seq} is forged: retention has not made it")]
    ForgedCut {
        /// Its number.
        seq: i64,
    },
    /// Rows that no link covers although they should be by now.
    #[error("{rows} rows are not linked")]
    Unlinked {
        /// How many.
        rows: i64,
    },
}

/// Binds these rows to what stands before them. `until` is of meaning where a link covers a time.
pub fn link(keyring: &Keyring, stream: &str, before: &Mark, rows: &[StoredAudit], until: Timestamp) -> Mark {
    let seq = before.seq + 1;
    let hash = keyring.derive(PURPOSE, &parts(stream, (seq, until), &before.mac, rows));
    Mark { seq, mac: format!("{}.{}", keyring.active_id(), hash.expose()), until }
}

/// What is hashed: each part with its length, how many rows there are, and nothing told from empty, so
/// that no two links give the same bytes.
fn parts(stream: &str, (seq, until): (i64, Timestamp), before: &str, rows: &[StoredAudit]) -> Vec<String> {
    let mut parts = vec![
        stream.to_owned(),
        seq.to_string(),
        until.0.to_string(),
        before.to_owned(),
        rows.len().to_string(),
    ];
    for row in rows {
        let StoredAudit {
            id,
            at,
            actor,
            admin_id,
            address,
            action,
            target,
            client_id,
            provider,
            user_id,
            outcome,
            detail,
        } = row;
        parts.extend([id, &at.0.to_string(), actor, action, target, outcome].map(ToString::to_string));
        let may = [admin_id, address, client_id, provider, user_id, detail];
        let told =
            may.into_iter().map(|part| part.as_ref().map_or("-".to_owned(), |text| format!("+{text}")));
        parts.extend(told);
    }
    parts
}

/// Goes along one stream, link by link.
#[derive(Debug)]
pub struct ChainWalk<'a> {
    keyring: &'a Keyring,
    stream: &'a str,
    start: Mark,
    marks: BTreeMap<i64, Vec<String>>,
    at: Mark,
}

impl<'a> ChainWalk<'a> {
    /// A walk that begins after this mark: the start, or where retention cut.
    pub fn new(keyring: &'a Keyring, stream: &'a str, after: Mark) -> Self {
        Self { keyring, stream, start: after.clone(), marks: BTreeMap::new(), at: after }
    }

    /// The same walk, which must come through the link of this number and hash. It may go further: a
    /// chain grows while one walks.
    #[must_use]
    pub fn through(mut self, seq: i64, mac: &str) -> Self {
        self.must_pass(seq, mac);
        self
    }

    /// One more link it must come through. What lies before its beginning was cut and asks nothing.
    pub fn must_pass(&mut self, seq: i64, mac: &str) {
        if seq >= self.start.seq && seq > 0 {
            self.marks.entry(seq).or_default().push(mac.to_owned());
        }
    }

    /// The stream.
    pub fn stream(&self) -> &'a str {
        self.stream
    }

    /// The next link, in the order of their numbers.
    pub fn step(&mut self, next: &AuditLink) -> Result<(), ChainFault> {
        let (seq, expected) = (next.mark.seq, self.at.seq + 1);
        if seq > expected {
            return Err(ChainFault::Missing { from: expected, to: seq - 1 });
        }
        if seq < expected {
            return Err(ChainFault::Changed { seq });
        }
        let (key_id, hash) = next.mark.mac.split_once('.').ok_or(ChainFault::Changed { seq })?;
        let parts = parts(self.stream, (seq, next.mark.until), &self.at.mac, &next.rows);
        let made = self.keyring.derive_by(key_id, PURPOSE, &parts).ok_or(ChainFault::UnknownKey { seq })?;
        if !made.same_as(hash) {
            return Err(ChainFault::Changed { seq });
        }
        self.check_noted(&next.mark)?;
        self.at = next.mark.clone();
        Ok(())
    }

    /// Whether this link is the one that was noted under its number.
    fn check_noted(&self, link: &Mark) -> Result<(), ChainFault> {
        let seq = link.seq;
        let other = self.marks.get(&seq).is_some_and(|noted| noted.iter().any(|mac| *mac != link.mac));
        if other { Err(ChainFault::OtherThanMark { seq }) } else { Ok(()) }
    }

    /// No link is left: has the walk come through all its marks?
    pub fn end(&self) -> Result<(), ChainFault> {
        let farthest = self.marks.keys().next_back().copied().unwrap_or(0);
        if self.at.seq < farthest {
            return Err(ChainFault::CutOff { seq: self.at.seq, mark: farthest });
        }
        // One that lies where the walk began.
        self.check_noted(&self.start)
    }

    /// Where the walk stands.
    pub fn mark(&self) -> &Mark {
        &self.at
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
