//! The audit's chains over time: linked within a second beside writers, signed at checkpoints, cut where
//! it is too old; and whatever an intruder with the database does, at any of these times, shows.

use super::fixture::*;
use saoma_core::audit::{
    Action, Actor, Anchor, AuditEntry, AuditKeeper, AuditScope, ChainFault, Checkpoint, KeeperParts,
    Statement, StreamReport, verify,
};
use saoma_core::entropy::SeededEntropy;
use saoma_core::id::AdminId;
use saoma_core::page::PageRequest;
use saoma_core::seal::Keyring;
use saoma_core::time::ManualClock;
use saoma_core::{Clock as _, Timestamp};
use saoma_store::Stores;
use saoma_tests::database::{Database, keyring};
use saoma_tests::every_database;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const DAY: i64 = 24 * 3600;

fn number(below: u32) -> u32 {
    u32::from_le_bytes(entropy().bytes()) % below
}

/// A store whose time is moved by hand, with the keeper of its audit.
struct Kept {
    stores: Stores,
    keeper: AuditKeeper,
    clock: Arc<ManualClock>,
    keyring: Arc<Keyring>,
}

impl Kept {
    async fn new(db: &Database) -> Self {
        let stores = db.stores().await;
        let (clock, keyring) = (Arc::new(ManualClock::new(NOW)), Arc::new(keyring()));
        let keeper = AuditKeeper::new(KeeperParts {
            store: Arc::clone(&stores.audit),
            keyring: Arc::clone(&keyring),
            clock: Arc::<ManualClock>::clone(&clock),
            entropy: Arc::new(SeededEntropy::new(u64::from(number(u32::MAX)))),
        });
        Self { stores, keeper, clock, keyring }
    }

    /// So many rows by admins and of Logins, at this time.
    async fn write(&self, admins: usize, logins: usize) {
        let (now, admin) = (self.clock.now(), Actor::Admin(AdminId::generate(entropy())));
        let row = |actor: &Actor, action| AuditEntry::new(entropy(), now, actor, action, entropy().base62(5));
        let mut rows: Vec<_> = (0..admins).map(|_| row(&admin, Action::ClientChanged)).collect();
        rows.extend((0..logins).map(|_| row(&Actor::Browser, Action::LoginBegan)));
        self.stores.clients.apply_file_clients(&[], &rows).await.unwrap();
    }

    /// What a running house does every few seconds.
    async fn tick(&self, seconds: i64) -> Vec<Checkpoint> {
        self.clock.advance_seconds(seconds);
        let linked = self.stores.audit.link_logins(self.clock.now().plus_millis(-1)).await.unwrap();
        self.keeper.make_checkpoints(i64::try_from(linked).unwrap()).await.unwrap()
    }

    async fn reports(&self, anchors: &[Anchor]) -> Vec<StreamReport> {
        // Long after the last row, so that none may still wait for its link.
        verify(&*self.stores.audit, &self.keyring, anchors, self.clock.now().plus_seconds(DAY)).await.unwrap()
    }

    async fn faults(&self, anchors: &[Anchor]) -> Vec<(String, ChainFault)> {
        let reports = self.reports(anchors).await;
        reports.into_iter().filter_map(|report| Some((report.stream, report.fault?))).collect()
    }

    async fn rows(&self, action: Action) -> usize {
        let pairs = [("action", action.as_str())];
        let filter = saoma_core::audit::AuditFilter::parse(pairs, saoma_core::calendar::Zone::UTC).unwrap();
        let scope = filter.within(saoma_core::calendar::Zone::UTC);
        self.stores.audit.list_audit(&scope, &PageRequest::first(200)).await.unwrap().items.len()
    }
}

async fn disarm(db: &Database) {
    let sql = if db.is_sqlite() {
        "DROP TRIGGER audit_events_keep; DROP TRIGGER audit_events_stay"
    } else {
        "ALTER TABLE audit_events DISABLE TRIGGER ALL"
    };
    db.raw().await.execute(sql).await.unwrap();
}

const TABLES: [&str; 5] = ["audit_events", "audit_links", "audit_heads", "audit_checkpoints", "audit_cuts"];

async fn set_aside(db: &Database) {
    for table in TABLES {
        db.raw().await.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
    }
}

async fn put_back(db: &Database) {
    for table in TABLES {
        let sql = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}");
        db.raw().await.execute(&sql).await.unwrap();
    }
}

