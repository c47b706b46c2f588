//! LOG-11: an account's key is (namespace, openid); a unionid only links, it is never the key.

use reqwest::{Method, StatusCode};
use saoma_sandbox::App;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APPID, House, ORIGIN, Plan, mini_program};
use saoma_tests::visitor::{Held, Visitor, send};
use serde_json::json;

const SECOND: &str = "wx00000000000000a2";
const SECOND_SECRET: &str = "101112131415161718191a1b1c1d1e1f";

/// Two mini-programs of one owner, both offered by one website.
async fn house(db: &Database) -> House {
    let extra_toml = format!(
        r#"
[[client]]
client_id = "both"
name = "Both"
type = "confidential"
secrets = ["{}"]
redirect_uris = ["http://localhost:9/callback"]
origins = ["{ORIGIN}"]
providers = ["mini", "second"]
[[provider]]
slug = "second"
kind = "wechat_mini_program"
[provider.config]
appid = "{SECOND}"
secret = "{SECOND_SECRET}"
open_platform_account = "main"
api_base = "{{vendor}}"
"#,
        saoma_tests::house::CLIENT_SECRET
    );
    House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await
}

fn register(house: &House, appid: &str, secret: &str, open_platform: Option<&str>) {
    house.sandbox.register_app(App {
        appid: appid.to_owned(),
        secret: secret.to_owned(),
        open_platform: open_platform.map(str::to_owned),
        ..mini_program(&house.saoma)
    });
}

/// A whole login by one of the two ways.
async fn log_in(visitor: &Visitor, provider: &str, person: &str) -> String {
    let mut body = Visitor::begin_body();
    body["client_id"] = json!("both");
    body["provider"] = json!(provider);
    let request = visitor.request(Method::POST, "/api/v1/logins").header("origin", ORIGIN);
    let held = Held::of(&send(request.json(&body)).await);
    let appid = if provider == "mini" { APPID } else { SECOND };
    let scanned =
        visitor.try_scan(&visitor.scene(&held).await, &visitor.js_code_in(appid, person).await).await;
    assert_eq!(visitor.confirm(scanned.text("companion_token")).await.status, StatusCode::OK);
    let completed = visitor.post(&held, "complete").await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", completed.text("code")),
        ("code_verifier", saoma_tests::visitor::VERIFIER),
        ("redirect_uri", saoma_tests::house::REDIRECT_URI),
    ];
    let token = visitor.request(Method::POST, "/oauth2/token");
    let token = token.basic_auth("both", Some(saoma_tests::house::CLIENT_SECRET)).form(&form);
    let tokens = send(token).await;
    visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned()
}

async fn count(db: &Database, table: &str) -> usize {
    db.lines(&format!("SELECT 'x' AS line FROM {table}")).await.len()
}

every_database! {
    /// The same person by the same app is one user, whatever their unionid.
    async fn log_11_the_openid_is_the_key(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        register(&house, APPID, saoma_tests::house::APP_SECRET, None);
        let user = log_in(&visitor, "mini", "ann").await;
        assert_eq!(log_in(&visitor, "mini", "ann").await, user);
        assert_ne!(log_in(&visitor, "mini", "bob").await, user);
        assert_eq!((count(db, "users").await, count(db, "identities").await, count(db, "aliases").await), (2, 2, 0));
        // The app joins an open platform: a unionid turns up and changes nobody's account.
        register(&house, APPID, saoma_tests::house::APP_SECRET, Some("main"));
        assert_eq!(log_in(&visitor, "mini", "ann").await, user);
        assert_eq!((count(db, "users").await, count(db, "identities").await, count(db, "aliases").await), (2, 2, 1));
        house.close().await;
    }

    /// openid and unionid stand in namespaces of their own, and no text is both.
    async fn log_11_openid_is_not_unionid(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        log_in(&visitor, "mini", "ann").await;
        let base = visitor.sandbox.strip_prefix("http://").unwrap();
        let identity = db.lines("SELECT namespace || ' ' || subject AS line FROM identities").await.pop().unwrap();
        let alias = db.lines("SELECT namespace || ' ' || value AS line FROM aliases").await.pop().unwrap();
        let (namespace, openid) = identity.split_once(' ').unwrap();
        let (union, unionid) = alias.split_once(' ').unwrap();
        // A pretend vendor can never name a real person: its address is part of both names.
        assert_eq!(namespace, format!("wechat@{base}:{APPID}"));
        assert_eq!(union, format!("wechat-union@{base}:main"));
        assert_ne!(openid, unionid);
        house.close().await;
    }

    /// Two apps of one open platform lead one person to one user.
    async fn log_11_a_unionid_links_two_apps(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        register(&house, SECOND, SECOND_SECRET, Some("main"));
        let user = log_in(&visitor, "mini", "ann").await;
        assert_eq!(log_in(&visitor, "second", "ann").await, user);
        assert_ne!(log_in(&visitor, "second", "bob").await, user);
        assert_eq!(db.lines("SELECT DISTINCT subject AS line FROM identities").await.len(), 3);
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (2, 2));
        house.close().await;
    }

    /// A unionid that belongs to another user already links nothing, moves nobody and is recorded.
    async fn log_11_a_unionid_of_another_user_changes_nothing(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        register(&house, APPID, saoma_tests::house::APP_SECRET, None);
        register(&house, SECOND, SECOND_SECRET, Some("main"));
        let first = log_in(&visitor, "mini", "ann").await;
        let second = log_in(&visitor, "second", "ann").await;
        assert_ne!(first, second);
        register(&house, APPID, saoma_tests::house::APP_SECRET, Some("main"));
        assert_eq!(log_in(&visitor, "mini", "ann").await, first);
        assert_eq!(log_in(&visitor, "second", "ann").await, second);
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (2, 1));
        assert_eq!(db.lines("SELECT user_id AS line FROM aliases").await, [second]);
        let recorded = "SELECT coalesce(user_id, '') AS line FROM audit_events WHERE action = 'alias.conflict'";
        assert_eq!(db.lines(recorded).await, [first]);
        house.close().await;
    }

    /// One person's first logins by both apps at the same moment end at one user.
    async fn log_11_two_first_logins_at_once_are_one_user(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        register(&house, SECOND, SECOND_SECRET, Some("main"));
        for n in 0..5 {
            let id = format!("person-{n}");
            house.sandbox.add_person(saoma_sandbox::Person::new(&id, &id));
            let (one, other) = tokio::join!(log_in(&visitor, "mini", &id), log_in(&visitor, "second", &id));
            assert_eq!(one, other);
        }
        assert_eq!((count(db, "users").await, count(db, "identities").await), (5, 10));
        house.close().await;
    }
}
