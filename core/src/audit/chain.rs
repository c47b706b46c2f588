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
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::{Entropy, Secret};

    const STREAM: &str = "admin";

    fn ring(seed: u64) -> Keyring {
        Keyring::parse(&Keyring::generate(&SeededEntropy::new(seed))).unwrap()
    }

    fn row(number: i64) -> StoredAudit {
        StoredAudit {
            id: format!("aud_{number}"),
            at: Timestamp(1000 + number),
            actor: "admin".to_owned(),
            admin_id: Some("adm_1".to_owned()),
            address: None,
            action: "client.updated".to_owned(),
            target: format!("shop{number}"),
            client_id: Some("shop".to_owned()),
            provider: None,
            user_id: None,
            outcome: "success".to_owned(),
            detail: (number % 2 == 0).then(|| "name".to_owned()),
        }
    }

    fn chain(keyring: &Keyring, length: i64) -> Vec<AuditLink> {
        let mut at = Mark::start();
        let linked = (1..=length).map(|number| {
            let rows = vec![row(number)];
            at = link(keyring, STREAM, &at, &rows, Timestamp(0));
            AuditLink { rows, mark: at.clone() }
        });
        linked.collect()
    }

    /// Walks to the last row's mark as it was.
    fn walk(keyring: &Keyring, rows: &[AuditLink], end: &Mark) -> Result<(), ChainFault> {
        let mut walk = ChainWalk::new(keyring, STREAM, Mark::start()).through(end.seq, &end.mac);
        rows.iter().try_for_each(|row| walk.step(row))?;
        walk.end()
    }

    #[test]
    fn an_untouched_chain_holds_and_goes_on_from_any_mark() {
        let keyring = ring(1);
        let rows = chain(&keyring, 20);
        assert_eq!(walk(&keyring, &rows, &rows[19].mark), Ok(()));
        let mut later = ChainWalk::new(&keyring, STREAM, rows[9].mark.clone());
        assert_eq!(rows[10..].iter().try_for_each(|row| later.step(row)), Ok(()));
    }

    /// Every field of every row, one change at a time.
    #[test]
    fn aud_02_any_changed_field_is_found() {
        let keyring = ring(1);
        let good = chain(&keyring, 6);
        let changes: [fn(&mut StoredAudit); 14] = [
            |row| row.id.push('x'),
            |row| row.at.0 += 1,
            |row| row.actor.push('x'),
            |row| row.admin_id = None,
            |row| row.admin_id = Some(String::new()),
            |row| row.address = Some(String::new()),
            |row| row.action.push('x'),
            |row| row.target.push('x'),
            |row| row.client_id = Some("blog".to_owned()),
            |row| row.provider = Some("mini".to_owned()),
            |row| row.user_id = Some("usr_1".to_owned()),
            |row| row.outcome = "failure".to_owned(),
            |row| row.detail = Some("other".to_owned()),
            // The same letters, in other fields.
            |row| {
                row.target.insert(0, row.action.pop().unwrap());
            },
        ];
        for (index, change) in changes.iter().enumerate() {
            for at in 0..good.len() {
                let mut rows = good.clone();
                change(&mut rows[at].rows[0]);
                let seq = rows[at].mark.seq;
                let found = walk(&keyring, &rows, &good[5].mark);
                assert_eq!(found, Err(ChainFault::Changed { seq }), "change {index} of row {seq}");
            }
        }
    }

    #[test]
    fn aud_02_any_deleted_swapped_inserted_or_cut_off_row_is_found() {
        let keyring = ring(1);
        let good = chain(&keyring, 12);
        let end = &good[11].mark;
        for at in 0..11 {
            let mut deleted = good.clone();
            deleted.remove(at);
            let seq = i64::try_from(at).unwrap() + 1;
            assert_eq!(walk(&keyring, &deleted, end), Err(ChainFault::Missing { from: seq, to: seq }));
            // Numbered anew, as somebody would who wants to hide it.
            for (number, row) in (1..).zip(&mut deleted) {
                row.mark.seq = number;
            }
            assert_eq!(walk(&keyring, &deleted, end), Err(ChainFault::Changed { seq }));
            let mut swapped = good.clone();
            let (one, other) = (swapped[at].rows.clone(), swapped[at + 1].rows.clone());
            (swapped[at].rows, swapped[at + 1].rows) = (other, one);
            assert_eq!(walk(&keyring, &swapped, end), Err(ChainFault::Changed { seq }));
            let mut inserted = good.clone();
            inserted.insert(at + 1, good[at].clone());
            assert!(walk(&keyring, &inserted, end).is_err());
            assert_eq!(
                walk(&keyring, &good[..=at], end),
                Err(ChainFault::CutOff { seq, mark: 12 }),
                "the end is known from elsewhere"
            );
        }
    }

    #[test]
    fn aud_02_a_chain_made_anew_without_the_key_is_found() {
        let (own, foreign) = (ring(1), ring(2));
        let good = chain(&own, 5);
        let forged = chain(&foreign, 5);
        assert_eq!(walk(&own, &forged, &good[4].mark), Err(ChainFault::UnknownKey { seq: 1 }));
        // Under the name of the true key.
        let mut renamed = forged.clone();
        for row in &mut renamed {
            let (_, hash) = row.mark.mac.split_once('.').unwrap();
            row.mark.mac = format!("{}.{hash}", own.active_id());
        }
        assert_eq!(walk(&own, &renamed, &good[4].mark), Err(ChainFault::Changed { seq: 1 }));
        let mut stream = ChainWalk::new(&own, "logins:main", Mark::start());
        assert_eq!(stream.step(&good[0]), Err(ChainFault::Changed { seq: 1 }), "a row of another stream");
    }

    /// Whatever a row holds: random texts in random places, one character changed somewhere.
    #[test]
    fn aud_02_any_flipped_character_is_found() {
        let (keyring, entropy) = (ring(1), SeededEntropy::new(7));
        let entropy: &dyn Entropy = &entropy;
        for round in 0..500 {
            let mut row = row(round);
            let [place, length] = entropy.bytes::<2>();
            let text = entropy.base62(1 + usize::from(length % 40));
            *field(&mut row, place) = text.clone();
            let mark = link(&keyring, STREAM, &Mark::start(), std::slice::from_ref(&row), Timestamp(0));
            let mut letters: Vec<char> = text.chars().collect();
            let at = usize::from(length) % letters.len();
            letters[at] = if letters[at] == 'a' { 'b' } else { 'a' };
            let mut changed = row.clone();
            *field(&mut changed, place) = letters.into_iter().collect();
            let step = |row| {
                let link = AuditLink { rows: vec![row], mark: mark.clone() };
                ChainWalk::new(&keyring, STREAM, Mark::start()).step(&link)
            };
            assert_eq!(step(row), Ok(()));
            assert_eq!(step(changed), Err(ChainFault::Changed { seq: 1 }), "round {round}");
        }
    }

    fn field(row: &mut StoredAudit, place: u8) -> &mut String {
        match place % 8 {
            0 => &mut row.id,
            1 => &mut row.actor,
            2 => &mut row.action,
            3 => &mut row.target,
            4 => &mut row.outcome,
            5 => row.user_id.get_or_insert_default(),
            6 => row.detail.get_or_insert_default(),
            _ => row.address.get_or_insert_default(),
        }
    }

    #[test]
    fn aud_02_a_chain_may_have_grown_past_a_mark_but_must_go_through_it() {
        let keyring = ring(1);
        let good = chain(&keyring, 8);
        assert_eq!(walk(&keyring, &good, &good[4].mark), Ok(()));
        // Somebody with the key wrote the end anew.
        let mut other = good[..4].to_vec();
        let rows = vec![row(99)];
        let mark = link(&keyring, STREAM, &good[3].mark, &rows, Timestamp(0));
        other.push(AuditLink { rows, mark });
        assert_eq!(walk(&keyring, &other, &good[4].mark), Err(ChainFault::OtherThanMark { seq: 5 }));
    }

    #[test]
    fn an_older_key_of_the_ring_still_holds_its_rows() {
        let old_text = Keyring::generate(&SeededEntropy::new(1));
        let rows = chain(&Keyring::parse(&old_text).unwrap(), 3);
        let new_text = Keyring::generate(&SeededEntropy::new(2));
        let both = Secret::new(format!("{}{}", new_text.expose(), old_text.expose()));
        let both = Keyring::parse(&both).unwrap();
        assert_eq!(walk(&both, &rows, &rows[2].mark), Ok(()));
        let next = link(&both, STREAM, &rows[2].mark, &[row(4)], Timestamp(0));
        assert!(next.mac.starts_with(both.active_id()));
        let mut all = rows;
        all.push(AuditLink { rows: vec![row(4)], mark: next.clone() });
        assert_eq!(walk(&both, &all, &next), Ok(()));
    }

    #[test]
    fn aud_02_a_link_of_many_rows_misses_none_and_takes_no_more() {
        let keyring = ring(1);
        let rows: Vec<_> = (1..=9).map(row).collect();
        let mark = link(&keyring, STREAM, &Mark::start(), &rows, Timestamp(2000));
        let step = |rows: Vec<StoredAudit>, mark: &Mark| {
            ChainWalk::new(&keyring, STREAM, Mark::start()).step(&AuditLink { rows, mark: mark.clone() })
        };
        assert_eq!(step(rows.clone(), &mark), Ok(()));
        let changed = Err(ChainFault::Changed { seq: 1 });
        for at in 0..rows.len() {
            let (mut less, mut more) = (rows.clone(), rows.clone());
            less.remove(at);
            more.insert(at, row(100));
            assert_eq!((step(less, &mark), step(more, &mark)), (changed.clone(), changed.clone()));
        }
        assert_eq!(step(rows, &Mark { until: Timestamp(1999), ..mark }), changed);
    }
}
