//! `openapi/login.json` is what the code says, and what the code says is complete.

use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN};
use saoma_tests::inspect::{assert_documented, document};
use saoma_tests::visitor::{Answer, Visitor, send};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/login.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let is_fresh = committed == saoma::login_document().unwrap();
    assert!(is_fresh, "openapi/login.json is stale: `make openapi` writes it anew");
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, of_path)| {
        let of_path = of_path.as_object().unwrap();
        of_path
            .iter()
            .map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

#[test]
fn every_operation_has_an_id_a_summary_and_says_who_may() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let may = operation["security"].as_array();
        let is_open = may.unwrap_or_else(|| panic!("{name} does not say who may")).is_empty();
        assert_ne!(is_open, operation["responses"]["401"].is_object(), "{name}: who may, and 401");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}");
        for scheme in operation["security"].as_array().unwrap() {
            for name in scheme.as_object().unwrap().keys() {
                assert!(
                    document["components"]["securitySchemes"][name].is_object(),
                    "{name} is not described"
                );
            }
        }
    }
    assert_eq!(ids.len(), 23, "{ids:?}");
}

#[test]
fn every_reference_leads_somewhere_and_media_types_are_bare() {
    let document = document();
    let mut open = vec![&document];
    let mut references = 0;
    while let Some(value) = open.pop() {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            references += 1;
            assert!(document.pointer(target.strip_prefix('#').unwrap()).is_some(), "{target} leads nowhere");
        }
        for media_type in
            value.get("content").and_then(Value::as_object).into_iter().flat_map(|map| map.keys())
        {
            assert!(!media_type.contains(';'), "{media_type}");
        }
        match value {
            Value::Object(map) => open.extend(map.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(references > 20, "{references}");
    assert!(!document.to_string().contains("charset"));
}

every_database! {
    /// Every answer of a whole login is documented; those of mistakes are checked where they are made.
    async fn every_answer_of_the_flows_is_documented(db: &Database) {
        let house = House::open(db.url()).await;
        let (visitor, document) = (house.visitor(), document());
        let told = |method: &str, path: &str, answer: &Answer, status: u16| {
            assert_eq!(answer.status, status, "{method} {path}: {:?}", answer.json);
            assert_documented(&document, method, path, answer);
            assert!(saoma_tests::inspect::operation(&document, method, path).is_some(), "{method} {path}");
        };
        let client = send(visitor.request(reqwest::Method::GET, "/api/v1/clients/shop")).await;
        told("GET", "/api/v1/clients/shop", &client, 200);
        let begun = visitor.try_begin(&Visitor::begin_body()).await;
        told("POST", "/api/v1/logins", &begun, 201);
        assert!(begun.headers["location"].to_str().unwrap().ends_with(begun.text("login_id")));
        let held = visitor.begin().await;
        let login = format!("/api/v1/logins/{}", held.id);
        told("GET", &login, &visitor.read(&held, "").await, 200);
        let picture = send(visitor.http.get(&held.image_url)).await;
        told("GET", held.image_url.strip_prefix(&visitor.saoma).unwrap(), &picture, 200);
        told("POST", &format!("{login}/complete"), &visitor.post(&held, "complete").await, 409);
        let scan = visitor.try_scan(&visitor.scene(&held).await, &visitor.js_code("ann").await).await;
        told("POST", "/api/v1/companion/scan", &scan, 200);
        let token = scan.text("companion_token").to_owned();
        told("POST", "/api/v1/companion/confirm", &visitor.confirm(&token).await, 200);
        let completed = visitor.post(&held, "complete").await;
        told("POST", &format!("{login}/complete"), &completed, 200);
        let tokens = visitor.redeem(completed.text("code")).await;
        told("POST", "/oauth2/token", &tokens, 200);
        told("GET", "/oauth2/userinfo", &visitor.user_info(tokens.text("access_token")).await, 200);
        told("POST", &format!("{login}/cancel"), &visitor.post(&held, "cancel").await, 200);
        for (last, status) in [("0", 200), ("99", 204)] {
            let events = visitor.request(reqwest::Method::GET, &format!("{login}/events"));
            let events = events.bearer_auth(&held.secret).header("last-event-id", last);
            told("GET", &format!("{login}/events"), &send(events.header("origin", ORIGIN)).await, status);
        }
        let other = visitor.begin().await;
        let token = visitor.scan(&other, "ann").await;
        let denied = visitor.companion("deny", &json!({"companion_token": token})).await;
        told("POST", "/api/v1/companion/deny", &denied, 200);
        house.close().await;
    }
}
