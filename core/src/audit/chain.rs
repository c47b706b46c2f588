//! The audit's chain: every row is bound to the one before it by a keyed hash, so that a row that was
//! changed, left out, exchanged or put in later is found by whoever has the keyring (AUD-02).
//!
//! A stream is one chain: the admins' own, which grows with each change in its transaction, and one of
//! logins for each node, which grows in batches. What a chain alone cannot show is that its end was cut
//! off: for that the walk ends at a mark that was kept elsewhere.

use super::StoredAudit;
use crate::seal::Keyring;

const PURPOSE: &str = "audit link";

/// Where a chain stands after a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The row's number in its stream; 0 before the first.
    pub seq: i64,
    /// Its keyed hash, `<key id>.<43 characters>`; empty before the first.
    pub mac: String,
}

impl Mark {
    /// Before the first row.
    pub const fn start() -> Self {
        Self { seq: 0, mac: String::new() }
    }
}

/// A row in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAudit {
    /// The row.
    pub row: StoredAudit,
    /// Its place.
    pub mark: Mark,
}

/// What is wrong with a chain, and where it shows first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A row's content, or the row before it, is not what it was.
    #[error("row {seq} was changed, exchanged or put in")]
    Changed {
        /// Its number.
        seq: i64,
    },
    /// Numbers are left out.
    #[error("rows {from} to {to} are missing")]
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A row was linked under a key that the keyring does not have.
    #[error("row {seq} was linked under a key that is not in the keyring")]
    UnknownKey {
        /// Its number.
        seq: i64,
    },
    /// The rows end before the mark.
    #[error("the rows end at {seq}, the mark is {mark}")]
    CutOff {
        /// The last row there is.
        seq: i64,
        /// The mark's.
        mark: i64,
    },
    /// The rows go past the mark, but not through it.
    #[error("row {seq} is not the one of the mark")]
    OtherThanMark {
        /// The mark's number.
        seq: i64,
    },
}

/// Binds this row to what stands before it.
pub fn link(keyring: &Keyring, stream: &str, before: &Mark, row: &StoredAudit) -> Mark {
    let seq = before.seq + 1;
    let key_id = keyring.active_id();
    let parts = parts(stream, seq, &before.mac, row);
    let hash = keyring.derive(PURPOSE, &parts);
    Mark { seq, mac: format!("{key_id}.{}", hash.expose()) }
}

/// What is hashed: each part with its length, and nothing told from empty, so that no two rows give the
/// same bytes.
fn parts(stream: &str, seq: i64, before: &str, row: &StoredAudit) -> Vec<String> {
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
    let must = [stream, &seq.to_string(), before, id, &at.0.to_string(), actor, action, target, outcome];
    let may = [admin_id, address, client_id, provider, user_id, detail];
    let told = may.iter().map(|part| part.as_ref().map_or("-".to_owned(), |text| format!("+{text}")));
    must.iter().map(ToString::to_string).chain(told).collect()
}

/// Goes along one stream, row by row.
#[derive(Debug)]
pub struct ChainWalk<'a> {
    keyring: &'a Keyring,
    stream: &'a str,
    at: Mark,
}

impl<'a> ChainWalk<'a> {
    /// A walk that begins after this mark: the start, or where retention cut.
    pub fn new(keyring: &'a Keyring, stream: &'a str, after: Mark) -> Self {
        Self { keyring, stream, at: after }
    }

    /// The next row, in the order of their numbers.
    pub fn step(&mut self, next: &LinkedAudit) -> Result<(), ChainFault> {
        let (seq, expected) = (next.mark.seq, self.at.seq + 1);
        if seq > expected {
            return Err(ChainFault::Missing { from: expected, to: seq - 1 });
        }
        if seq < expected {
            return Err(ChainFault::Changed { seq });
        }
        let (key_id, hash) = next.mark.mac.split_once('.').ok_or(ChainFault::Changed { seq })?;
        let parts = parts(self.stream, seq, &self.at.mac, &next.row);
        let made = self.keyring.derive_by(key_id, PURPOSE, &parts).ok_or(ChainFault::UnknownKey { seq })?;
        if !made.same_as(hash) {
            return Err(ChainFault::Changed { seq });
        }
        self.at = next.mark.clone();
        Ok(())
    }

    /// Whether the walk has come through this mark; ask when no row is left.
    pub fn ends_at(&self, mark: &Mark) -> Result<(), ChainFault> {
        if self.at.seq < mark.seq {
            return Err(ChainFault::CutOff { seq: self.at.seq, mark: mark.seq });
        }
        if self.at == *mark { Ok(()) } else { Err(ChainFault::OtherThanMark { seq: mark.seq }) }
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
    use crate::{Entropy, Secret, Timestamp};

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

    fn chain(keyring: &Keyring, length: i64) -> Vec<LinkedAudit> {
        let mut at = Mark::start();
        let linked = (1..=length).map(|number| {
            let row = row(number);
            at = link(keyring, STREAM, &at, &row);
            LinkedAudit { row, mark: at.clone() }
        });
        linked.collect()
    }

    /// Walks to the last row's mark as it was.
    fn walk(keyring: &Keyring, rows: &[LinkedAudit], end: &Mark) -> Result<(), ChainFault> {
        let mut walk = ChainWalk::new(keyring, STREAM, Mark::start());
        rows.iter().try_for_each(|row| walk.step(row))?;
        walk.ends_at(end)
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
                change(&mut rows[at].row);
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
            let (one, other) = (swapped[at].row.clone(), swapped[at + 1].row.clone());
            (swapped[at].row, swapped[at + 1].row) = (other, one);
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
        let (own, forger) = (ring(1), ring(2));
        let good = chain(&own, 5);
        let forged = chain(&forger, 5);
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
            let mark = link(&keyring, STREAM, &Mark::start(), &row);
            let mut letters: Vec<char> = text.chars().collect();
            let at = usize::from(length) % letters.len();
            letters[at] = if letters[at] == 'a' { 'b' } else { 'a' };
            let mut changed = row.clone();
            *field(&mut changed, place) = letters.into_iter().collect();
            let step = |row| {
                ChainWalk::new(&keyring, STREAM, Mark::start()).step(&LinkedAudit { row, mark: mark.clone() })
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
    fn an_older_key_of_the_ring_still_holds_its_rows() {
        let old_text = Keyring::generate(&SeededEntropy::new(1));
        let rows = chain(&Keyring::parse(&old_text).unwrap(), 3);
        let new_text = Keyring::generate(&SeededEntropy::new(2));
        let both = Secret::new(format!("{}{}", new_text.expose(), old_text.expose()));
        let both = Keyring::parse(&both).unwrap();
        assert_eq!(walk(&both, &rows, &rows[2].mark), Ok(()));
        let next = link(&both, STREAM, &rows[2].mark, &row(4));
        assert!(next.mac.starts_with(both.active_id()));
        let mut all = rows;
        all.push(LinkedAudit { row: row(4), mark: next.clone() });
        assert_eq!(walk(&both, &all, &next), Ok(()));
    }
}
