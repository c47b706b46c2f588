//! Users by the admin API: found by what they are known by, switched off and on, merged and taken apart,
//! made from a login that failed, deleted.

use super::api_callers::{Held, enrolled, house};
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::relying_party::{SiteBrowser, answered, request_with, tokens, usual_request};
use saoma_tests::visitor::Visitor;
use serde_json::{Value, json};

async fn change(owner: &Held, method: Method, path: &str, etag: &str, body: Option<&Value>) -> Answer {
    let request = owner.browser.call(method, path, &owner.csrf).header(header::IF_MATCH, etag);
    answer(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

async fn read(owner: &Held, user: &str) -> Answer {
    owner.ask(Method::GET, &format!("/users/{user}"), None).await
}

async fn listed(owner: &Held, query: &str) -> Vec<String> {
    let page = owner.ask(Method::GET, &format!("/users?{query}"), None).await;
    assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.json);
    let items = page.json["items"].as_array().unwrap();
    items.iter().map(|user| user["user_id"].as_str().unwrap().to_owned()).collect()
}

/// A house with an owner inside, and a visitor.
async fn with_owner(db: &Database) -> (House, Held, Visitor) {
    let house = house(db).await;
    let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
    let visitor = house.visitor();
    (house, owner, visitor)
}

every_database! {
    async fn people_are_found_by_what_they_are_known_by(db: &Database) {
        let (house, owner, visitor) = with_owner(db).await;
        let ann = visitor.log_in("ann").await;
        house.clock.as_ref().unwrap().advance_millis(5_000);
        let bob = visitor.log_in("bob").await;
        assert_eq!(listed(&owner, "").await, [bob.clone(), ann.clone()]);
        let openid = db.lines(&format!("SELECT subject AS line FROM identities WHERE user_id = '{ann}'")).await.remove(0);
        let unionid = db.lines(&format!("SELECT value AS line FROM aliases WHERE user_id = '{ann}'")).await.remove(0);
        let shown = owner.ask(Method::GET, "/users", None).await.json.to_string();
        assert!(!shown.contains(&openid) && !shown.contains(&unionid), "a list abbreviates: {shown}");
        let detail = read(&owner, &ann).await;
        let text = detail.json.to_string();
        assert!(text.contains(&openid) && text.contains(&unionid), "{text}");
        assert_eq!(detail.json["user"]["clients"][0]["client_id"], "shop");
        assert_eq!(detail.json["grants"][0]["tokens"], 1);
        let created = detail.json["user"]["created_at"].as_str().unwrap().to_owned();
        for (query, found) in [
            (format!("text={openid}&kind=subject"), true),
            (format!("text={unionid}&kind=alias"), true),
            (format!("text={ann}&kind=user_id"), true),
            (format!("to={created}"), true),
            ("client=shop&to=2100-01-01T00:00:00%2B08:00&limit=1&state=on".to_owned(), false),
            (format!("text={openid}&kind=subject&state=off"), false),
            ("client=nobody".to_owned(), false),
            ("text=%00".to_owned(), false),
            ("after=1.%00".to_owned(), false),
        ] {
            let users = listed(&owner, &query).await;
            assert_eq!(users == [ann.as_str()], found, "{query}: {users:?}");
        }
        for query in ["text=x&kind=user_id", "client=a%20b", "from=yesterday", "limit=0", "state=perhaps", "kind=all"] {
            let refused = owner.ask(Method::GET, &format!("/users?{query}"), None).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"), "{query}");
        }
        house.close().await;
    }

    async fn a_user_is_switched_off_and_on_at_the_version_that_was_read(db: &Database) {
        let (house, owner, visitor) = with_owner(db).await;
        let held = visitor.confirmed("ann").await;
        let token = visitor.access_token(&held).await;
        let user = visitor.user_info(&token).await.text("sub").to_owned();
        let path = format!("/users/{user}");
        let (off, on) = (json!({ "disabled": true }), json!({ "disabled": false }));
        let etag = read(&owner, &user).await.etag;
        assert_eq!(owner.ask(Method::PATCH, &path, Some(&off)).await.code(), "version_required");
        assert_eq!(change(&owner, Method::PATCH, &path, "\"99\"", Some(&off)).await.code(), "version_changed");
        assert_eq!(change(&owner, Method::PATCH, &path, &etag, Some(&off)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(visitor.user_info(&token).await.status, StatusCode::UNAUTHORIZED);
        let seen = read(&owner, &user).await;
        assert_eq!((&seen.json["user"]["disabled"], &seen.json["grants"]), (&json!(true), &json!([])));
        assert_eq!(change(&owner, Method::PATCH, &path, &seen.etag, Some(&on)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(visitor.log_in("ann").await, user);
        let etag = read(&owner, &user).await.etag;
        let revoked = change(&owner, Method::POST, &format!("{path}/revocations"), &etag, Some(&json!({ "client_id": "shop" }))).await;
        assert_eq!(revoked.json["grants"], 1, "{}", revoked.json);
        let etag = read(&owner, &user).await.etag;
        assert_eq!(change(&owner, Method::DELETE, &path, &etag, None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(read(&owner, &user).await.status, StatusCode::NOT_FOUND);
        house.close().await;
    }

    async fn two_are_merged_and_taken_apart(db: &Database) {
        let (house, owner, visitor) = with_owner(db).await;
        let (ann, bob) = (visitor.log_in("ann").await, visitor.log_in("bob").await);
        let (one, two) = (read(&owner, &ann).await, read(&owner, &bob).await);
        let body = json!({ "user_id": bob, "version": two.json["user"]["version"] });
        let merged = change(&owner, Method::POST, &format!("/users/{ann}/merges"), &one.etag, Some(&body)).await;
        assert_eq!(merged.status, StatusCode::CREATED, "{}", merged.json);
        assert_eq!(visitor.log_in("bob").await, ann);
        let gone = read(&owner, &bob).await;
        assert_eq!((gone.code(), &gone.json["obstacle"]), ("conflict", &json!("merged")));
        assert_eq!(listed(&owner, &format!("text={bob}&kind=user_id")).await, [ann.as_str()]);
        let seen = read(&owner, &ann).await;
        assert_eq!(seen.json["parts"], json!([bob]));
        let merge = seen.json["merges"][0]["merge_id"].as_str().unwrap().to_owned();
        let undone = change(&owner, Method::DELETE, &format!("/users/{ann}/merges/{merge}"), &seen.etag, None).await;
        assert_eq!(undone.status, StatusCode::NO_CONTENT, "{}", undone.json);
        assert_eq!((visitor.log_in("ann").await, visitor.log_in("bob").await), (ann.clone(), bob.clone()));
        // The last identity goes nowhere.
        let (one, two) = (read(&owner, &ann).await, read(&owner, &bob).await);
        let identity = &two.json["user"]["identities"][0]["identity_id"];
        let body = json!({ "identity_id": identity, "from_user_id": bob, "from_version": two.json["user"]["version"] });
        let linked = change(&owner, Method::POST, &format!("/users/{ann}/identities"), &one.etag, Some(&body)).await;
        assert_eq!((linked.status, &linked.json["obstacle"]), (StatusCode::CONFLICT, &json!("last_identity")));
        assert_eq!(owner.ask(Method::GET, "/merge-offers", None).await.json["items"], json!([]));
        house.close().await;
    }

    /// Somebody scanned and never confirmed: an admin makes them known from the login's row.
    async fn a_slip_in_a_filters_name_is_not_the_whole_list(db: &Database) {
        let (house, owner, _) = with_owner(db).await;
        for path in ["/users?subjct=x", "/clients?enabled=true", "/settings?x", "/overview?site=shop", "/logins?usr=x", "/audit?who=x"] {
            let refused = owner.ask(Method::GET, path, None).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"), "{path}");
        }
        for path in ["/users?text=x&limit=1", "/clients?limit=1", "/settings", "/logins/export?format=jsonl"] {
            assert_eq!(owner.browser.call(Method::GET, path, &owner.csrf).send().await.unwrap().status(), StatusCode::OK, "{path}");
        }
        house.close().await;
    }

    async fn a_user_is_made_from_a_login_that_ended_badly(db: &Database) {
        let (house, _, visitor) = with_owner(db).await;
        let held = visitor.begin().await;
        visitor.scan(&held, "ann").await;
        house.clock.as_ref().unwrap().advance_millis(301_000);
        assert_eq!(visitor.stage(&held).await, "expired");
        let owner = enrolled(&house, &bootstrap(&house).await, "late").await;
        let body = json!({ "login_id": held.id });
        let made = owner.ask(Method::POST, "/users", Some(&body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
        assert_eq!(visitor.log_in("ann").await, made.json["user_id"].as_str().unwrap());
        let again = owner.ask(Method::POST, "/users", Some(&body)).await;
        assert_eq!((again.status, &again.json["obstacle"]), (StatusCode::CONFLICT, &json!("belongs_to_another")));
        house.close().await;
    }

    async fn whoever_is_revoked_at_a_website_is_asked_there_and_everywhere_is_logged_out_too(db: &Database) {
        let (house, owner, _) = with_owner(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let sub = tokens(&browser.visitor, &code).await.1["sub"].as_str().unwrap().to_owned();
        let path = format!("/users/{sub}");
        for (body, expected) in [(json!({ "client_id": "shop" }), "consent_required"), (json!({}), "login_required")] {
            let etag = read(&owner, &sub).await.etag;
            let done = change(&owner, Method::POST, &format!("{path}/revocations"), &etag, Some(&body)).await;
            assert_eq!(done.status, StatusCode::OK, "{:?}", done.json);
            let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
            assert_eq!(silent.get("error").map(String::as_str), Some(expected), "{body} {silent:?}");
        }
        house.close().await;
    }
}