/// Something an intruder with the database, but without the keyring, may do; told in words.
async fn tamper(db: &Database, stream: &str) -> String {
    let of = |table: &str| format!("FROM {table} WHERE stream = '{stream}'");
    let some = async |what: &str, table: &str| {
        let sql = format!("SELECT '' || {what} AS line {} ORDER BY 1", of(table));
        let all = db.lines(&sql).await;
        all[usize::try_from(number(u32::try_from(all.len()).unwrap())).unwrap()].clone()
    };
    let event = some("id", "audit_events").await;
    let columns = ["actor", "action", "target", "outcome", "detail", "user_id", "client_id", "address"];
    let column = columns[usize::try_from(number(8)).unwrap()];
    let link = some("seq", "audit_links").await;
    let last = format!("(SELECT MAX(seq) {})", of("audit_links"));
    let sql = match number(11) {
        0 => format!("UPDATE audit_events SET {column} = 'forged' WHERE id = '{event}'"),
        1 => format!("DELETE FROM audit_events WHERE id = '{event}'"),
        2 => format!("UPDATE audit_events SET at = at + 100000 WHERE id = '{event}'"),
        3 => format!(
            "INSERT INTO audit_events (id, at, actor, action, target, outcome, stream)
             SELECT 'forged', at, actor, action, target, outcome, stream FROM audit_events WHERE id = '{event}'"
        ),
        4 => format!("UPDATE audit_links SET mac = 'k0.x' WHERE stream = '{stream}' AND seq = {link}"),
        5 => format!("DELETE FROM audit_links WHERE stream = '{stream}' AND seq = {link}"),
        6 => format!(
            "DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_links WHERE stream = '{stream}' AND seq = {last})
                OR (stream = '{stream}' AND at > (SELECT MAX(until) {links} AND seq < {last}) AND stream <> 'admin');
             DELETE FROM audit_links WHERE stream = '{stream}' AND seq = {last};
             DELETE FROM audit_heads WHERE stream = '{stream}';
             INSERT INTO audit_heads SELECT stream, seq, until, mac {links} AND seq = {last}",
            links = of("audit_links"),
        ),
        // Behind the last link, with a head that says that all is linked; and before the first.
        7 => format!(
            "UPDATE audit_heads SET until = 9000000000000000 WHERE stream = '{stream}';
             INSERT INTO audit_events (id, at, actor, action, target, outcome, stream)
             SELECT 'forged', (SELECT MAX(last) FROM (SELECT MAX(at) AS last {events} UNION ALL SELECT MAX(until) AS last {links}) ends) + 1, actor, action, target, outcome, stream FROM audit_events WHERE id = '{event}'",
            events = of("audit_events"),
            links = of("audit_links"),
        ),
        8 => format!(
            "INSERT INTO audit_events (id, at, actor, action, target, outcome, stream)
             SELECT 'forged', COALESCE((SELECT until {cuts}), 0), actor, action, target, outcome, stream FROM audit_events WHERE id = '{event}'",
            cuts = of("audit_cuts"),
        ),
        9 => format!("UPDATE audit_checkpoints SET at = at + 1 WHERE stream = '{stream}' AND seq = (SELECT MAX(seq) {})", of("audit_checkpoints")),
        // A cut that retention has not made: a checkpoint's signature, and all of before it gone.
        _ => format!(
            "DELETE FROM audit_cuts WHERE stream = '{stream}';
             INSERT INTO audit_cuts SELECT stream, seq, until, mac, at, signature {cps} AND seq = (SELECT MAX(seq) {cps});
             DELETE FROM audit_events WHERE id IN (SELECT event_id {links} AND seq <= (SELECT MAX(seq) {cps}))
                 OR (stream = '{stream}' AND at <= (SELECT MAX(until) {cps}));
             DELETE FROM audit_links WHERE stream = '{stream}' AND seq <= (SELECT MAX(seq) {cps})",
            cps = of("audit_checkpoints"),
            links = of("audit_links"),
        ),
    };
    db.raw().await.execute(&sql).await.unwrap();
    sql
}

