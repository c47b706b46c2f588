//! NET-02: whose address counts. Only a proxy of ours may say whom it speaks for.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN, Plan};
use saoma_tests::visitor::{Answer, Held, Visitor, send};

async fn begin(visitor: &Visitor, forwarded: &[&str]) -> Answer {
    let mut request = visitor.request(Method::POST, "/api/v1/logins").header("origin", ORIGIN);
    for value in forwarded {
        request = request.header("x-forwarded-for", *value);
    }
    send(
        request
            .header("forwarded", "for=198.51.100.7")
            .header("x-real-ip", "198.51.100.7")
            .json(&Visitor::begin_body()),
    )
    .await
}

async fn house(db: &Database, trusted: &str) -> House {
    let limits = "begins_per_client = 0\npending_per_address = 0\nreads = 0\nunknown_scenes = 0\n\
                  scans_per_subject_per_hour = 0\nstreams_per_address = 0\n";
    let limits_toml = Some(format!("[limits]\nbegins = 2\n{limits}"));
    let server_toml = format!("trusted_proxies = [{trusted}]");
    House::planned(db.url(), Plan { limits_toml, server_toml, ..Plan::default() }).await
}

/// The address the phone's page is made of, and the one in the audit.
async fn recorded(db: &Database, id: &str) -> (String, String) {
    let requester =
        db.lines(&format!("SELECT requester AS line FROM logins WHERE id = '{id}'")).await.pop().unwrap();
    let requester: serde_json::Value = serde_json::from_str(&requester).unwrap();
    let audit = format!("SELECT address AS line FROM audit_events WHERE target = '{id}'");
    (requester["address"].as_str().unwrap().to_owned(), db.lines(&audit).await.pop().unwrap())
}

every_database! {
    /// A stranger's headers choose neither what the phone is shown nor the bucket it is counted in.
    async fn net_02_a_stranger_cannot_choose_its_address(db: &Database) {
        let house = house(db, "\"10.0.0.0/8\"").await;
        let visitor = house.visitor();
        for forwarded in ["203.0.113.1", "10.0.0.1, 203.0.113.2"] {
            let held = Held::of(&begin(&visitor, &[forwarded]).await);
            assert_eq!(recorded(db, &held.id).await, ("127.0.0.1".to_owned(), "127.0.0.1".to_owned()));
            let scan = visitor.try_scan(&visitor.scene(&held).await, &visitor.js_code("ann").await).await;
            assert!(!String::from_utf8_lossy(&scan.bytes).contains("203.0.113"));
            assert!(scan.json["requester"].get("region").is_none());
        }
        assert_eq!(begin(&visitor, &["203.0.113.3"]).await.status, StatusCode::TOO_MANY_REQUESTS);
        house.close().await;
    }

    /// Through a proxy of ours the visitor's own address counts, and only what the proxy wrote.
    async fn net_02_a_trusted_proxy_says_whom_it_speaks_for(db: &Database) {
        let house = house(db, "\"127.0.0.0/8\", \"10.0.0.0/8\"").await;
        let visitor = house.visitor();
        // What the visitor wrote itself stands to the left and does not count; chains are followed.
        for (forwarded, expected) in [
            (vec!["203.0.113.1"], "203.0.113.1"),
            (vec!["198.51.100.99, 203.0.113.1"], "203.0.113.1"),
            (vec!["203.0.113.2", "10.1.2.3"], "203.0.113.2"),
            (vec!["::ffff:203.0.113.3"], "203.0.113.3"),
            (vec!["[2001:db8::1]:443"], "2001:db8::1"),
            (vec!["rubbish"], "127.0.0.1"),
            (vec![], "127.0.0.1"),
        ] {
            let held = Held::of(&begin(&visitor, &forwarded).await);
            assert_eq!(recorded(db, &held.id).await, (expected.to_owned(), expected.to_owned()), "{forwarded:?}");
        }
        let third = begin(&visitor, &["198.51.100.1, 203.0.113.1"]).await;
        assert_eq!((third.status, third.code()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
        assert_eq!(begin(&visitor, &["203.0.113.4"]).await.status, StatusCode::CREATED);
        house.close().await;
    }
}
