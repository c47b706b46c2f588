//! Links and walks: each kind of tampering, word by word.

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
