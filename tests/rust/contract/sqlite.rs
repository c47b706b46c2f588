//! SQLite beside another process: a held write lock delays writes, never anything else.

use super::fixture::*;
use saoma_core::StoreError;
use saoma_core::audit::Action;
use saoma_tests::database::Database;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "current_thread")]
async fn a_write_that_waits_for_another_process_stalls_nobody() {
    let db = Database::sqlite();
    let stores = db.stores().await;
    let mut other = db.raw().await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let login = new_login();
    let row = entry(Action::LoginBegan).about(&login);
    let writing = async {
        stores.logins.create_login(&login, &row).await.unwrap();
        Instant::now()
    };
    // One thread for all: a write that waited on it would let nothing tick.
    let ticking = async {
        let mut longest = Duration::ZERO;
        for _ in 0..100 {
            let last = Instant::now();
            tokio::time::sleep(Duration::from_millis(5)).await;
            longest = longest.max(last.elapsed());
        }
        // Reading goes on while the lock is held; then the other process lets go.
        assert!(stores.logins.find_login(&login.id).await.unwrap().is_none());
        let let_go = Instant::now();
        other.execute("COMMIT").await.unwrap();
        (longest, let_go)
    };
    let (written, (longest, let_go)) = tokio::join!(writing, ticking);
    assert!(written > let_go);
    assert!(stores.logins.find_login(&login.id).await.unwrap().is_some());
    assert!(longest < Duration::from_millis(500), "a tick took {longest:?}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_lock_that_is_never_let_go_ends_the_wait() {
    let db = Database::sqlite();
    let stores = db.stores().await;
    let mut other = db.raw().await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let started = Instant::now();
    let refused = stores.installation.create_key_id("k").await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!((4..=6).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    other.execute("COMMIT").await.unwrap();
    stores.installation.create_key_id("k").await.unwrap();
}
