//! SEC-04: at the most talkative log level, neither logins nor errors nor bad input put a secret,
//! an openid or somebody else's line into the log of the real binary.

use nix::sys::signal::Signal;
use reqwest::{Method, StatusCode};
use saoma_tests::canaries::Canaries;
use saoma_tests::database::Database;
use saoma_tests::events::EventStream;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, CLIENT, CLIENT_SECRET, ORIGIN, Plan, REDIRECT_URI};
use saoma_tests::installed::Installed;
use saoma_tests::visitor::{Held, VERIFIER, Visitor, send};
use serde_json::json;

/// Ends the line it stands in and writes another one, in colour.
const FORGED: &str = "canary-text\r\n2026-01-01T00:00:00.000000Z  INFO canary-forged \u{1b}[31m";
/// What people and attackers write into addresses.
const QUERY: &str = "canary-query";

fn plant_login(canaries: &mut Canaries, held: &Held, scene: &str) {
    canaries.add("browser secret", &held.secret);
    canaries.add("scene", scene);
    canaries.add("image token", held.image_url.rsplit('/').next().unwrap());
}

/// Whole logins, by the page and by the back end, with everything read on the way.
async fn log_in(visitor: &Visitor, canaries: &mut Canaries) {
    let held = visitor.begin().await;
    let (scene, js_code) = (visitor.scene(&held).await, visitor.js_code("ann").await);
    plant_login(canaries, &held, &scene);
    canaries.add("js_code", &js_code);
    let companion = visitor.try_scan(&scene, &js_code).await.text("companion_token").to_owned();
    canaries.add("companion token", &companion);
    EventStream::open(visitor, &held, None).await.stage().await.unwrap();
    let confirm = json!({"companion_token": companion, "nickname": format!("canary-nickname {FORGED}")});
    assert_eq!(visitor.companion("confirm", &confirm).await.status, StatusCode::OK);
    visitor.read(&held, &format!("?after_version=2&wait=1&{QUERY}=1")).await;
    let completed = visitor.post(&held, "complete").await;
    canaries.add("code", completed.text("code"));
    let tokens = visitor.redeem(completed.text("code")).await;
    canaries.add("access token", tokens.text("access_token"));
    assert_eq!(visitor.user_info(tokens.text("access_token")).await.status, StatusCode::OK);
    visitor.redeem(completed.text("code")).await;
    visitor.user_info(tokens.text("access_token")).await;
}

/// Everything that can be refused, with a canary in each place a person can write to.
async fn go_wrong(visitor: &Visitor, canaries: &mut Canaries) {
    let held = visitor.begin().await;
    let scene = visitor.scene(&held).await;
    plant_login(canaries, &held, &scene);
    let begin = |body: serde_json::Value| {
        send(
            visitor
                .request(Method::POST, &format!("/api/v1/logins?{QUERY}"))
                .header("origin", ORIGIN)
                .json(&body),
        )
    };
    for name in
        ["client_id", "provider", "redirect_uri", "code_challenge", "state", "nonce", "locale", "unknown"]
    {
        let mut body = Visitor::begin_body();
        body[name] = json!(FORGED);
        begin(body).await;
    }
    let raw = |path: &str, body: &str| {
        let request = visitor.request(Method::POST, path).header("content-type", "application/json");
        send(request.header("user-agent", "canary-agent").header("origin", ORIGIN).body(body.to_owned()))
    };
    raw("/api/v1/logins", &format!("{{\"client_id\": \"{CLIENT_SECRET}\", canary-text")).await;
    raw("/api/v1/companion/scan", &format!("{{\"scene\": {scene}, \"js_code\": [\"canary-text\"]}}")).await;
    let wrong = json!({"scene": scene, "js_code": FORGED});
    assert_eq!(visitor.companion("scan", &wrong).await.code(), "js_code_invalid");
    let spent = visitor.js_code("bob").await;
    canaries.add("js_code", &spent);
    visitor.try_scan(&scene, &spent).await;
    visitor.try_scan(&visitor.scene(&visitor.begin().await).await, &spent).await;
    visitor.try_scan(FORGED, &spent).await;
    visitor.confirm(FORGED).await;
    for path in [
        "/%0d%0a2026-01-01T00:00:00.000000Z%20%20INFO%20canary-forged",
        "/api/v1/logins/canary-text%1b%5b31m",
        "/api/v1/qr/canary-text%0a",
    ] {
        send(visitor.request(Method::GET, &format!("{path}?{QUERY}={CLIENT_SECRET}"))).await;
    }
    let basic = visitor.request(Method::POST, "/oauth2/token").basic_auth(CLIENT, Some("canary-secret"));
    send(basic.form(&[("grant_type", "authorization_code"), ("code", "canary-code")])).await;
    visitor
        .try_redeem(&[("code", "canary-code"), ("code_verifier", VERIFIER), ("redirect_uri", FORGED)])
        .await;
    visitor.user_info("canary-token").await;
    send(visitor.request(Method::GET, &format!("/oauth2/userinfo?access_token={CLIENT_SECRET}"))).await;
}

