//! What the tests of this folder do again and again.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan};
use saoma_tests::inspect::rows;
use saoma_tests::visitor::{Answer, Held, Visitor};
use saoma_tests::ways::{KIOSK, QUICK, Way};
use std::collections::BTreeMap;

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