every_database! {
    /// Random histories with random cuts; at each of some moments everything an intruder may do, one by one.
    async fn aud_02_whatever_an_intruder_does_shows_before_and_after_cuts(db: &Database) {
        let kept = Kept::new(db).await;
        disarm(db).await;
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut cuts = 0;
        for day in 0..12 {
            for _ in 0..3 {
                kept.write(1 + number(4) as usize, 1 + number(6) as usize).await;
                let made = kept.tick(400).await;
                anchors.extend(made.into_iter().map(|made| (made.stream, made.mark.seq, made.mark.mac)));
            }
            kept.clock.advance_seconds(DAY);
            if number(2) == 0 {
                let limit = kept.clock.now().plus_seconds(-DAY * i64::from(1 + number(3)));
                cuts += kept.keeper.cut_before(limit).await.unwrap();
            }
            assert_eq!(kept.faults(&anchors).await, [], "day {day}");
            if day % 4 != 3 {
                continue;
            }
            kept.write(2, 2).await;
            kept.tick(400).await;
            set_aside(db).await;
            for stream in ["admin", "logins:main"] {
                for _ in 0..25 {
                    let did = tamper(db, stream).await;
                    let faults = kept.faults(&anchors).await;
                    assert!(faults.iter().any(|(of, _)| of == stream), "{stream}, day {day}: {did}\n{faults:?}");
                    put_back(db).await;
                }
            }
            assert_eq!(kept.faults(&anchors).await, []);
            for table in TABLES {
                db.raw().await.execute(&format!("DROP TABLE kept_{table}")).await.unwrap();
            }
        }
        assert!(cuts > 0, "a history without a cut shows nothing");
    }

    async fn aud_02_retention_cuts_at_a_checkpoint_and_tells_of_it(db: &Database) {
        let kept = Kept::new(db).await;
        for _ in 0..5 {
            kept.write(2, 3).await;
            assert_eq!(kept.tick(400).await.len(), 2, "both streams have moved, and five minutes are over");
        }
        let third = kept.stores.audit.list_checkpoints("admin", 0, 9).await.unwrap()[2].0.clone();
        let long_after = third.at.plus_millis(1);
        assert_eq!(kept.keeper.cut_before(NOW).await.unwrap(), 0, "nothing is older");
        assert_eq!(kept.keeper.cut_before(long_after).await.unwrap(), 3 * 2 + 3 * 3);
        assert_eq!(kept.keeper.cut_before(long_after).await.unwrap(), 0, "once");
        assert_eq!((kept.rows(Action::ClientChanged).await, kept.rows(Action::LoginBegan).await), (4, 6));
        assert_eq!(kept.rows(Action::AuditCut).await, 2, "each stream's cut is told");
        let reports = kept.reports(&[("admin".to_owned(), 2, "k0.gone".to_owned())]).await;
        assert!(reports.iter().all(|report| report.fault.is_none()), "{reports:?}");
        assert_eq!(reports[0].cut, Some((third.mark.clone(), third.at)));
        // The checkpoint where it was cut still asks what it asked.
        let here = |mac: &str| vec![("admin".to_owned(), third.mark.seq, mac.to_owned())];
        assert_eq!(kept.faults(&here(&third.mark.mac)).await, []);
        let other = kept.faults(&here("k0.other")).await;
        assert_eq!(other, [("admin".to_owned(), ChainFault::OtherThanMark { seq: third.mark.seq })]);
        // A day later one more row tells of the next cut, not one for every checkpoint.
        kept.write(1, 1).await;
        kept.tick(400).await;
        assert_eq!(kept.keeper.cut_before(kept.clock.now()).await.unwrap(), 0, "less than a day since");
        kept.clock.advance_seconds(DAY);
        kept.write(1, 1).await;
        kept.tick(400).await;
        kept.clock.advance_seconds(1);
        assert!(kept.keeper.cut_before(kept.clock.now()).await.unwrap() > 0);
        assert_eq!(kept.faults(&[]).await, []);
    }

    /// The database lets nothing go that no cut covers, and a cut is never taken back.
    async fn aud_02_rows_go_by_a_cut_only(db: &Database) {
        let kept = Kept::new(db).await;
        kept.write(3, 3).await;
        kept.tick(400).await;
        kept.write(1, 1).await;
        kept.tick(1).await;
        let refused = db.raw().await.execute("DELETE FROM audit_events").await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
        for stream in ["admin", "logins:main"] {
            let (first, _) = kept.stores.audit.list_checkpoints(stream, 0, 1).await.unwrap().remove(0);
            let cut = Checkpoint::sign(&kept.keyring, Statement::Cut, stream, &first.mark, first.at).unwrap();
            let row = |target: &str| AuditEntry::new(entropy(), NOW, &Actor::System, Action::AuditCut, target);
            assert_eq!(kept.stores.audit.cut(&cut, &row(stream)).await.unwrap(), Some(3), "{stream}");
            assert_eq!(kept.stores.audit.cut(&cut, &row(stream)).await.unwrap(), None, "there already");
            let sql = format!("DELETE FROM audit_events WHERE stream = '{stream}'");
            assert!(db.raw().await.execute(&sql).await.unwrap_err().to_string().contains("append-only"));
        }
        assert_eq!(kept.rows(Action::AuditCut).await, 2);
    }

    async fn aud_04_there_is_a_checkpoint_after_a_thousand_rows_or_five_minutes(db: &Database) {
        let kept = Kept::new(db).await;
        assert!(kept.tick(400).await.is_empty(), "nothing has happened");
        kept.write(1, 0).await;
        let first = kept.tick(1).await;
        assert_eq!(first.len(), 1, "the first row of a stream");
        assert!(first[0].is_signed(&kept.keyring, Statement::Stood));
        kept.write(1, 0).await;
        assert!(kept.tick(298).await.is_empty(), "not yet");
        assert_eq!(kept.tick(2).await.len(), 1);
        assert!(kept.tick(3000).await.is_empty(), "nothing has happened since");
        for stream in [(999, 0), (0, 999)] {
            kept.write(stream.0.min(1), stream.1.min(1)).await;
            kept.tick(400).await;
            kept.write(stream.0, stream.1).await;
            assert!(kept.tick(1).await.is_empty());
            kept.write(stream.0.min(1), stream.1.min(1)).await;
            assert_eq!(kept.tick(1).await.len(), 1, "{stream:?}");
        }
        let (last, rows) = kept.stores.audit.list_checkpoints("logins:main", 0, 9).await.unwrap().pop().unwrap();
        assert_eq!(rows, 1000);
        assert_eq!(kept.stores.audit.find_last_checkpoint("logins:main").await.unwrap(), Some(last));
        assert_eq!(kept.faults(&[]).await, []);
    }

    /// Writers do not stop while rows are linked up to the present moment: none is passed over.
    async fn rows_are_linked_at_once_beside_those_who_write(db: &Database) {
        let stores = Arc::new(db.stores().await);
        let time = Arc::new(AtomicI64::new(NOW.0));
        let writers: Vec<_> = (0..6).map(|_| {
            let (stores, time) = (Arc::clone(&stores), Arc::clone(&time));
            tokio::spawn(async move {
                for _ in 0..40 {
                    let at = Timestamp(time.load(Ordering::SeqCst));
                    let row = AuditEntry::new(entropy(), at, &Actor::Browser, Action::LoginBegan, "x");
                    // What is late by some milliseconds must not be lost.
                    tokio::task::yield_now().await;
                    stores.clients.apply_file_clients(&[], &[row]).await.unwrap();
                    time.fetch_add(3, Ordering::SeqCst);
                }
            })
        }).collect();
        let mut linked = 0;
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            linked += stores.audit.link_logins(Timestamp(time.load(Ordering::SeqCst))).await.unwrap();
        }
        linked += stores.audit.link_logins(Timestamp(time.load(Ordering::SeqCst) + 1000)).await.unwrap();
        assert_eq!(linked, 240);
        let keyring = keyring();
        let reports = verify(&*stores.audit, &keyring, &[], Timestamp(i64::MAX)).await.unwrap();
        assert!(reports.iter().all(|report| report.fault.is_none()), "{reports:?}");
        let before = stores.statements();
        assert_eq!(stores.audit.link_logins(Timestamp(time.load(Ordering::SeqCst) + 2000)).await.unwrap(), 0);
        assert_eq!(stores.statements(), before, "where nothing was written nothing is looked for");
    }

    /// A clock that was fast is put right while the house is down: rows go on behind what is linked.
    async fn a_clock_that_was_put_back_makes_no_row_look_forged(db: &Database) {
        let mut kept = Kept::new(db).await;
        kept.write(1, 3).await;
        kept.tick(5).await;
        kept.stores.close().await;
        kept.clock.advance_seconds(-600);
        kept.stores = db.stores().await;
        for _ in 0..3 {
            kept.write(1, 2).await;
            kept.clock.advance_seconds(1);
            assert_eq!(kept.stores.audit.link_logins(kept.clock.now()).await.unwrap(), 2, "linked at once");
        }
        for later in [0, DAY] {
            let now = kept.clock.now().plus_seconds(later);
            let reports = verify(&*kept.stores.audit, &kept.keyring, &[], now).await.unwrap();
            assert!(reports.iter().all(|report| report.fault.is_none()), "{reports:?}");
        }
        assert_eq!(kept.rows(Action::LoginBegan).await, 9);
    }

    async fn rows_know_their_place_in_their_chain(db: &Database) {
        let kept = Kept::new(db).await;
        for _ in 0..4 {
            kept.write(2, 3).await;
            kept.tick(1).await;
        }
        kept.write(0, 1).await;
        let rows = kept.stores.audit.list_audit(&AuditScope::all(), &PageRequest::first(200)).await.unwrap().items;
        let placed = kept.stores.audit.place_audit(rows.clone()).await.unwrap();
        assert_eq!(placed.iter().map(|placed| placed.row.clone()).collect::<Vec<_>>(), rows);
        assert_eq!(placed[0].link, None, "the newest waits");
        for stream in ["admin", "logins:main"] {
            let links = kept.stores.audit.list_links(stream, &saoma_core::audit::Mark::start(), 99).await.unwrap();
            for link in links {
                for row in link.rows {
                    let found = placed.iter().find(|placed| placed.row == row).unwrap();
                    assert_eq!(found.link, Some((link.mark.seq, link.mark.mac.clone())));
                    assert_eq!(kept.stores.audit.find_audit(&row.id).await.unwrap().as_ref(), Some(found));
                }
            }
        }
        assert_eq!(kept.stores.audit.find_audit("aud_none").await.unwrap(), None);
    }
}
