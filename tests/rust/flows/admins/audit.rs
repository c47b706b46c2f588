//! The audit of a running house: linked as it is written, tampering found, no change without its row.

use reqwest::StatusCode;
use saoma_core::Timestamp;
use saoma_core::audit::{ChainFault, StreamReport, verify};
use saoma_tests::admin::{AdminBrowser, bootstrap, now};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};

/// A house where an admin was enrolled and two persons logged in, all of it linked.
async fn lived_in(db: &Database) -> (House, AdminBrowser) {
    let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
    let mut browser = AdminBrowser::new(&house);
    browser.enrol(&house, &bootstrap(&house).await, "ann").await;
    let visitor = house.visitor();
    for person in ["ann", "bob"] {
        visitor.confirmed(person).await;
        house.clock.as_ref().unwrap().advance_millis(11_000);
    }
    house.clock.as_ref().unwrap().advance_millis(120_000);
    linked(&house, now(&house)).await;
    (house, browser)
}

async fn linked(house: &House, until: Timestamp) {
    house.server().parts().stores.audit.link_logins(until).await.unwrap();
}

async fn reports(house: &House, anchors: &[(String, i64, String)]) -> Vec<StreamReport> {
    let parts = house.server().parts();
    verify(&*parts.stores.audit, &parts.keyring, anchors, now(house)).await.unwrap()
}

/// What an intruder with the database does first.
async fn disarm(db: &Database) {
    let sql = if db.is_sqlite() {
        "DROP TRIGGER audit_events_keep; DROP TRIGGER audit_events_stay"
    } else {
        "ALTER TABLE audit_events DISABLE TRIGGER ALL"
    };
    db.raw().await.execute(sql).await.unwrap();
}

fn fault(reports: &[StreamReport], stream: &str) -> Option<ChainFault> {
    reports.iter().find(|report| report.stream == stream).unwrap().fault.clone()
}

