//! Bad input over HTTP: each mistake is answered as documented, by its status, its stable code and
//! the place of the mistake, creates nothing and loses nothing.

mod forms;
mod json;
mod paths;
mod raw;

use reqwest::RequestBuilder;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN, Plan};
use saoma_tests::inspect::{assert_documented, check_documented, document, rows};
use saoma_tests::visitor::{Held, Visitor, send};
use serde_json::Value;

/// A second website and a second way that the first one does not offer.
const MORE: &str = r#"
[[client]]
client_id = "other"
name = "Other"
type = "public"
redirect_uris = ["http://localhost:10/callback"]
origins = ["http://localhost:10"]
providers = ["spare"]
[[provider]]
slug = "spare"
kind = "wechat_mini_program"
[provider.config]
appid = "wx00000000000000a1"
secret = "000102030405060708090a0b0c0d0e0f"
api_base = "http://127.0.0.1:9"
"#;

/// One mistake and its answer.
struct Bad {
    what: String,
    request: RequestBuilder,
    status: u16,
    code: &'static str,
    pointers: Vec<&'static str>,
}

fn bad(what: impl Into<String>, request: RequestBuilder, status: u16, code: &'static str) -> Bad {
    Bad { what: what.into(), request, status, code, pointers: Vec::new() }
}

impl Bad {
    /// The places that `errors` must name.
    fn at(self, pointers: &[&'static str]) -> Self {
        Self { pointers: pointers.to_vec(), ..self }
    }
}

/// What the cases start from: a house, a visitor, a Login that waits for a scan, its scene.
struct Scenery {
    visitor: Visitor,
    held: Held,
    scene: String,
}

/// What is not as it should be about an answer, if anything.
async fn flaw(case: Bad, document: &Value) -> Option<String> {
    let Bad { what, request, status, code, pointers } = case;
    let asked = request.try_clone().and_then(|copy| copy.build().ok()).unwrap();
    let answer = send(request).await;
    let is_oauth = asked.url().path().starts_with("/oauth2");
    let media_type = if is_oauth { "application/json" } else { "application/problem+json" };
    let sentence = if is_oauth { answer.text("error_description") } else { answer.text("detail") };
    let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
    let told: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    let documented = match status {
        405 => header("allow").map(|_| ()).ok_or_else(|| "no Allow".to_owned()),
        _ => check_documented(document, asked.method().as_str(), asked.url().path(), &answer),
    };
    let is_right = (answer.status.as_u16(), answer.code()) == (status, code)
        && told == pointers
        && header("content-type") == Some(media_type)
        && header("cache-control") == Some("no-store")
        && sentence.ends_with('.')
        && (is_oauth || answer.json["status"] == status)
        && errors.iter().all(|error| !error["message"].as_str().unwrap().is_empty());
    let told =
        format!("{what}: {} {} instead of {status} {code} at {pointers:?}", answer.status, answer.json);
    if is_right { documented.err().map(|why| format!("{what}: {why}")) } else { Some(told) }
}

every_database! {
    /// Every table of mistakes, against one house.
    async fn every_mistake_is_answered_by_its_code_and_changes_nothing(db: &Database) {
        let house = House::planned(db.url(), Plan { extra_toml: MORE.to_owned(), ..Plan::default() }).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        let (before, document) = (rows(db).await, document());
        let scenery = Scenery { visitor: visitor.clone(), held: held.clone(), scene };
        let mut flaws = Vec::new();
        for table in [json::cases(&scenery), forms::cases(&scenery), paths::cases(&scenery)] {
            for case in table {
                flaws.extend(flaw(case, &document).await);
            }
        }
        assert!(flaws.is_empty(), "{}", flaws.join("\n"));
        raw::check(&visitor).await;
        assert_eq!(rows(db).await, before, "a mistake has created something");
        assert_eq!(visitor.stage(&held).await, "pending", "a mistake has lost something");
        let token = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.confirm(&token).await.status, 200);
        house.close().await;
    }

