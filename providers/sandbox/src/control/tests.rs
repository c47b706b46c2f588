//! The control interface over real sockets: the stage, and the phone played against a stub of its server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use serde_json::{Value, json};
use url::Url;

use crate::App;
use crate::testing::*;

fn answer(path: &str, _: &Value) -> (u16, &'static str, String) {
    let scanned = json!({
        "companion_token": "top-secret",
        "client": {"name": "Demo Shop", "domain": "localhost", "logo_url": "/logo.svg"},
        "requester": {"region": null, "browser": "Chrome", "age_seconds": 3},
    });
    match path {
        "/api/v1/companion/scan" => (200, "application/json", scanned.to_string()),
        "/api/v1/companion/confirm" => (200, "application/json", r#"{"stage":"confirmed"}"#.to_owned()),
        "/logo.svg" => (200, "image/svg+xml", "<svg/>".to_owned()),
        _ => (410, "application/problem+json", r#"{"status":410,"code":"login_ended"}"#.to_owned()),
    }
}

async fn rig_with_stub() -> (Rig, Stub) {
    let (rig, stub) = (Rig::start().await, Stub::start(answer).await);
    rig.sandbox.register_app(App { companion_url: Some(stub.base.clone()), ..app() });
    (rig, stub)
}

#[tokio::test]
async fn scan_confirm_and_deny_play_the_page_and_keep_the_token() {
    let (rig, stub) = rig_with_stub().await;
    let scan = json!({"person": "ming", "action": "scan", "appid": APPID, "scene": SCENE});
    let seen = rig.act(&scan).await;
    assert!(seen.status == 200 && !seen.text().contains("top-secret"));
    let told = seen.json();
    assert_eq!((&told["status"], &told["body"]["client"]["name"]), (&json!(200), &json!("Demo Shop")));
    assert_eq!((&told["appid"], &told["scene"]), (&json!(APPID), &json!(SCENE)));
    let (path, sent) = stub.last();
    assert_eq!((path.as_str(), &sent["scene"]), ("/api/v1/companion/scan", &json!(SCENE)));
    let session = rig.session(APPID, sent["js_code"].as_str().unwrap()).await;
    assert_eq!(session.json()["openid"], crate::model::openid(APPID, "ming"));

    let confirm = json!({"person": "ming", "action": "confirm", "nickname": "明"});
    assert_eq!(rig.act(&confirm).await.json()["body"], json!({"stage": "confirmed"}));
    assert_eq!(stub.last().1, json!({"companion_token": "top-secret", "nickname": "明"}));
    let deny = json!({"person": "ming", "action": "deny", "scene": SCENE});
    let told = rig.act(&deny).await.json();
    assert_eq!((&told["status"], &told["body"]["code"]), (&json!(410), &json!("login_ended")));
    assert_eq!(stub.last(), ("/api/v1/companion/deny".to_owned(), json!({"companion_token": "top-secret"})));
    let logo = rig.get(&format!("/_sandbox/v1/logo?person=ming&scene={SCENE}")).await;
    assert_eq!((logo.content_type.as_str(), logo.text()), ("image/svg+xml", "<svg/>"));
}

#[tokio::test]
async fn a_picture_of_a_code_is_read_and_scanned() {
    let (rig, stub) = rig_with_stub().await;
    let token = rig.token().await;
    let picture = rig.code_image(&token, &json!({"scene": SCENE, "page": PAGE})).await.body;
    let scan = json!({"person": "hong", "action": "scan", "image": STANDARD.encode(&picture)});
    assert_eq!(rig.act(&scan).await.json()["status"], 200);
    assert_eq!(stub.last().1["scene"], SCENE);

    let refused = async |image: String| {
        rig.act(&json!({"person": "hong", "action": "scan", "image": image})).await.code()
    };
    assert_eq!(refused("%%%".to_owned()).await, "picture_unreadable");
    assert_eq!(refused(STANDARD.encode("a letter, not a picture")).await, "picture_unreadable");
    let other = crate::picture::draw("https://example.org", 280).unwrap();
    assert_eq!(refused(STANDARD.encode(other)).await, "not_a_mini_program_code");
    let mut blank = std::io::Cursor::new(Vec::new());
    let paper = image::DynamicImage::new_luma8(32, 32);
    paper.write_to(&mut blank, image::ImageFormat::Png).unwrap();
    assert_eq!(refused(STANDARD.encode(blank.get_ref())).await, "no_code_in_picture");
}

#[tokio::test]
async fn what_a_phone_cannot_do() {
    let (rig, _stub) = rig_with_stub().await;
    let code = async |body: Value| rig.act(&body).await.code();
    let scan = |more: Value| {
        let mut body = json!({"person": "ming", "action": "scan"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(code(json!({"person": "nobody", "action": "scan"})).await, "unknown_person");
    assert_eq!(code(json!({"person": "ming", "action": "confirm"})).await, "nothing_scanned");
    assert_eq!(code(json!({"person": "ming", "action": "dance"})).await, "bad_body");
    assert_eq!(code(scan(json!({}))).await, "bad_body");
    assert_eq!(code(scan(json!({"scene": SCENE}))).await, "unknown_code");
    assert_eq!(code(scan(json!({"scene": SCENE, "appid": "wx1"}))).await, "unknown_app");
    assert_eq!(code(scan(json!({"scene": SCENE, "appid": OTHER_APPID}))).await, "no_companion_url");
    let token = rig.token().await;
    rig.code_image(&token, &json!({"scene": "new", "page": "pages/new", "check_path": false})).await;
    assert_eq!(code(scan(json!({"scene": "new"}))).await, "page_not_released");
    let gone = Url::parse("http://127.0.0.1:1").unwrap();
    rig.sandbox.register_app(App { companion_url: Some(gone), ..app() });
    assert_eq!(code(scan(json!({"scene": SCENE, "appid": APPID}))).await, "companion_unreachable");
    let outside = Url::parse("http://example.org").unwrap();
    rig.sandbox.register_app(App { companion_url: Some(outside), ..app() });
    assert_eq!(code(scan(json!({"scene": SCENE, "appid": APPID}))).await, "companion_url_not_loopback");
}

#[tokio::test]
async fn the_stage_is_set_and_read_without_secrets() {
    let rig = Rig::start().await;
    let new =
        json!({"secret": SECRET, "name": "New", "pages": [PAGE], "companion_url": "http://127.0.0.1:1"});
    assert_eq!(rig.control(Method::PUT, "/apps/wx1", &new).await.status, 204);
    let apps = rig.control(Method::GET, "/apps", &json!({})).await;
    assert!(apps.text().contains("\"New\"") && !apps.text().contains(SECRET));
    let person = json!({"name": "Li", "nickname": "李"});
    assert_eq!(rig.control(Method::PUT, "/persons/li", &person).await.status, 204);
    let persons = rig.control(Method::GET, "/persons", &json!({})).await.json();
    let li = &persons["persons"][3];
    assert_eq!((&li["id"], &li["name"], &li["nickname"]), (&json!("li"), &json!("Li"), &json!("李")));
    assert_eq!((&li["high_risk"], &li["snapshot"]), (&json!(false), &json!(false)));
    let picture = rig.get(li["avatar_url"].as_str().unwrap()).await;
    assert_eq!((picture.status, picture.content_type.as_str()), (200, "image/jpeg"));
    assert_eq!(rig.session("wx1", &rig.js_code("li", "wx1").await).await.errcode(), 0);
    let put = async |path: &str, body: Value| rig.control(Method::PUT, path, &body).await.code();
    assert_eq!(put("/apps/wx1", json!({"secret": "s", "name": "n", "page": []})).await, "bad_body");
    assert_eq!(put("/apps/w%20", json!({"secret": "s", "name": "n"})).await, "bad_appid");
    assert_eq!(put("/persons/Li", person).await, "bad_person_id");
    let outside = json!({"secret": "s", "name": "n", "companion_url": "https://example.org"});
    assert_eq!(put("/apps/wx1", outside).await, "companion_url_not_loopback");
    assert_eq!(put("/nowhere", json!({})).await, "unknown_call");
}

#[tokio::test]
async fn lately_made_codes_come_newest_first_and_fade() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    for scene in ["one", "two"] {
        rig.code_image(&token, &json!({"scene": scene})).await;
    }
    let codes = rig.control(Method::GET, "/codes", &json!({})).await.json();
    let scenes: Vec<&str> =
        codes["codes"].as_array().unwrap().iter().map(|code| code["scene"].as_str().unwrap()).collect();
    assert_eq!(scenes, ["two", "one"]);
    rig.advance(600).await;
    let codes = rig.control(Method::GET, "/codes", &json!({})).await.json();
    assert_eq!(codes, json!({"codes": []}));
    assert_eq!(rig.control(Method::GET, "/codes/77/image", &json!({})).await.code(), "unknown_code");
}

#[tokio::test]
async fn the_phone_is_served_with_a_strict_policy() {
    let rig = Rig::start().await;
    for path in ["/", "/phone"] {
        let seen = rig.get(path).await;
        assert_eq!((seen.status, seen.content_type.as_str()), (200, "text/html; charset=utf-8"));
        assert!(!seen.text().contains("http://") && !seen.text().contains("https://"));
    }
    for (path, kind) in [("/phone/app.js", "text/javascript"), ("/phone/style.css", "text/css")] {
        assert!(rig.get(path).await.content_type.starts_with(kind));
    }
    assert_eq!(rig.get("/phone/nothing.js").await.status, 404);
    assert_eq!(rig.send(Method::POST, "/", "").await.status, 405);
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let listen = "0.0.0.0:0".parse().unwrap();
    let refused = crate::Sandbox::start(crate::Options { listen }).await;
    assert_eq!(refused.err().unwrap().kind(), std::io::ErrorKind::InvalidInput);
}
