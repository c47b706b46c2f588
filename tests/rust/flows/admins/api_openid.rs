//! What OpenID Connect added to the admin's house: signing keys, where people are logged in, and what websites need
//! not ask again; by the API and by the pages.

use super::api_callers::{Held, enrolled, house};
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House};
use saoma_tests::http;
use saoma_tests::relying_party::{SiteBrowser, answered, request_with, tokens, usual_request};
use serde_json::{Value, json};

async fn with_owner(db: &Database) -> (House, Held) {
    let house = house(db).await;
    let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
    (house, owner)
}

/// A browser in which this person is logged in at a website, and their id.
async fn at_website(house: &House, person: &str) -> (SiteBrowser, String) {
    let mut browser = SiteBrowser::new(house);
    let code = browser.log_in(&usual_request(), person).await["code"].clone();
    let sub = tokens(&browser.visitor, &code).await.1["sub"].as_str().unwrap().to_owned();
    (browser, sub)
}

/// What a website is told that asks without showing anything.
async fn silently(browser: &mut SiteBrowser) -> String {
    let told = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
    told.get("error").or(told.get("code").map(|_| &told["state"])).unwrap().clone()
}

async fn told(owner: &Held, path: &str, of: &str) -> Vec<Value> {
    let answer = owner.ask(Method::GET, path, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.json);
    answer.json[of].as_array().unwrap().clone()
}