/// The vendor fails in every way it can, and writes what it likes.
async fn vendor_goes_wrong(visitor: &Visitor) {
    let kinds = [
        json!({"errcode": 40013, "errmsg": format!("canary-errmsg {FORGED} rid: rid-1\r\n2026-01-01T00:00:00.000000Z  INFO canary-forged")}),
        json!({"errcode": 40125, "errmsg": "canary-errmsg"}),
        json!({"errcode": 45009, "errmsg": "canary-errmsg"}),
        json!({"status": 502}),
        json!("garbage"),
        json!("reset_after_commit"),
    ];
    let control = |what: &str| format!("{}/_sandbox/v1/{what}", visitor.sandbox);
    // A refused token is remembered for a while, so that call comes last.
    for path in ["/wxa/getwxacodeunlimit", "/sns/jscode2session", "/cgi-bin/stable_token"] {
        for kind in &kinds {
            let scans = path == "/sns/jscode2session";
            let held = if scans { Some(visitor.begin().await) } else { None };
            if path == "/cgi-bin/stable_token" {
                let app = json!({"appid": saoma_tests::house::APPID});
                send(visitor.http.post(control("tokens/revoke")).json(&app)).await;
            }
            send(visitor.http.post(control("faults")).json(&json!({"path": path, "kind": kind}))).await;
            let refused = match &held {
                Some(held) => {
                    visitor.try_scan(&visitor.scene(held).await, &visitor.js_code("ann").await).await
                }
                None => visitor.try_begin(&Visitor::begin_body()).await,
            };
            assert!(!refused.status.is_success(), "{path} {kind}: {:?}", refused.json);
            send(visitor.http.delete(control("faults"))).await;
        }
    }
}

every_database! {
    async fn sec_04_the_log_holds_no_secret_and_no_forged_line(db: &Database) {
        let plan = Plan { extra_toml: "[log]\nlevel = \"debug\"\n".to_owned(), ..Plan::default() };
        let mut house = Installed::open(db.url(), plan).await;
        let visitor = house.visitor();
        let mut canaries = Canaries::default();
        for (what, value) in [
            ("client secret", CLIENT_SECRET), ("app secret", APP_SECRET), ("verifier", VERIFIER), ("query", QUERY),
            ("text", "canary-text"), ("nickname", "canary-nickname"), ("errmsg", "canary-errmsg"),
            ("code", "canary-code"), ("token", "canary-token"), ("secret", "canary-secret"), ("agent", "canary-agent"),
            ("session key", "session_key"), ("redirect_uri", REDIRECT_URI), ("address", "/api/v1/logins/"),
        ] {
            canaries.add(what, value);
        }
        for _ in 0..2 {
            log_in(&visitor, &mut canaries).await;
        }
        go_wrong(&visitor, &mut canaries).await;
        vendor_goes_wrong(&visitor).await;
        for openid in db.lines("SELECT subject AS line FROM identities").await {
            canaries.add("openid", &openid);
        }
        for unionid in db.lines("SELECT value AS line FROM aliases").await {
            canaries.add("unionid", &unionid);
        }
        let key = std::fs::read_to_string(house.folder().join("saoma.key")).unwrap();
        canaries.add("key", key.trim().split_once(' ').unwrap().1);
        let ended = house.end(Signal::SIGTERM).await;
        assert_eq!(ended.code, Some(0));
        assert_eq!(ended.stdout, "", "nothing but commands' answers goes to standard output");
        let log = ended.stderr;
        assert!(log.contains("operation=\"begin_login\"") && log.contains("the vendor's part failed"), "it logs:\n{log}");
        canaries.in_no_line_of(&log, "log");
        let own = regex::Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z +(?:ERROR|WARN|INFO|DEBUG) ").unwrap();
        for line in log.lines() {
            assert!(own.is_match(line), "not our line: {line}");
            assert!(!line.contains("canary-forged"), "somebody else's line: {line}");
            assert!(!line.chars().any(char::is_control), "control characters: {line:?}");
        }
    }
}
