//! What WeChat obliges us to when a person changes their mind: their data is cleared, or they are
//! forgotten, before WeChat hears that we have heard (wechat.md 4.9).

use super::steps::stands;
use reqwest::{Method, StatusCode};
use saoma_sandbox::{PushMode, PushSettings};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::phone::Phone;
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{self, PUSH_TOKEN, SERVICE, WEBSITE};
use saoma_tests::website::{code_at_website, log_in, token};
use serde_json::{Value, json};

const MODIFIED: &str = "user_info_modified";
const REVOKED: &str = "user_authorization_revoke";
const CLOSED: &str = "user_authorization_cancellation";

/// Somebody with a name and a picture, who has logged in; gives the website's token.
async fn known(visitor: &Visitor, person: &str, name: &str) -> String {
    Phone::of(visitor, person).becomes(&json!({"nickname": name})).await;
    let token = token(visitor, person).await;
    pictured(visitor, &token).await;
    token
}

/// What the website is told, once a picture has been fetched.
async fn pictured(visitor: &Visitor, token: &str) -> Answer {
    eventually("the picture is there", || async {
        let info = visitor.user_info(token).await;
        (info.json["picture_is_stand_in"] == false).then_some(info)
    })
    .await
}

async fn picture_status(visitor: &Visitor, info: &Answer) -> StatusCode {
    send(visitor.http.get(info.text("picture"))).await.status
}

/// WeChat takes the answer to its push for a success.
fn assert_heard(answer: &Answer) {
    assert_eq!(answer.json["push"]["reply"]["type"], "none", "{}", answer.json);
    assert_eq!(answer.json["push"]["attempts"].as_array().unwrap().len(), 1, "{}", answer.json);
}

/// The audit of duties, without ids.
async fn duties(db: &Database) -> Vec<String> {
    let sql = "SELECT action || ' ' || outcome || ' ' || detail || ' ' || actor AS line FROM audit_events \
               WHERE action IN ('profile.cleared', 'identity.forgotten', 'user.deleted') ORDER BY at, action";
    db.lines(sql).await
}

async fn count(db: &Database, table: &str) -> usize {
    db.lines(&format!("SELECT 'x' AS line FROM {table}")).await.len()
}

/// A push made by hand; what our server answered.
async fn pushed(visitor: &Visitor, appid: &str, event: &Value) -> (Value, Value) {
    let body = json!({"appid": appid, "event": event});
    let answer = Phone::of(visitor, "ann").control(Method::POST, "pushes", &body).await;
    let first = &answer.json["answers"][0];
    (first["status"].clone(), first["body"].clone())
}

async fn openid(db: &Database, appid: &str) -> String {
    let sql = format!("SELECT subject AS line FROM identities WHERE namespace LIKE '%:{appid}'");
    db.lines(&sql).await.remove(0)
}

