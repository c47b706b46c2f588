//! A connection that breaks in the middle of a change: the change is finished all the same.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN};
use saoma_tests::visitor::{Visitor, send};
use saoma_tests::wait::eventually;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Sends a whole request and nothing more; the caller decides how the connection ends.
async fn post_raw(house: &House, path: &str, headers: &str, body: &Value) -> TcpStream {
    let address = house.saoma.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

/// Ends the connection as a dying phone does: with RST instead of FIN.
fn reset(connection: TcpStream) {
    connection.set_zero_linger().unwrap();
    drop(connection);
}

async fn reaches(visitor: &Visitor, held: &saoma_tests::visitor::Held, stage: &str) {
    eventually(stage, || async { (visitor.stage(held).await == stage).then_some(()) }).await;
}

every_database! {
    /// The phone hangs up right after its yes, many times over: each Login is confirmed.
    async fn a_confirmation_whose_sender_hangs_up_is_carried_out(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for round in 0..10 {
            let held = visitor.begin().await;
            let companion = visitor.scan(&held, "ann").await;
            let (what, stage) = if round % 2 == 0 { ("confirm", "confirmed") } else { ("deny", "denied") };
            let path = format!("/api/v1/companion/{what}");
            drop(post_raw(&house, &path, "", &json!({"companion_token": companion})).await);
            reaches(&visitor, &held, stage).await;
        }
        house.close().await;
    }

    /// The page resets its connection while the vendor still draws the code: the Login is there.
    async fn a_begin_whose_sender_resets_is_carried_out(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let sandbox = &visitor.sandbox;
        let fault = json!({"path": "/wxa/getwxacodeunlimit", "kind": {"delay_ms": 500}, "times": 1});
        send(visitor.http.post(format!("{sandbox}/_sandbox/v1/faults")).json(&fault)).await;
        let origin = format!("origin: {ORIGIN}\r\n");
        let connection = post_raw(&house, "/api/v1/logins", &origin, &Visitor::begin_body()).await;
        // The vendor has given the token, so the begin is at its slow picture.
        eventually("the begin reaches the vendor", || async {
            let calls = send(visitor.http.get(format!("{sandbox}/_sandbox/v1/calls"))).await;
            calls.json["counts"].get("/cgi-bin/stable_token").map(|_| ())
        })
        .await;
        reset(connection);
        assert!(db.lines("SELECT id AS line FROM logins").await.is_empty(), "it is still in the middle");
        let began = || async { db.lines("SELECT stage AS line FROM logins").await.pop() };
        assert_eq!(eventually("the login is written", began).await, "pending");
        assert_eq!(db.lines("SELECT action AS line FROM audit_events WHERE action = 'login.began'").await.len(), 1);
        house.close().await;
    }

    /// The phone resets while the vendor still proves who it is: the scan is recorded.
    async fn a_scan_whose_sender_resets_is_carried_out(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let sandbox = &visitor.sandbox;
        let held = visitor.begin().await;
        let fault = json!({"path": "/sns/jscode2session", "kind": {"delay_ms": 300}, "times": 1});
        send(visitor.http.post(format!("{sandbox}/_sandbox/v1/faults")).json(&fault)).await;
        let body = json!({"scene": visitor.scene(&held).await, "js_code": visitor.js_code("ann").await});
        drop(post_raw(&house, "/api/v1/companion/scan", "", &body).await);
        reaches(&visitor, &held, "scanned").await;
        // Its token went nowhere; the person scans again and goes on.
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }
}
