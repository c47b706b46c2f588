//! Admins and API tokens by the admin API: invited, appointed, shut out; tokens that end.

use super::api_callers::{Held, enrolled, house, invited};
use reqwest::{Method, StatusCode, header};
use saoma_core::admin::Role;
use saoma_tests::admin::{AdminBrowser, Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use serde_json::{Value, json};

async fn admin_id(owner: &Held, name: &str) -> (String, String) {
    let listed = owner.ask(Method::GET, "/admins", None).await;
    let found = listed.json["items"].as_array().unwrap().iter().find(|admin| admin["name"] == name).unwrap();
    (found["admin_id"].as_str().unwrap().to_owned(), format!("\"{}\"", found["version"]))
}

async fn appoint(owner: &Held, name: &str, change: &Value) -> Answer {
    let seen = admin_id(owner, name).await;
    appoint_as_seen(owner, &seen, change).await
}

async fn appoint_as_seen(owner: &Held, (id, etag): &(String, String), change: &Value) -> Answer {
    let request = owner.browser.call(Method::PATCH, &format!("/admins/{id}"), &owner.csrf);
    answer(request.header(header::IF_MATCH, etag).json(change)).await
}

async fn token(owner: &Held, body: &Value) -> (String, String) {
    let made = owner.ask(Method::POST, "/tokens", Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made.json["token"]["token_id"]), text(&made.json["secret"]))
}

async fn by_token(house: &House, secret: &str, path: &str) -> Answer {
    let bare = AdminBrowser::new(house);
    answer(bare.request(Method::GET, &format!("/admin/api/v1{path}")).bearer_auth(secret)).await
}

