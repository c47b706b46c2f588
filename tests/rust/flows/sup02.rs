//! SUP-02: no `unsafe` in our crates, and no panic crosses a request.

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use saoma::{Outside, SystemClock};
use saoma_core::entropy::SystemEntropy;
use saoma_core::{Clock, Entropy, Timestamp};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::shared_keys::SharedKeys;
use saoma_tests::visitor::{Visitor, send};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Randomness that panics once when armed.
#[derive(Default)]
struct FragileEntropy(AtomicBool);

impl Entropy for FragileEntropy {
    fn fill(&self, out: &mut [u8]) {
        assert!(!self.0.swap(false, Ordering::SeqCst), "a panic made by a test");
        SystemEntropy.fill(out);
    }
}

/// A clock that panics once, at so many looks from now.
#[derive(Default)]
struct FragileClock(AtomicI64);

#[async_trait]
impl Clock for FragileClock {
    fn now(&self) -> Timestamp {
        assert_ne!(self.0.fetch_sub(1, Ordering::SeqCst), 1, "a panic made by a test");
        SystemClock.now()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        SystemClock.sleep_until(moment).await;
    }
}

every_database! {
    /// The request that panics is answered 500 in its surface's words; everything else goes on.
    async fn sup_02_a_panic_ends_its_request_only(db: &Database) {
        let (entropy, clock) = (Arc::new(FragileEntropy::default()), Arc::new(FragileClock::default()));
        let outside = Outside {
            clock: Arc::<FragileClock>::clone(&clock),
            entropy: Arc::<FragileEntropy>::clone(&entropy),
            keys: Arc::new(SharedKeys::default()),
        };
        let house = House::planned(db.url(), Plan { outside: Some(outside), ..Plan::default() }).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        // A change, which runs apart from its connection.
        entropy.0.store(true, Ordering::SeqCst);
        let panicked = visitor.try_begin(&Visitor::begin_body()).await;
        assert_eq!((panicked.status, panicked.code()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
        assert_eq!(panicked.headers["content-type"], "application/problem+json");
        assert!(!String::from_utf8_lossy(&panicked.bytes).contains("made by a test"));
        // A read, which runs on its connection; the first look is the log's own.
        clock.0.store(2, Ordering::SeqCst);
        let panicked = visitor.read(&held, "").await;
        assert_eq!((panicked.status, panicked.code()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
        // OAuth has its own words.
        entropy.0.store(true, Ordering::SeqCst);
        let panicked = visitor.redeem("no code").await;
        assert_eq!((panicked.status, panicked.code()), (StatusCode::INTERNAL_SERVER_ERROR, "server_error"));
        clock.0.store(2, Ordering::SeqCst);
        let panicked = visitor.user_info("no token").await;
        assert_eq!((panicked.status, panicked.code()), (StatusCode::INTERNAL_SERVER_ERROR, "server_error"));
        // The Login from before is untouched, and new ones begin.
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        let user = visitor.finish(&held).await;
        assert_eq!(visitor.log_in("ann").await, user);
        assert_eq!(send(visitor.http.request(Method::GET, format!("{}/readyz", house.admin))).await.status, StatusCode::OK);
        house.close().await;
    }
}

/// `forbid` cannot be taken back by any attribute, so the manifests say it all.
#[test]
fn sup_02_unsafe_is_forbidden_in_every_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &Path| -> toml::Table {
        std::fs::read_to_string(path.join("Cargo.toml")).unwrap().parse().unwrap()
    };
    let workspace = read(root);
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let members = workspace["workspace"]["members"].as_array().unwrap();
    assert!(members.len() >= 7);
    for member in members {
        let member = member.as_str().unwrap();
        let lints = &read(&root.join(member))["lints"];
        let inherited = lints.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        let own = lints.get("rust").and_then(|rust| rust.get("unsafe_code")).and_then(toml::Value::as_str);
        assert!(inherited || own == Some("forbid"), "{member} does not forbid unsafe code");
    }
}
