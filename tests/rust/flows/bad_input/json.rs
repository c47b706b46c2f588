//! JSON bodies: of a begin, and of the phone's three calls.

use super::{Bad, Scenery, bad, page};
use reqwest::{Method, RequestBuilder};
use saoma_tests::house::{CLIENT, CLIENT_SECRET};
use saoma_tests::visitor::Visitor;
use serde_json::{Value, json};

pub(super) fn cases(scenery: &Scenery) -> Vec<Bad> {
    let mut cases = begin_fields(&scenery.visitor);
    cases.extend(begin_shapes(&scenery.visitor));
    cases.extend(begin_callers(&scenery.visitor));
    cases.extend(companion(scenery));
    for path in ["/api/v1/logins", "/api/v1/companion/scan", "/api/v1/companion/confirm"] {
        cases.extend(bodies(&scenery.visitor, path));
    }
    cases
}

/// A begin where one field is another.
fn begin_with(visitor: &Visitor, name: &str, value: impl Into<Value>) -> RequestBuilder {
    let mut body = Visitor::begin_body();
    body[name] = value.into();
    page(visitor).json(&body)
}

fn begin_fields(visitor: &Visitor) -> Vec<Bad> {
    let mut cases = Vec::new();
    for id in ["nobody", "", "shop\0", "SHOP", "../shop", "扫码", &"x".repeat(5000)] {
        let request = begin_with(visitor, "client_id", id);
        cases.push(bad(format!("client {id:.9}"), request, 404, "unknown_client"));
    }
    for slug in ["nothing", "", "MINI", "mini\0", "mini\n", &"m".repeat(5000)] {
        let request = begin_with(visitor, "provider", slug);
        cases.push(bad(format!("provider {slug:.9}"), request, 404, "unknown_provider"));
    }
    cases.push(bad("not offered", begin_with(visitor, "provider", "spare"), 403, "provider_not_offered"));
    let good = saoma_tests::visitor::CHALLENGE;
    for challenge in [
        "",
        "short",
        &good[1..],
        &format!("{good}="),
        &format!("{}+", &good[1..]),
        &format!("{}\0", &good[1..]),
    ] {
        let request = begin_with(visitor, "code_challenge", challenge);
        cases.push(
            bad(format!("challenge {challenge}"), request, 422, "invalid_field").at(&["/code_challenge"]),
        );
    }
    for (name, pointer, value) in [
        ("code_challenge_method", "/code_challenge_method", json!("plain")),
        ("redirect_uri", "/redirect_uri", json!("https://evil.example/callback")),
        ("redirect_uri", "/redirect_uri", json!("http://localhost:9/callback/")),
        ("redirect_uri", "/redirect_uri", json!("http://localhost:9/callback\0")),
        ("redirect_uri", "/redirect_uri", json!("HTTP://localhost:9/callback")),
        ("redirect_uri", "/redirect_uri", json!("")),
        ("state", "/state", json!("s".repeat(2049))),
        ("state", "/state", json!("a\0b")),
        ("nonce", "/nonce", json!("n".repeat(2049))),
        ("locale", "/locale", json!("l".repeat(36))),
        ("browser", "/browser", json!({"ip": "1.2.3.4"})),
        ("browser", "/browser", json!("Firefox")),
        ("browser", "/browser/ip", json!({"ip": 4})),
        ("browser", "/browser/port", json!({"port": 4})),
        ("client_id", "/client_id", json!(7)),
        ("client_id", "/client_id", json!(null)),
        ("provider", "/provider", json!(["mini"])),
        ("code_challenge", "/code_challenge", json!({})),
        ("redirect_uri", "/redirect_uri", json!(true)),
        ("state", "/state", json!(1.5)),
        ("password", "/password", json!("hunter2")),
        ("a/b~c", "/a~1b~0c", json!(1)),
    ] {
        let request = begin_with(visitor, name, value.clone());
        cases.push(bad(format!("{name} = {value:.40}"), request, 422, "invalid_field").at(&[pointer]));
    }
    cases
}

/// Everything wrong is told at once.
fn begin_shapes(visitor: &Visitor) -> Vec<Bad> {
    let empty = ["/client_id", "/provider", "/code_challenge", "/code_challenge_method"];
    let mut several = Visitor::begin_body();
    several["state"] = "s".repeat(3000).into();
    several["nonce"] = "a\0".into();
    several["locale"] = "l".repeat(100).into();
    let mixed = json!({"client_id": 1, "code_challenge": "x", "code_challenge_method": "s256", "more": {}});
    vec![
        bad("empty object", page(visitor).json(&json!({})), 422, "invalid_field").at(&empty),
        bad("three too long", page(visitor).json(&several), 422, "invalid_field")
            .at(&["/state", "/nonce", "/locale"]),
        bad("mixed", page(visitor).json(&mixed), 422, "invalid_field").at(&[
            "/client_id",
            "/provider",
            "/code_challenge_method",
            "/more",
        ]),
    ]
}