    /// It is no address of ours, at whatever would take one.
    async fn an_address_that_is_no_text_is_not_there(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for path in ["logins/%ff", "logins/%ff/events", "clients/%ff", "clients/%FE%FF/logo", "qr/%ff", "pictures/%ff", "%ff"] {
            for method in [reqwest::Method::GET, reqwest::Method::POST] {
                let answer = send(visitor.request(method, &format!("/api/v1/{path}"))).await;
                assert!([404, 405].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
                assert!(["not_found", "method_not_allowed"].contains(&answer.code()), "{path}: {}", answer.code());
            }
        }
        for path in ["/admin/api/v1/admins/%ff", "/admin/api/v1/clients/%ff"] {
            let answer = send(visitor.http.get(format!("{}{path}", house.admin))).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{path}");
        }
        house.close().await;
    }

    /// A Provider that is switched off while a page still shows it.
    async fn a_disabled_provider_is_not_offered(db: &Database) {
        let mut house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        house.config.providers.clear();
        house.restart().await;
        let before = rows(db).await;
        let answer = visitor.try_begin(&Visitor::begin_body()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "provider_not_offered"));
        let client = send(visitor.request(reqwest::Method::GET, "/api/v1/clients/shop")).await;
        assert_eq!(client.json["providers"], serde_json::json!([]));
        let picture = send(visitor.http.get(&held.image_url)).await;
        assert_eq!((picture.status.as_u16(), picture.code()), (404, "unknown_image"));
        assert_eq!(visitor.stage(&held).await, "pending");
        assert_eq!(rows(db).await, before);
        house.close().await;
    }

    /// An expired Login, at every call there is.
    async fn an_expired_login_is_over_for_every_call(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let (visitor, clock) = (house.visitor(), house.clock.clone().unwrap());
        let (unseen, seen, done) = (visitor.begin().await, visitor.begin().await, visitor.confirmed("bob").await);
        let scene = visitor.scene(&unseen).await;
        let token = visitor.scan(&seen, "ann").await;
        let completed = visitor.post(&done, "complete").await;
        clock.advance_seconds(400);
        let document = document();
        for held in [&unseen, &seen, &done] {
            let read = visitor.read(held, "?after_version=1&wait=20").await;
            assert_eq!((read.status.as_u16(), read.text("stage")), (200, "expired"));
            assert!(!read.text("reason").is_empty());
            let complete = visitor.post(held, "complete").await;
            assert_eq!((complete.status.as_u16(), complete.code()), (409, "login_not_confirmed"));
            assert_eq!(complete.text("stage"), "expired");
            assert_documented(&document, "POST", "/api/v1/logins/x/complete", &complete);
            let cancel = visitor.post(held, "cancel").await;
            assert_eq!((cancel.status.as_u16(), cancel.text("stage")), (200, "expired"));
            let picture = send(visitor.http.get(&held.image_url)).await;
            assert_eq!((picture.status.as_u16(), picture.code()), (404, "unknown_image"));
            let events = format!("/api/v1/logins/{}/events", held.id);
            let stream = send(visitor.request(reqwest::Method::GET, &events).bearer_auth(&held.secret)).await;
            assert_eq!(stream.status, 200);
            let text = String::from_utf8(stream.bytes.to_vec()).unwrap();
            assert!(text.contains("\"stage\":\"expired\""), "{text}");
        }
        let js_code = visitor.js_code("ann").await;
        let answers = [
            visitor.try_scan(&scene, &js_code).await,
            visitor.confirm(&token).await,
            visitor.companion("deny", &serde_json::json!({"companion_token": token})).await,
        ];
        for (answer, what) in answers.iter().zip(["scan", "confirm", "deny"]) {
            let stage = (answer.status.as_u16(), answer.code(), answer.text("stage"));
            assert_eq!(stage, (410, "login_ended", "expired"), "{what}");
            assert_documented(&document, "POST", &format!("/api/v1/companion/{what}"), answer);
        }
        let redeemed = visitor.redeem(completed.text("code")).await;
        assert_eq!((redeemed.status.as_u16(), redeemed.code()), (400, "invalid_grant"));
        house.close().await;
    }
}

fn page(visitor: &Visitor) -> RequestBuilder {
    visitor.request(reqwest::Method::POST, "/api/v1/logins").header("origin", ORIGIN)
}
