//! The audit: written once, read page by page, changed by nobody.

use super::fixture::*;
use saoma_core::audit::{Action, Actor, AuditEntry, AuditOutcome, AuditScope, StoredAudit};
use saoma_core::page::PageRequest;
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

/// Rows of which several share a moment, newest first.
async fn fill(stores: &Stores, rows: i64) -> Vec<StoredAudit> {
    let mut entries: Vec<AuditEntry> = (0..rows)
        .map(|index| {
            let at = NOW.plus_millis(index / 3);
            let row = AuditEntry::new(entropy(), at, &Actor::System, Action::LoginEnded, format!("t{index}"));
            row.ended(AuditOutcome::Failure, "vendor_failed")
        })
        .collect();
    entries[0].address = Some("192.0.2.7".parse().unwrap());
    stores.clients.apply_file_clients(&[], &entries).await.unwrap();
    let mut stored: Vec<StoredAudit> = entries.iter().map(StoredAudit::from).collect();
    stored.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    stored
}

every_database! {
    async fn pages_hold_every_row_once_newest_first(db: &Database) {
        let stores = db.stores().await;
        let expected = fill(&stores, 25).await;
        for limit in [1, 4, 5, 25, 200] {
            let mut request = PageRequest::first(limit);
            let mut seen = Vec::new();
            loop {
                let page = stores.audit.list_audit(&AuditScope::all(), &request).await.unwrap();
                assert!(page.items.len() <= usize::from(limit));
                seen.extend(page.items);
                request.after = page.next;
                if request.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "pages of {limit}");
        }
    }

    async fn a_page_stays_right_while_rows_arrive(db: &Database) {
        let stores = db.stores().await;
        let expected = fill(&stores, 10).await;
        let first = stores.audit.list_audit(&AuditScope::all(), &PageRequest::first(4)).await.unwrap();
        let late = AuditEntry::new(entropy(), NOW.plus_seconds(9), &Actor::System, Action::LoginBegan, "late");
        stores.clients.apply_file_clients(&[], &[late]).await.unwrap();
        let second = PageRequest { after: first.next, limit: 200 };
        assert_eq!(stores.audit.list_audit(&AuditScope::all(), &second).await.unwrap().items, expected[4..]);
    }

    async fn limits_are_kept_and_a_foreign_mark_is_the_end(db: &Database) {
        let stores = db.stores().await;
        fill(&stores, 250).await;
        let list = async |after: Option<&str>, limit| {
            let request = PageRequest { after: after.map(str::to_owned), limit };
            stores.audit.list_audit(&AuditScope::all(), &request).await.unwrap().items.len()
        };
        assert_eq!(list(None, u16::MAX).await, 200);
        assert_eq!(list(None, 0).await, 1);
        for mark in ["", "x", "1", "x.y", "99999999999999999999.aud_"] {
            assert_eq!(list(Some(mark), 9).await, 0, "{mark}");
        }
    }

    async fn rows_cannot_be_changed_or_deleted(db: &Database) {
        let stores = db.stores().await;
        let expected = fill(&stores, 5).await;
        let mut attempts = vec!["UPDATE audit_events SET outcome = 'success'", "DELETE FROM audit_events"];
        if !db.is_sqlite() {
            attempts.push("TRUNCATE audit_events");
        }
        for attempt in attempts {
            let refused = db.raw().await.execute(attempt).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        assert_eq!(stores.audit.list_audit(&AuditScope::all(), &PageRequest::first(9)).await.unwrap().items, expected);
    }
}