fn begin_callers(visitor: &Visitor) -> Vec<Bad> {
    let begin = || visitor.request(Method::POST, "/api/v1/logins").json(&Visitor::begin_body());
    let mut with_ip = Visitor::begin_body();
    with_ip["browser"] = json!({"ip": "not an address"});
    let back_end = |id: &str, secret: &str| begin().basic_auth(id, Some(secret));
    vec![
        bad("nobody asks", begin(), 401, "client_authentication_required"),
        bad("bearer", begin().bearer_auth("x"), 401, "client_authentication_failed"),
        bad("wrong secret", back_end(CLIENT, "wrong"), 401, "client_authentication_failed"),
        bad("other client", back_end("other", CLIENT_SECRET), 401, "client_authentication_failed"),
        bad("null origin", begin().header("origin", "null"), 403, "origin_not_allowed"),
        bad("foreign origin", begin().header("origin", "https://evil.example"), 403, "origin_not_allowed"),
        bad(
            "another client's origin",
            begin().header("origin", "http://localhost:10"),
            403,
            "origin_not_allowed",
        ),
        bad("address", back_end(CLIENT, CLIENT_SECRET).json(&with_ip), 422, "invalid_field")
            .at(&["/browser/ip"]),
    ]
}

fn companion(scenery: &Scenery) -> Vec<Bad> {
    let post = |what: &str, body: Value| {
        scenery.visitor.request(Method::POST, &format!("/api/v1/companion/{what}")).json(&body)
    };
    let mut cases = Vec::new();
    for scene in ["", "AAAAAAAAAAAAAAAAAAAAAA", "scene=x", "a\0", "../..", &"A".repeat(30_000)] {
        let request = post("scan", json!({"scene": scene, "js_code": "0123456789abcdef"}));
        cases.push(bad(format!("scene {scene:.9}"), request, 404, "unknown_scene"));
    }
    for js_code in
        ["", "short", "0123456789abcde\0", "01234567 89abcdef", &"a".repeat(129), "0123456789abcdef"]
    {
        let request = post("scan", json!({"scene": scenery.scene, "js_code": js_code}));
        cases.push(bad(format!("js_code {js_code:.20}"), request, 422, "js_code_invalid"));
    }
    for what in ["confirm", "deny"] {
        for token in ["", "unknown", "\0", &"t".repeat(30_000)] {
            let request = post(what, json!({"companion_token": token}));
            cases.push(bad(format!("{what} {token:.9}"), request, 404, "unknown_companion_token"));
        }
        let none = post(what, json!({}));
        cases.push(bad(format!("{what} nothing"), none, 422, "invalid_field").at(&["/companion_token"]));
    }
    let name = json!({"companion_token": "t", "nickname": 5});
    cases.push(bad("nickname", post("confirm", name.clone()), 422, "invalid_field").at(&["/nickname"]));
    cases.push(bad("deny takes no name", post("deny", name), 422, "invalid_field").at(&["/nickname"]));
    let scan = json!({"js_code": 5, "numbers": []});
    cases.push(bad("scan", post("scan", scan), 422, "invalid_field").at(&["/scene", "/js_code", "/numbers"]));
    cases
}

/// Mistakes that do not depend on what the call is about.
fn bodies(visitor: &Visitor, path: &str) -> Vec<Bad> {
    let post = || visitor.request(Method::POST, path).header("origin", saoma_tests::house::ORIGIN);
    let json = |body: Vec<u8>| post().header("content-type", "application/json").body(body);
    let mut cases = Vec::new();
    for text in [
        "",
        " ",
        "{",
        "{\"a\":}",
        "{} {}",
        "{'a':1}",
        "{\"a\":NaN}",
        "nul",
        "\u{feff}{}",
        "{\"a\":\"\\ud800\"}",
    ] {
        cases.push(bad(format!("{path} {text:?}"), json(text.into()), 400, "invalid_json"));
    }
    let broken = b"{\"client_id\":\"\xff\xfe\"}".to_vec();
    cases.push(bad(format!("{path} broken UTF-8"), json(broken), 400, "invalid_json"));
    cases.push(bad(format!("{path} deep"), json(vec![b'['; 30_000]), 400, "invalid_json"));
    cases.push(bad(format!("{path} very deep"), json(vec![b'['; 100_000]), 413, "payload_too_large"));
    cases.push(bad(format!("{path} large"), json(vec![b' '; 64 * 1024 + 1]), 413, "payload_too_large"));
    for text in ["[]", "\"text\"", "5", "null", "true"] {
        cases.push(bad(format!("{path} {text}"), json(text.into()), 422, "invalid_field").at(&[""]));
    }
    let twice = br#"{"scene":"a","client_id":"shop","scene":"b","client_id":"shop"}"#.to_vec();
    cases.push(bad(format!("{path} twice"), json(twice), 422, "invalid_field").at(&["/scene", "/client_id"]));
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "text/json", "application/xml", "json", ""]
    {
        let request = post().header("content-type", media_type).body("{}");
        cases.push(bad(format!("{path} {media_type}"), request, 415, "unsupported_media_type"));
    }
    cases.push(bad(format!("{path} no type"), post().body("{}"), 415, "unsupported_media_type"));
    cases
}