every_database! {
    /// Name and picture that WeChat told are cleared at once; the next login brings the new ones.
    async fn changed_data_is_cleared_and_told_anew(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let token = known(&visitor, "ann", "安安").await;
        let before = visitor.user_info(&token).await;
        assert_eq!((before.text("name"), picture_status(&visitor, &before).await), ("安安", StatusCode::OK));
        let phone = Phone::of(&visitor, "ann");
        phone.becomes(&json!({"nickname": "小安"})).await;
        assert_heard(&phone.tells(WEBSITE.appid, MODIFIED).await);
        let after = visitor.user_info(&token).await;
        assert_eq!(after.text("sub"), before.text("sub"), "the token still holds");
        assert_eq!((&after.json["name_is_stand_in"], &after.json["picture_is_stand_in"]), (&json!(true), &json!(true)));
        assert_eq!(picture_status(&visitor, &before).await, StatusCode::NOT_FOUND);
        assert_eq!(duties(db).await, ["profile.cleared success changed_at_vendor vendor"]);
        let next = pictured(&visitor, &saoma_tests::website::token(&visitor, "ann").await).await;
        assert_eq!((next.text("name"), next.text("sub")), ("小安", before.text("sub")));
        assert_ne!(next.text("picture"), before.text("picture"));
        house.close().await;
    }

    /// What the person told us themselves is not WeChat's to clear; nor is what another app told.
    async fn what_others_told_is_not_cleared(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let token = known(&visitor, "ann", "安安").await;
        let held = visitor.begin().await;
        let companion = visitor.scan(&held, "ann").await;
        let confirm = json!({"companion_token": companion, "nickname": "Anna"});
        assert_eq!(visitor.companion("confirm", &confirm).await.status, StatusCode::OK);
        assert_heard(&Phone::of(&visitor, "ann").tells(WEBSITE.appid, MODIFIED).await);
        let info = visitor.user_info(&token).await;
        assert_eq!((info.text("name"), &info.json["picture_is_stand_in"]), ("Anna", &json!(true)));
        // The service account has never told anything: there is nothing of it to clear.
        let bob = known(&visitor, "bob", "Bob").await;
        assert_heard(&Phone::of(&visitor, "bob").tells(SERVICE.appid, MODIFIED).await);
        let info = visitor.user_info(&bob).await;
        assert_eq!((info.text("name"), &info.json["picture_is_stand_in"]), ("Bob", &json!(false)));
        house.close().await;
    }

    /// Permission taken back, or the account closed: who has no other way here is gone, with all that was theirs.
    async fn who_has_no_other_way_is_deleted(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for (person, event) in [("ann", REVOKED), ("bob", CLOSED)] {
            let token = known(&visitor, person, "Somebody").await;
            let before = visitor.user_info(&token).await;
            let user = before.text("sub").to_owned();
            let confirmed = visitor.begin_by(&WEBSITE).await;
            let code = code_at_website(&visitor, &confirmed, person).await;
            assert_heard(&Phone::of(&visitor, person).tells(WEBSITE.appid, event).await);
            for table in ["users", "identities", "aliases", "pictures", "access_tokens", "grants"] {
                assert_eq!(count(db, table).await, 0, "{event} {table}");
            }
            assert_eq!(visitor.user_info(&token).await.code(), "invalid_token");
            assert_eq!(picture_status(&visitor, &before).await, StatusCode::NOT_FOUND);
            // A code that was given before it opens nothing, and the login is over.
            assert_eq!(visitor.redeem(&code).await.code(), "invalid_grant");
            assert_eq!(stands(&visitor, &confirmed).await.0, "expired");
            let left = db.dump().await;
            // Websites may still have to be told that the person is logged out, by the id they know.
            let kept = |line: &&str| !line.starts_with("audit_events") && !line.starts_with("logout_notices");
            let rest: Vec<_> = left.lines().filter(kept).collect();
            assert!(!rest.iter().any(|line| line.contains(&user) || line.contains("Somebody")), "{rest:?}");
            // Whoever comes again is somebody new.
            let again = log_in(&visitor, person).await;
            assert!(again.text("sub").starts_with("usr_") && again.text("sub") != user);
            assert_heard(&Phone::of(&visitor, person).tells(WEBSITE.appid, event).await);
        }
        let [ann, bob] = ["revoked_at_vendor", "closed_at_vendor"].map(|why| {
            ["identity.forgotten", "user.deleted"].map(|what| format!("{what} success {why} vendor"))
        });
        assert_eq!(duties(db).await, [ann.clone(), ann, bob.clone(), bob].concat());
        house.close().await;
    }

    /// Who has another way keeps the account and loses this way, its name and picture, and all tokens.
    async fn who_has_another_way_keeps_the_account(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let by_mini = visitor.confirmed("ann").await;
        let other_token = visitor.access_token(&by_mini).await;
        let token = known(&visitor, "ann", "安安").await;
        let user = visitor.user_info(&token).await.text("sub").to_owned();
        assert_eq!(visitor.user_info(&other_token).await.text("sub"), user);
        assert_heard(&Phone::of(&visitor, "ann").tells(WEBSITE.appid, REVOKED).await);
        for dead in [&token, &other_token] {
            assert_eq!(visitor.user_info(dead).await.code(), "invalid_token");
        }
        assert_eq!((count(db, "users").await, count(db, "identities").await, count(db, "pictures").await), (1, 1, 0));
        assert_eq!(duties(db).await, ["identity.forgotten success revoked_at_vendor vendor"]);
        let info = visitor.user_info(&visitor.access_token(&visitor.confirmed("ann").await).await).await;
        assert_eq!((info.text("sub"), &info.json["name_is_stand_in"]), (user.as_str(), &json!(true)));
        // The unionid came by the other way as well, so this way leads to the same user again.
        assert_eq!(log_in(&visitor, "ann").await.text("sub"), user);
        house.close().await;
    }

    /// WeChat pushes again when it is not sure that it was heard, or a dozen times at once; one effect, one record.
    async fn a_repeated_push_does_no_harm(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        known(&visitor, "ann", "安安").await;
        let phone = Phone::of(&visitor, "ann");
        let rules = phone.control(Method::PUT, "push_rules", &json!({"duplicate": 12})).await;
        assert_eq!(rules.status, StatusCode::OK, "{:?}", rules.json);
        let told = phone.tells(WEBSITE.appid, REVOKED).await;
        let attempts = told.json["push"]["attempts"].as_array().unwrap();
        assert!(attempts.len() == 13 && attempts.iter().all(|one| one["status"] == 200), "{}", told.json);
        assert_eq!(count(db, "users").await, 0);
        let expected = ["identity.forgotten", "user.deleted"].map(|what| format!("{what} success revoked_at_vendor vendor"));
        assert_eq!(duties(db).await, expected);
        // The same message minutes later, signed anew, meets nobody.
        let path = format!("pushes/{}/replay", told.json["push"]["id"]);
        let again = phone.control(Method::POST, &path, &json!({"fresh": true})).await;
        assert_eq!(again.json["answers"][0]["body"], "success", "{}", again.json);
        assert_eq!(duties(db).await, expected);
        house.close().await;
    }

    /// Somebody who never came here, and somebody whose openid is no openid.
    async fn a_push_about_nobody_does_no_harm(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let token = known(&visitor, "ann", "安安").await;
        for event in [MODIFIED, REVOKED, CLOSED] {
            assert_heard(&Phone::of(&visitor, "bob").tells(WEBSITE.appid, event).await);
            let made_up = json!({"Event": event, "OpenID": "oNobodyAtAll", "AppID": WEBSITE.appid});
            assert_eq!(pushed(&visitor, WEBSITE.appid, &made_up).await, (json!(200), json!("success")));
            let odd = json!({"Event": event, "OpenID": "' OR 1=1 --", "AppID": WEBSITE.appid});
            assert_eq!(pushed(&visitor, WEBSITE.appid, &odd).await.0, json!(403));
            let silent = json!({"Event": event, "AppID": WEBSITE.appid});
            assert_eq!(pushed(&visitor, WEBSITE.appid, &silent).await.0, json!(403));
        }
        assert_eq!(visitor.user_info(&token).await.text("name"), "安安");
        assert!(duties(db).await.is_empty());
        house.close().await;
    }

    /// A message that names another app is none for this one, whoever's openid is in it.
    async fn a_push_that_names_another_app_is_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let token = known(&visitor, "ann", "安安").await;
        let openid = openid(db, WEBSITE.appid).await;
        for event in [MODIFIED, REVOKED, CLOSED] {
            for appid in [SERVICE.appid, "wx13974bf780d3dc89", "", "WX00000000000000C1"] {
                let told = json!({"Event": event, "OpenID": openid, "AppID": appid});
                assert_eq!(pushed(&visitor, WEBSITE.appid, &told).await.0, json!(403), "{appid}");
            }
            // Signed and sealed by the other app itself, at its own door: nobody there has this openid.
            let told = json!({"Event": event, "OpenID": openid, "AppID": SERVICE.appid});
            assert_eq!(pushed(&visitor, SERVICE.appid, &told).await.0, json!(200));
        }
        assert_eq!(visitor.user_info(&token).await.text("name"), "安安");
        assert!(duties(db).await.is_empty());
        house.close().await;
    }

    /// In plain mode the signature does not cover the body, so nobody is forgotten on its word.
    async fn in_plain_mode_nobody_is_forgotten(db: &Database) {
        const OPEN: &str = "wx00000000000000c2";
        let extra_toml = format!(
            r#"
[[provider]]
slug = "open"
kind = "wechat_open_platform"
[provider.config]
appid = "{OPEN}"
secret = "{secret}"
push_token = "{PUSH_TOKEN}"
push_mode = "plain"
push_path_secret = "push-address-of-plain"
open_platform_account = "main"
api_base = "{{vendor}}"
open_base = "{{vendor}}"
[[client]]
client_id = "open"
name = "Open"
type = "confidential"
secrets = ["{client_secret}"]
redirect_uris = ["{redirect_uri}"]
origins = ["{origin}"]
providers = ["open"]
"#,
            secret = WEBSITE.secret,
            client_secret = saoma_tests::house::CLIENT_SECRET,
            redirect_uri = saoma_tests::house::REDIRECT_URI,
            origin = saoma_tests::house::ORIGIN,
        );
        let house = House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await;
        let visitor = house.visitor();
        let app = ways::app(&WEBSITE, &house.saoma);
        let url = format!("{}/push/open/push-address-of-plain", house.saoma).parse().unwrap();
        let push = PushSettings { url, mode: PushMode::Plain, aes_key: None, ..app.push.clone().unwrap() };
        house.sandbox.register_app(saoma_sandbox::App { appid: OPEN.to_owned(), push: Some(push), ..app });
        Phone::of(&visitor, "ann").becomes(&json!({"nickname": "安安"})).await;
        let mut body = Visitor::begin_body_for("open");
        body["client_id"] = json!("open");
        let held = Held::of(&visitor.try_begin(&body).await);
        code_at_website(&visitor, &held, "ann").await;
        for event in [MODIFIED, REVOKED, CLOSED] {
            let told = Phone::of(&visitor, "ann").tells(OPEN, event).await;
            assert_eq!(told.json["push"]["attempts"][0]["status"], 200, "{}", told.json);
        }
        assert_eq!(db.lines("SELECT name AS line FROM users").await, ["安安"]);
        assert!(duties(db).await.is_empty());
        house.close().await;
    }
}