every_database! {
    async fn adm_09_a_role_that_is_taken_away_is_gone_in_the_running_session(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let other = invited(&house, &owner, Role::Operator, "bob").await;
        assert_eq!(other.ask(Method::GET, "/admins", None).await.status, StatusCode::OK);
        assert_eq!(appoint(&owner, "bob", &json!({ "role": "support" })).await.status, StatusCode::OK);
        assert_eq!(other.ask(Method::GET, "/admins", None).await.status, StatusCode::FORBIDDEN);
        assert_eq!(appoint(&owner, "bob", &json!({ "enabled": false })).await.status, StatusCode::OK);
        assert_eq!(other.ask(Method::GET, "/clients", None).await.status, StatusCode::UNAUTHORIZED);
        // Coming back is a new log-in: the old session stays dead.
        assert_eq!(appoint(&owner, "bob", &json!({ "enabled": true })).await.status, StatusCode::OK);
        assert_eq!(other.ask(Method::GET, "/clients", None).await.status, StatusCode::UNAUTHORIZED);
        house.close().await;
    }

    async fn the_last_owner_stays(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        for change in [json!({ "enabled": false }), json!({ "role": "auditor" })] {
            let refused = appoint(&owner, "ann", &change).await;
            assert_eq!((refused.status, &refused.json["obstacle"]), (StatusCode::CONFLICT, &json!("last_owner")));
        }
        let second = invited(&house, &owner, Role::Owner, "bob").await;
        // Two owners who shut each other out at the same time: one of them remains.
        let change = json!({ "enabled": false });
        let (bob, ann) = (admin_id(&owner, "bob").await, admin_id(&owner, "ann").await);
        let (one, other) =
            tokio::join!(appoint_as_seen(&owner, &bob, &change), appoint_as_seen(&second, &ann, &change));
        let done = [&one, &other].iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(done, 1, "{one:?} {other:?}");
        house.close().await;
    }

    async fn adm_10_a_token_ends_by_time_by_hand_and_with_its_maker(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let maker = invited(&house, &owner, Role::Owner, "bob").await;
        let body = json!({ "name": "deploy", "scope": ["clients.read"], "days": 1 });
        let (_, lasting) = token(&maker, &body).await;
        let (id, revoked) = token(&maker, &body).await;
        assert_eq!(by_token(&house, &revoked, "/clients").await.status, StatusCode::OK);
        let gone = maker.ask(Method::DELETE, &format!("/tokens/{id}"), None).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(by_token(&house, &revoked, "/clients").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(by_token(&house, &lasting, "/clients").await.status, StatusCode::OK);
        assert_eq!(appoint(&owner, "bob", &json!({ "enabled": false })).await.status, StatusCode::OK);
        assert_eq!(by_token(&house, &lasting, "/clients").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(appoint(&owner, "bob", &json!({ "enabled": true })).await.status, StatusCode::OK);
        assert_eq!(by_token(&house, &lasting, "/clients").await.status, StatusCode::OK);
        house.clock.as_ref().unwrap().advance_millis(86_400_000);
        assert_eq!(by_token(&house, &lasting, "/clients").await.status, StatusCode::UNAUTHORIZED);
        house.close().await;
    }

    async fn adm_12_what_somebody_left_open_ends_when_their_keys_are_renewed_or_taken(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let link_by = async |who: &Held, path: &str, body: Option<Value>| {
            let made = who.ask(Method::POST, path, body.as_ref()).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
            made.json["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
        };
        let opens = async |link: &str| AdminBrowser::new(&house).get(&format!("/enrol/{link}")).await.status;
        let somebody = || Some(json!({ "role": "auditor" }));
        let bob = invited(&house, &owner, Role::Owner, "bob").await;
        let left = link_by(&bob, "/invitations", somebody()).await;
        let body = json!({ "name": "deploy", "scope": ["clients.read"], "days": 1 });
        let (_, secret) = token(&bob, &body).await;
        assert_eq!((opens(&left).await, by_token(&house, &secret, "/clients").await.status), (StatusCode::OK, StatusCode::OK));
        let (id, _) = admin_id(&owner, "bob").await;
        let renewal = link_by(&owner, &format!("/admins/{id}/renewals"), None).await;
        let bob = enrolled(&house, &renewal, "bob").await;
        assert_eq!(opens(&left).await, StatusCode::NOT_FOUND);
        assert_eq!(by_token(&house, &secret, "/clients").await.status, StatusCode::UNAUTHORIZED);
        let left = link_by(&bob, "/invitations", somebody()).await;
        assert_eq!(appoint(&owner, "bob", &json!({ "role": "operator" })).await.status, StatusCode::OK);
        assert_eq!(opens(&left).await, StatusCode::NOT_FOUND, "who may not invite has invited nobody");
        house.close().await;
    }

    async fn the_audit_tells_which_link_somebody_came_by_and_what_a_token_may(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        drop(invited(&house, &owner, Role::ClientManager, "max").await);
        let details = async |action: &str| {
            db.lines(&format!("SELECT detail AS line FROM audit_events WHERE action = '{action}' ORDER BY detail")).await
        };
        let (links, comings) = (details("admin.invited").await, details("admin.enrolled").await);
        assert_eq!(links.len(), 2);
        for (link, coming) in links.iter().zip(&comings) {
            let name = coming.strip_suffix(" app").unwrap();
            let role = link.strip_prefix(&format!("{name} ")).unwrap();
            assert!(["owner", "client_manager own"].contains(&role), "{link}");
        }
        let body = json!({
            "name": "deploy", "scope": ["logins.read", "clients.read"], "clients": ["shop"], "networks": ["10.0.0.0/8"], "days": 1,
        });
        drop(token(&owner, &body).await);
        assert_eq!(details("api_token.created").await, ["clients.read logins.read client:shop from:10.0.0.0/8"]);
        let change = json!({ "clients": ["shop"] });
        assert_eq!(appoint(&owner, "max", &change).await.status, StatusCode::OK);
        assert_eq!(details("admin.changed").await, ["client_manager own -> client_manager shop"]);
        house.close().await;
    }

    async fn adm_10_a_token_is_bound_to_places_and_kept_as_a_hash_only(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let here = json!({ "name": "a", "scope": ["clients.read"], "networks": ["127.0.0.0/8"], "days": 1 });
        let there = json!({ "name": "b", "scope": ["clients.read"], "networks": ["10.0.0.0/8"], "days": 1 });
        let (_, near) = token(&owner, &here).await;
        let (_, far) = token(&owner, &there).await;
        assert_eq!(by_token(&house, &near, "/clients").await.status, StatusCode::OK);
        assert_eq!(by_token(&house, &far, "/clients").await.status, StatusCode::UNAUTHORIZED);
        let told = "SELECT detail || ' ' || outcome || ' ' || address AS line FROM audit_events WHERE action = 'api_token.refused'";
        assert_eq!(db.lines(told).await, ["elsewhere refused 127.0.0.1"]);
        let listed = owner.ask(Method::GET, "/tokens", None).await.json;
        assert!(!listed.to_string().contains(near.as_str()));
        for item in listed["items"].as_array().unwrap() {
            assert_eq!(item["last_used_at"].is_string(), item["name"] == "a", "{item}");
        }
        let dump = db.dump().await;
        assert!(dump.contains("api_tokens") && !dump.contains(near.as_str()));
        house.close().await;
    }

    async fn adm_10_a_scope_holds_nothing_about_power_and_nothing_unknown(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let body = json!({
            "name": "x", "scope": ["tokens.edit", "nonsense", "audit.read"], "clients": ["shop"],
            "networks": ["everywhere"], "days": 400,
        });
        let refused = owner.ask(Method::POST, "/tokens", Some(&body)).await;
        let pointers: Vec<_> =
            refused.json["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
        assert_eq!(pointers, ["/days", "/scope/0", "/scope/1", "/scope/2", "/networks/0"]);
        house.close().await;
    }

    async fn adm_07_a_session_calls_from_our_own_pages_only(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let body = json!({ "role": "auditor" });
        let forged = [
            owner.browser.request(Method::POST, "/admin/api/v1/invitations"),
            owner.browser.call(Method::POST, "/invitations", "wrong"),
            owner.browser.call(Method::POST, "/invitations", &owner.csrf).header("sec-fetch-site", "same-site"),
            owner
                .browser
                .request(Method::POST, "/admin/api/v1/invitations")
                .header("x-csrf-token", &owner.csrf)
                .header(header::ORIGIN, "https://evil.example"),
        ];
        for request in forged {
            let refused = answer(request.json(&body)).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "not_from_own_page"));
        }
        house.close().await;
    }
}
