//! Trouble on demand, seen from the client's side, and what the journal says of it.

use std::io::ErrorKind;

use hyper::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::testing::*;

const STABLE: &str = "/cgi-bin/stable_token";

#[tokio::test]
async fn a_status_an_errcode_and_garbage_change_nothing() {
    let rig = Rig::start().await;
    rig.fault(STABLE, &json!({"status": 502}), 1).await;
    rig.fault(STABLE, &json!({"errcode": -1}), 1).await;
    rig.fault(STABLE, &json!({"errcode": 89503, "errmsg": "ask the admin"}), 1).await;
    rig.fault(STABLE, &json!("garbage"), 1).await;
    assert_eq!(rig.stable(false).await.status, 502);
    let busy = rig.stable(false).await;
    assert!(busy.errcode() == -1 && busy.text().contains("system error rid: "));
    let asked = rig.stable(false).await;
    assert!(asked.errcode() == 89503 && asked.text().contains("ask the admin rid: "));
    let garbage = rig.stable(false).await;
    assert_eq!(garbage.status, 200);
    assert!(std::str::from_utf8(&garbage.body).is_err());
    assert_eq!(rig.stable(false).await.json()["expires_in"], 7200);
}

#[tokio::test]
async fn a_delay_answers_late_but_right() {
    let rig = Rig::start().await;
    rig.fault(STABLE, &json!({"delay_ms": 40}), 1).await;
    assert_eq!(rig.stable(false).await.errcode(), 0);
    let calls = rig.control(Method::GET, "/calls", &json!({})).await.json();
    assert_eq!(calls["calls"][0]["fault"], "delay_ms");
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_delay() {
    let rig = Rig::start().await;
    rig.fault(STABLE, &json!({"delay_ms": 3_600_000}), 1).await;
    let mut stream = TcpStream::connect(rig.sandbox.addr()).await.unwrap();
    stream.write_all(b"GET /cgi-bin/stable_token HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    rig.control(Method::GET, "/calls", &json!({})).await;
    rig.sandbox.stop().await;
    let mut rest = Vec::new();
    assert!(stream.read_to_end(&mut rest).await.is_err() || rest.is_empty());
}

#[tokio::test]
async fn a_reset_comes_after_the_code_was_used_up() {
    let rig = Rig::start().await;
    let code = rig.js_code("ming", APPID).await;
    rig.fault("/sns/jscode2session", &json!("reset_after_commit"), 1).await;
    let mut stream = TcpStream::connect(rig.sandbox.addr()).await.unwrap();
    let query = format!("appid={APPID}&secret={SECRET}&js_code={code}&grant_type=authorization_code");
    let request = format!("GET /sns/jscode2session?{query} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).await.unwrap_err();
    assert_eq!((error.kind(), answer.len()), (ErrorKind::ConnectionReset, 0));
    assert_eq!(rig.session(APPID, &code).await.errcode(), 40163);
    let calls = rig.control(Method::GET, "/calls", &json!({})).await.json();
    assert_eq!(calls["calls"][1]["fault"], "reset_after_commit");
    assert_eq!(calls["calls"][1]["status"], json!(null));
}

#[tokio::test]
async fn faults_can_be_cleared_and_must_name_a_real_call() {
    let rig = Rig::start().await;
    rig.fault(STABLE, &json!({"status": 503}), 9).await;
    assert_eq!(rig.control(Method::DELETE, "/faults", &json!({})).await.status, 204);
    assert_eq!(rig.stable(false).await.errcode(), 0);
    let refused = async |body: Value| rig.control(Method::POST, "/faults", &body).await.code();
    assert_eq!(refused(json!({"path": "/cgi-bin/tokens", "kind": "garbage"})).await, "unknown_path");
    assert_eq!(refused(json!({"path": STABLE, "kind": {"status": 404}})).await, "bad_status");
    assert_eq!(refused(json!({"path": STABLE, "kind": "explode"})).await, "bad_body");
}

#[tokio::test]
async fn the_journal_counts_and_forgets_and_holds_no_secret() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    rig.code_image(&token, &json!({"scene": "a b"})).await;
    assert_eq!(rig.get("/cgi-bin/nothing").await.status, 404);
    let seen = rig.control(Method::GET, "/calls", &json!({})).await;
    assert!(!seen.text().contains(SECRET) && !seen.text().contains(&token));
    let calls = seen.json();
    assert_eq!(calls["counts"][STABLE], 1);
    assert_eq!(calls["counts"]["(unknown)"], 1);
    assert_eq!(calls["violations"], 1);
    assert_eq!(calls["calls"][0]["violations"], json!(["no such path"]));
    assert_eq!((&calls["calls"][1]["errcode"], &calls["calls"][1]["appid"]), (&json!(40129), &json!(APPID)));
    assert_eq!(rig.control(Method::DELETE, "/calls", &json!({})).await.status, 204);
    let calls = rig.control(Method::GET, "/calls", &json!({})).await.json();
    assert_eq!(calls, json!({"calls": [], "counts": {}, "violations": 0}));
}