fn states(keys: &[Value], algorithm: &str) -> Vec<String> {
    let of = keys.iter().filter(|key| key["algorithm"] == algorithm);
    of.map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

every_database! {
    async fn an_owner_makes_the_next_key_and_takes_out_one_in_wrong_hands(db: &Database) {
        let (house, owner) = with_owner(db).await;
        assert_eq!(states(&told(&owner, "/keys", "keys").await, "ES256"), ["signing"]);
        let next = owner.ask(Method::POST, "/keys/rotations", Some(&json!({ "algorithm": "ES256" }))).await;
        assert_eq!(next.status, StatusCode::OK, "{}", next.json);
        assert_eq!(states(next.json["keys"].as_array().unwrap(), "ES256"), ["signing", "coming"]);
        let again = owner.ask(Method::POST, "/keys/rotations", Some(&json!({ "algorithm": "ES256" }))).await;
        assert_eq!((again.status, &again.json["obstacle"]), (StatusCode::CONFLICT, &json!("next_key_waits")));
        assert_eq!(states(&told(&owner, "/keys", "keys").await, "ES256"), ["signing", "coming"]);
        let at_once = json!({ "algorithm": "ES256", "at_once": true });
        let left = owner.ask(Method::POST, "/keys/rotations", Some(&at_once)).await.json;
        assert_eq!(states(left["keys"].as_array().unwrap(), "ES256"), ["signing"]);
        assert_eq!(states(left["keys"].as_array().unwrap(), "RS256"), ["signing"]);
        assert!(!left.to_string().contains("v1.k"), "no private part");
        let published: Value = http::get(&format!("{}/oauth2/jwks", house.saoma)).await.json().await.unwrap();
        let kids = |keys: &Value| keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect::<Vec<_>>();
        assert_eq!(kids(&published), kids(&left));
        let unknown = owner.ask(Method::POST, "/keys/rotations", Some(&json!({ "algorithm": "HS256" }))).await;
        assert_eq!((unknown.status, &unknown.json["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_field")));
        house.close().await;
    }

    async fn the_page_makes_the_next_key_as_well(db: &Database) {
        let (house, owner) = with_owner(db).await;
        let mut browser = owner.browser;
        assert!(!browser.get("/keys").await.html.contains("published, not in use yet"));
        let sent = browser.post("/keys/rotate", &[("csrf", &owner.csrf), ("algorithm", "EdDSA")]).await;
        assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/keys?saved"));
        assert!(browser.get("/keys?saved").await.html.contains("published, not in use yet"));
        let again = browser.post("/keys/rotate", &[("csrf", &owner.csrf), ("algorithm", "EdDSA")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.html.contains("waits for its time"));
        let unknown = browser.post("/keys/rotate", &[("csrf", &owner.csrf), ("algorithm", "none")]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        house.close().await;
    }

    async fn an_admin_sees_where_somebody_is_logged_in_and_logs_them_out(db: &Database) {
        let (house, owner) = with_owner(db).await;
        let (mut one, sub) = at_website(&house, "ann").await;
        let (mut two, same) = at_website(&house, "ann").await;
        let (mut other, bob) = at_website(&house, "bob").await;
        assert_eq!(sub, same);
        let path = format!("/users/{sub}/sessions");
        let sessions = told(&owner, &path, "sessions").await;
        assert_eq!(sessions.len(), 2, "{sessions:?}");
        assert!(sessions.iter().all(|session| session["provider"] == "mini" && session["assurance"] == "confirmed"));
        assert_eq!((silently(&mut one).await.as_str(), silently(&mut two).await.as_str()), ("website-state", "website-state"));
        let id = sessions[0]["session_id"].as_str().unwrap();
        let elsewhere = owner.ask(Method::DELETE, &format!("/users/{bob}/sessions/{id}"), None).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "a session of somebody else");
        assert_eq!(owner.ask(Method::DELETE, &format!("{path}/{id}"), None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(owner.ask(Method::DELETE, &format!("{path}/{id}"), None).await.status, StatusCode::NOT_FOUND);
        let silent = [silently(&mut one).await, silently(&mut two).await];
        assert_eq!(silent.iter().filter(|told| *told == "login_required").count(), 1, "{silent:?}");
        let ended = owner.ask(Method::DELETE, &path, None).await;
        assert_eq!(ended.json["sessions"], 1);
        assert_eq!((silently(&mut one).await.as_str(), silently(&mut two).await.as_str()), ("login_required", "login_required"));
        assert_eq!(silently(&mut other).await, "website-state", "somebody else stays");
        let rows = "SELECT actor || ' ' || user_id AS line FROM audit_events WHERE action = 'user.logged_out'";
        assert_eq!(db.lines(rows).await, vec![format!("admin {sub}"); 2]);
        house.close().await;
    }

    async fn who_became_part_of_somebody_is_logged_out_as_them(db: &Database) {
        let (house, owner) = with_owner(db).await;
        let (_, ann) = at_website(&house, "ann").await;
        let (mut browser, bob) = at_website(&house, "bob").await;
        let version = |user: Value| user["user"]["version"].clone();
        let loser = version(owner.ask(Method::GET, &format!("/users/{ann}"), None).await.json);
        let etag = owner.ask(Method::GET, &format!("/users/{bob}"), None).await.etag;
        let merge = owner.browser.call(Method::POST, &format!("/users/{bob}/merges"), &owner.csrf);
        let merge = merge.header(header::IF_MATCH, etag).json(&json!({ "user_id": ann, "version": loser }));
        assert_eq!(answer(merge).await.status, StatusCode::CREATED);
        let path = format!("/users/{bob}/sessions");
        assert_eq!(told(&owner, &path, "sessions").await.len(), 2);
        let part = owner.ask(Method::GET, &format!("/users/{ann}/sessions"), None).await;
        assert_eq!((part.status, &part.json["obstacle"]), (StatusCode::CONFLICT, &json!("merged")));
        assert_eq!(owner.ask(Method::DELETE, &path, None).await.json["sessions"], 2);
        assert_eq!(silently(&mut browser).await, "login_required");
        let rows = "SELECT user_id AS line FROM audit_events WHERE action = 'user.logged_out'";
        assert_eq!(db.lines(rows).await, [bob.clone(), bob]);
        house.close().await;
    }

    async fn the_page_shows_browsers_and_consents_and_takes_them_back(db: &Database) {
        let (house, owner) = with_owner(db).await;
        let (mut visitor, sub) = at_website(&house, "ann").await;
        let consents = told(&owner, &format!("/users/{sub}/consents"), "consents").await;
        assert_eq!((consents.len(), &consents[0]["client_id"]), (1, &json!(CLIENT)));
        assert!(consents[0]["scope"].as_array().unwrap().contains(&json!("openid")));
        let (mut browser, csrf) = (owner.browser, owner.csrf);
        let page = format!("/users/{sub}?tab=sessions");
        let shown = browser.get(&page).await;
        assert!(shown.html.contains("Take back") && shown.html.contains("the id, name and picture"), "{}", shown.html);
        let (version, session) = (shown.hidden("version"), shown.hidden("session_id"));
        let fields = [("csrf", csrf.as_str()), ("version", &version), ("client_id", CLIENT), ("from", "sessions")];
        let back = browser.post(&format!("/users/{sub}/revoke"), &fields).await;
        assert_eq!(back.location(), format!("/users/{sub}?tab=sessions&saved"));
        assert_eq!(silently(&mut visitor).await, "consent_required");
        let out = browser.post(&format!("/users/{sub}/sessions/end"), &[("csrf", &csrf), ("session_id", &session)]).await;
        assert_eq!(out.location(), format!("/users/{sub}?tab=sessions&saved"));
        assert_eq!(silently(&mut visitor).await, "login_required");
        let after = browser.get(&page).await;
        assert!(after.html.contains("logged in nowhere") && after.html.contains("No website"), "{}", after.html);
        house.close().await;
    }
}