every_database! {
    async fn aud_02_an_untouched_audit_holds(db: &Database) {
        let (house, _) = lived_in(db).await;
        let reports = reports(&house, &[]).await;
        let told: Vec<_> = reports.iter().map(|report| (report.stream.as_str(), report.end.seq, report.fault.clone())).collect();
        assert_eq!(told[0].0, "admin");
        assert!(told[0].1 >= 3, "the file's clients and providers, a link, an admin: {told:?}");
        assert_eq!((told[1].0, told[1].2.clone()), ("logins:main", None));
        assert!(told[1].1 >= 2, "{told:?}");
        assert_eq!(told[0].2, None);
        let rows = db.lines("SELECT id AS line FROM audit_events WHERE stream = 'logins:main'").await;
        assert!(rows.len() >= 2);
        house.close().await;
    }

    async fn aud_02_whatever_is_done_to_a_row_is_found(db: &Database) {
        let (house, _) = lived_in(db).await;
        disarm(db).await;
        let first = |stream: &str| format!("(SELECT id FROM audit_events WHERE stream = '{stream}' ORDER BY at, id LIMIT 1)");
        let copy = "INSERT INTO audit_events (id, at, actor, action, target, outcome, stream) SELECT 'aud_forged', at, actor, action, target, outcome, stream FROM audit_events WHERE id = ";
        for stream in ["admin", "logins:main"] {
            let own = first(stream);
            let id = db.lines(&own.replace("SELECT id", "SELECT id AS line").replace(['(', ')'], "")).await.remove(0);
            let kept = db.lines(&format!("SELECT outcome AS line FROM audit_events WHERE id = '{id}'")).await.remove(0);
            let raw = || db.raw();
            // Changed, and changed back.
            raw().await.execute(&format!("UPDATE audit_events SET outcome = 'x' WHERE id = '{id}'")).await.unwrap();
            assert!(matches!(fault(&reports(&house, &[]).await, stream), Some(ChainFault::Changed { .. })), "{stream}");
            raw().await.execute(&format!("UPDATE audit_events SET outcome = '{kept}' WHERE id = '{id}'")).await.unwrap();
            assert_eq!(fault(&reports(&house, &[]).await, stream), None, "{stream}");
            // Moved to the other stream.
            raw().await.execute(&format!("UPDATE audit_events SET stream = 'other' WHERE id = '{id}'")).await.unwrap();
            assert!(matches!(fault(&reports(&house, &[]).await, stream), Some(ChainFault::Changed { .. })), "{stream}");
            raw().await.execute(&format!("UPDATE audit_events SET stream = '{stream}' WHERE id = '{id}'")).await.unwrap();
            // Put in.
            raw().await.execute(&format!("{copy}'{id}'")).await.unwrap();
            assert!(fault(&reports(&house, &[]).await, stream).is_some(), "{stream}");
            raw().await.execute("DELETE FROM audit_events WHERE id = 'aud_forged'").await.unwrap();
            assert_eq!(fault(&reports(&house, &[]).await, stream), None, "{stream}");
            // Deleted.
            raw().await.execute(&format!("DELETE FROM audit_events WHERE id = '{id}'")).await.unwrap();
            assert!(matches!(fault(&reports(&house, &[]).await, stream), Some(ChainFault::Changed { .. })), "{stream}");
        }
        house.close().await;
    }

    async fn aud_02_an_end_that_was_cut_off_is_found_by_an_end_that_was_kept(db: &Database) {
        let (house, _) = lived_in(db).await;
        disarm(db).await;
        let ends: Vec<_> = reports(&house, &[]).await.into_iter().map(|report| (report.stream, report.end.seq, report.end.mac)).collect();
        assert!(reports(&house, &ends).await.iter().all(|report| report.fault.is_none()));
        // All of the last link goes, and the head is put back: what is left looks whole.
        let (_, last, _) = ends[0];
        let raw = db.raw();
        let mut raw = raw.await;
        raw.execute(&format!("DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_links WHERE stream = 'admin' AND seq = {last})")).await.unwrap();
        raw.execute(&format!("DELETE FROM audit_links WHERE stream = 'admin' AND seq = {last}")).await.unwrap();
        assert!(matches!(fault(&reports(&house, &[]).await, "admin"), Some(ChainFault::CutOff { .. })), "by the head");
        raw.execute(&format!("UPDATE audit_heads SET seq = {last} - 1, mac = (SELECT mac FROM audit_links WHERE stream = 'admin' AND seq = {last} - 1) WHERE stream = 'admin'")).await.unwrap();
        assert_eq!(fault(&reports(&house, &[]).await, "admin"), None, "nothing shows it");
        assert!(matches!(fault(&reports(&house, &ends).await, "admin"), Some(ChainFault::CutOff { .. })), "but what was kept");
        // A stream whose head and links are all gone is not passed over.
        raw.execute("DELETE FROM audit_heads WHERE stream = 'admin'; DELETE FROM audit_links WHERE stream = 'admin'").await.unwrap();
        assert!(matches!(fault(&reports(&house, &[]).await, "admin"), Some(ChainFault::Unlinked { .. })));
        house.close().await;
    }

    async fn aud_03_without_its_row_no_change_is_made(db: &Database) {
        let (house, mut browser) = lived_in(db).await;
        let csrf = browser.get("/websites").await.hidden("csrf");
        let full = if db.is_sqlite() {
            "CREATE TRIGGER full BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'full'); END"
        } else {
            "CREATE TRIGGER full_disk BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()"
        };
        db.raw().await.execute(full).await.unwrap();
        let out = browser.post("/log-out", &[("csrf", &csrf)]).await;
        assert_eq!(out.status, StatusCode::SERVICE_UNAVAILABLE, "{}", out.html);
        assert_eq!(browser.get("/websites").await.status, StatusCode::OK, "still logged in");
        assert!(house.server().parts().admins().bootstrap(None).await.is_err());
        assert_eq!(db.lines("SELECT hash AS line FROM admin_links").await, Vec::<String>::new());
        house.close().await;
    }
}
