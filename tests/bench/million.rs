//! A million rows: how long a page of a filtered list takes, the first and the last of it.
//!
//! The rows are made by the database itself; what is timed is the store, as the admin API calls it.

use crate::places::Place;
use crate::report::Report;
use saoma_core::audit::{AuditFilter, AuditScope};
use saoma_core::calendar::Zone;
use saoma_core::page::PageRequest;
use saoma_store::Stores;
use saoma_store::raw::Raw;
use std::time::Instant;

/// The aim for one page, in milliseconds.
const AIM: f64 = 200.0;
/// Of each filter the best of so many tries: what the disk and the other one on this machine do is not ours.
const TRIES: usize = 3;

const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    INSERT INTO audit_events (id, at, actor, admin_id, address, action, target, client_id, provider, user_id, outcome, stream)
    SELECT 'aud_' || ((i * 7919) % 1000003) || '0123456789012345', i * 1000, CASE i % 500 WHEN 0 THEN 'admin' ELSE 'browser' END,
        CASE i % 500 WHEN 0 THEN 'adm_000000000000000000000' || (i % 7) ELSE NULL END,
        '10.' || (i % 3) || '.' || (i % 50) || '.' || (i % 250),
        CASE WHEN i % 500 = 0 THEN 'client.changed' WHEN i % 2 = 0 THEN 'login.ended' ELSE 'login.began' END,
        CASE i % 500 WHEN 0 THEN 'shop' ELSE 'lgn_' || ((i * 7919) % 1000003) || '01234567890123' END,
        CASE WHEN i % 10 < 8 THEN 'shop' ELSE 'blog' END, CASE i % 3 WHEN 0 THEN 'mini' ELSE 'service' END,
        CASE i % 2 WHEN 0 THEN 'usr_00000000000000000' || (10000 + (i * 31) % 50000) ELSE NULL END,
        CASE i % 5 WHEN 0 THEN 'refused' ELSE 'success' END, CASE i % 500 WHEN 0 THEN 'admin' ELSE 'logins:main' END
    FROM n";

/// What is looked for, and what it means in SQL; the last three find nothing, which is the most work.
const FILTERS: [(&str, &str); 14] = [
    ("", "1 = 1"),
    ("actor=admin", "actor = 'admin'"),
    ("action=login.ended", "action = 'login.ended'"),
    ("action=client.", "action LIKE 'client.%'"),
    (
        "action=login.&client=blog&outcome=refused",
        "action LIKE 'login.%' AND client_id = 'blog' AND outcome = 'refused'",
    ),
    ("client=shop", "client_id = 'shop'"),
    (
        "client=blog&provider=mini&outcome=refused",
        "client_id = 'blog' AND provider = 'mini' AND outcome = 'refused'",
    ),
    ("user=usr_0000000000000000010062", "user_id = 'usr_0000000000000000010062'"),
    ("address=10.1.1.1", "address = '10.1.1.1'"),
    ("target=shop&action=client.", "target = 'shop' AND action LIKE 'client.%'"),
    ("q=shop", "target = 'shop'"),
    ("client=nobody", "1 = 0"),
    ("actor=vendor&outcome=failure", "1 = 0"),
    ("action=login.ended&client=nobody", "1 = 0"),
];
/// Rows on a page.
const PAGE: u16 = 50;

/// The mark before the oldest page of a list.
async fn last_mark(raw: &mut Raw, means: &str) -> Option<String> {
    let sql = format!(
        "SELECT CAST(at AS TEXT) || '.' || id AS line FROM audit_events WHERE {means} ORDER BY at, id LIMIT 1 OFFSET {PAGE}"
    );
    raw.lines(&sql).await.unwrap().pop()
}

/// Times pages of the audit.
pub async fn audit(report: &mut Report, place: Place) {
    let db = place.database().await;
    let stores = db.stores().await;
    let mut raw = db.raw().await;
    raw.execute(ROWS).await.unwrap();
    raw.execute("ANALYZE").await.unwrap();
    let (mut slowest, mut all) = (0.0_f64, Vec::new());
    for (query, means) in FILTERS {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let scope = AuditFilter::parse(pairs, Zone::UTC).unwrap().within(Zone::UTC);
        let first = PageRequest::first(PAGE);
        let last = PageRequest { after: last_mark(&mut raw, means).await, limit: PAGE };
        let times = [time(&stores, &scope, &first).await, time(&stores, &scope, &last).await];
        slowest = times.into_iter().fold(slowest, f64::max);
        all.push(format!("{query}: {:.1} and {:.1}", times[0], times[1]));
    }
    let missed = if slowest < AIM { "" } else { "MISSED: " };
    let note = format!("{missed}aim < {AIM:.0} ms; first and last page in ms: {}", all.join(", "));
    report.line(
        &format!("slowest page of the audit, a million rows, {}", place.name()),
        format!("{slowest:.0} ms"),
        &note,
    );
}

async fn time(stores: &Stores, scope: &AuditScope, page: &PageRequest) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..TRIES {
        let began = Instant::now();
        stores.audit.list_audit(scope, page).await.unwrap();
        best = best.min(began.elapsed().as_secs_f64() * 1e3);
    }
    best
}
