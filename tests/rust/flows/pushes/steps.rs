//! What the tests of this folder do again and again.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan};
use saoma_tests::inspect::rows;
use saoma_tests::letter::Writer;
use saoma_tests::phone::Phone;
use saoma_tests::visitor::{Answer, Held, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{KIOSK, QUICK, Way};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A house whose time the test moves.
pub(super) async fn timed_house(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

/// A house with more in its configuration.
pub(super) async fn house_with(db: &Database, extra_toml: &str) -> House {
    House::planned(db.url(), Plan { extra_toml: extra_toml.to_owned(), ..Plan::default() }).await
}

/// A Login by this way, of the client that may have it, with the number that its page shows, if any.
pub(super) async fn begin(visitor: &Visitor, way: &Way) -> (Held, String) {
    let mut body = Visitor::begin_body_for(way.slug);
    if way.slug == QUICK.slug {
        body["client_id"] = KIOSK.into();
    }
    let begun = visitor.try_begin(&body).await;
    (Held::of(&begun), begun.text("number").to_owned())
}

/// The scene inside a Login's code.
pub(super) async fn scene(db: &Database, held: &Held) -> String {
    db.lines(&format!("SELECT scene AS line FROM logins WHERE id = '{}'", held.id)).await.remove(0)
}

/// Everything that a push could move: how many rows each table has, each Login's stage and version.
pub(super) async fn world(db: &Database) -> (BTreeMap<&'static str, String>, Vec<String>) {
    let logins = "SELECT id || ' ' || stage || ' ' || CAST(version AS TEXT) AS line FROM logins ORDER BY id";
    (rows(db).await, db.lines(logins).await)
}

/// A Login's stage and version, as its browser reads them.
pub(super) async fn standing(visitor: &Visitor, held: &Held) -> (String, i64) {
    let view = visitor.read(held, "").await;
    (view.text("stage").to_owned(), view.json["version"].as_i64().unwrap())
}

/// A refusal says its status and nothing else.
pub(super) fn assert_refused(what: &str, answer: &Answer, status: StatusCode) {
    let said = String::from_utf8_lossy(&answer.bytes);
    assert_eq!((answer.status, &*said), (status, "refused\n"), "{what}");
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8", "{what}");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{what}");
}

/// The sandbox sends this message of this person as many times, all at once; gives the messages inside the
/// answers, every answer a good one.
pub(super) async fn hundredfold(phone: &Phone, way: &Way, event: &Value) -> BTreeSet<String> {
    let body =
        json!({"appid": way.appid, "person": phone.person, "event": event, "times": 100, "parallel": true});
    let sent = phone.control(Method::POST, "pushes", &body).await;
    opened(way, &sent)
}

/// The same message once more, signed anew or as it was.
pub(super) async fn again(phone: &Phone, way: &Way, id: &Value, fresh: bool) -> BTreeSet<String> {
    let body = json!({"times": 100, "parallel": true, "fresh": fresh});
    let sent = phone.control(Method::POST, &format!("pushes/{id}/replay"), &body).await;
    opened(way, &sent)
}

fn opened(way: &Way, sent: &Answer) -> BTreeSet<String> {
    let answers = sent.json["answers"].as_array().unwrap_or_else(|| panic!("{}", sent.json));
    assert!(answers.iter().all(|answer| answer["status"] == 200), "{}", sent.json);
    let writer = Writer::at(way, 0);
    answers.iter().map(|answer| writer.open(answer["body"].as_str().unwrap())).collect()
}

/// A scan or a follow with the code of this scene.
pub(super) fn event(name: &str, key: &str) -> Value {
    json!({"MsgType": "event", "Event": name, "EventKey": key})
}

/// A number written into the chat.
pub(super) fn said(number: &str) -> Value {
    json!({"MsgType": "text", "Content": number, "MsgId": format!("90000000000000{number}")})
}

/// Waits until this Login has come to this stage.
pub(super) async fn until(visitor: &Visitor, held: &Held, stage: &str) {
    eventually(stage, || async { (visitor.stage(held).await == stage).then_some(()) }).await;
}
