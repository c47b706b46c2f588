//! Websites by the admin API: registered, changed, in force at once; versions, reach, secrets.

use super::api_callers::{Held, enrolled, house, invited};
use reqwest::{Method, StatusCode, header};
use saoma_core::admin::Role;
use saoma_core::audit::AuditScope;
use saoma_core::page::PageRequest;
use saoma_tests::admin::{Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::http;
use serde_json::{Value, json};

async fn owner(house: &House) -> Held {
    enrolled(house, &bootstrap(house).await, "ann").await
}

fn blog() -> Value {
    json!({
        "client_id": "own", "name": "My Blog", "type": "confidential",
        "redirect_uris": ["https://blog.example/callback"], "origins": ["https://blog.example"],
        "providers": ["mini"],
    })
}

async fn change(who: &Held, path: &str, etag: &str, body: &Value) -> Answer {
    let request = who.browser.call(Method::PATCH, path, &who.csrf).header(header::IF_MATCH, etag);
    answer(request.json(body)).await
}

async fn actions(house: &House) -> Vec<String> {
    let page = house
        .server()
        .parts()
        .stores
        .audit
        .list_audit(&AuditScope::all(), &PageRequest::first(200))
        .await
        .unwrap();
    page.items.into_iter().rev().map(|row| row.action).collect()
}

every_database! {
    async fn a_website_is_registered_and_may_begin_at_once(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let made = owner.ask(Method::POST, "/clients", Some(&blog())).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
        assert_eq!(made.json["client_secret"].as_str().unwrap().len(), 43);
        let public = format!("{}/api/v1/clients/own", house.saoma);
        let seen: Value = http::get(&public).await.json().await.unwrap();
        assert_eq!((&seen["name"], &seen["providers"][0]["slug"]), (&json!("My Blog"), &json!("mini")));
        let off = change(&owner, "/clients/own", &made.etag, &json!({ "enabled": false, "accent": "#123456" })).await;
        assert_eq!((off.status, off.etag.as_str()), (StatusCode::OK, "\"2\""), "{}", off.json);
        assert_eq!(http::get(&public).await.status(), StatusCode::NOT_FOUND);
        let told = db.lines("SELECT detail AS line FROM audit_events WHERE action = 'client.created'").await.remove(0);
        assert!(told.contains("redirect_uris: +\"https://blog.example/callback\""), "{told}");
        let told = db.lines("SELECT detail AS line FROM audit_events WHERE action = 'client.changed'").await.remove(0);
        assert_eq!(told, "accent: null -> \"#123456\"");
        let rows = actions(&house).await;
        for action in ["client.created", "client.disabled", "client.changed"] {
            assert_eq!(rows.iter().filter(|row| *row == action).count(), 1, "{rows:?}");
        }
        house.close().await;
    }

    async fn a_list_is_read_page_by_page(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        for id in ["a", "b", "z"] {
            let body = json!({ "client_id": id, "name": id.repeat(9), "type": "public" });
            assert_eq!(owner.ask(Method::POST, "/clients", Some(&body)).await.status, StatusCode::CREATED);
        }
        let page = async |query: &str| owner.ask(Method::GET, &format!("/clients?{query}"), None).await.json;
        let ids = |page: &Value| -> Vec<String> {
            page["items"].as_array().unwrap().iter().map(|c| c["client_id"].as_str().unwrap().to_owned()).collect()
        };
        let first = page("limit=2").await;
        assert_eq!(ids(&first), ["a", "b"]);
        let mark = first["next"].as_str().unwrap();
        let second = page(&format!("limit=2&after={mark}")).await;
        assert_eq!(ids(&second), ["kiosk", "shop"]);
        let last = page("limit=2&after=shop").await;
        assert_eq!((ids(&last), &last["next"]), (vec!["z".to_owned()], &Value::Null));
        for list in ["clients", "providers", "admins", "tokens"] {
            let refused = owner.ask(Method::GET, &format!("/{list}?limit=0"), None).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"), "{list}");
        }
        house.close().await;
    }

    async fn adm_09_what_reached_a_deleted_website_does_not_reach_one_that_takes_its_id(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let made = owner.ask(Method::POST, "/clients", Some(&blog())).await;
        let manager = invited(&house, &owner, Role::ClientManager, "max").await;
        let body = json!({ "role": "client_manager", "clients": ["own", "shop"] });
        let waiting = owner.ask(Method::POST, "/invitations", Some(&body)).await;
        let body = json!({ "name": "deploy", "scope": ["clients.read"], "clients": ["own"], "days": 1 });
        let token = owner.ask(Method::POST, "/tokens", Some(&body)).await;
        let bearer = format!("Bearer {}", token.json["secret"].as_str().unwrap());
        let by_token = async || {
            let url = format!("{}/admin/api/v1/clients", house.admin);
            let seen = http::client().get(url).header(header::AUTHORIZATION, &bearer).send().await.unwrap();
            seen.json::<Value>().await.unwrap()["items"].as_array().unwrap().len()
        };
        assert_eq!((manager.ask(Method::GET, "/clients/own", None).await.status, by_token().await), (StatusCode::OK, 1));
        let gone = owner.browser.call(Method::DELETE, "/clients/own", &owner.csrf).header(header::IF_MATCH, &made.etag);
        assert_eq!(answer(gone).await.status, StatusCode::NO_CONTENT);
        assert_eq!(owner.ask(Method::POST, "/clients", Some(&blog())).await.status, StatusCode::CREATED);
        assert_eq!((manager.ask(Method::GET, "/clients/own", None).await.status, by_token().await), (StatusCode::NOT_FOUND, 0));
        let late = enrolled(&house, waiting.json["url"].as_str().unwrap().rsplit('/').next().unwrap(), "late").await;
        let seen = late.ask(Method::GET, "/clients", None).await;
        assert_eq!(seen.json["items"].as_array().unwrap().len(), 1, "{}", seen.json);
        house.close().await;
    }

    async fn adm_11_what_is_wrong_is_told_at_once_and_nothing_is_kept(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let wrong = json!({
            "client_id": "a b", "name": "", "type": "public", "accent": "red",
            "redirect_uris": ["javascript:alert(1)"], "origins": ["https://a.b/"], "providers": ["gone"],
        });
        let refused = owner.ask(Method::POST, "/clients", Some(&wrong)).await;
        let pointers: Vec<_> =
            refused.json["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(pointers, ["/client_id", "/name", "/accent", "/providers/0", "/redirect_uris/0", "/origins/0"]);
        let mut more = blog();
        more["managed_by_file"] = json!(true);
        let refused = owner.ask(Method::POST, "/clients", Some(&more)).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"));
        let alike = json!({ "client_id": "x", "name": "Tеst Shоp", "type": "public" });
        let refused = owner.ask(Method::POST, "/clients", Some(&alike)).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/name", "{}", refused.json);
        let listed = owner.ask(Method::GET, "/clients", None).await;
        assert!(listed.json["items"].as_array().unwrap().iter().all(|client| client["managed_by_file"] == true));
        house.close().await;
    }

    async fn a_change_needs_the_version_that_was_read_and_the_file_keeps_its_own(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let made = owner.ask(Method::POST, "/clients", Some(&blog())).await;
        let without = owner.ask(Method::PATCH, "/clients/own", Some(&json!({ "name": "B" }))).await;
        assert_eq!((without.status, without.code()), (StatusCode::PRECONDITION_REQUIRED, "version_required"));
        let first = change(&owner, "/clients/own", &made.etag, &json!({ "name": "Blog B" })).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.json);
        let second = change(&owner, "/clients/own", &made.etag, &json!({ "name": "Blog C" })).await;
        assert_eq!((second.status, second.code()), (StatusCode::PRECONDITION_FAILED, "version_changed"));
        let file = owner.ask(Method::GET, "/clients/shop", None).await;
        assert_eq!(file.json["managed_by_file"], true);
        let refused = change(&owner, "/clients/shop", &file.etag, &json!({ "name": "Mine" })).await;
        assert_eq!((refused.status, &refused.json["obstacle"]), (StatusCode::CONFLICT, &json!("managed_by_file")));
        house.close().await;
    }

    async fn sec_01_two_secrets_live_and_one_always_stays(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let made = owner.ask(Method::POST, "/clients", Some(&blog())).await;
        let add = async |etag: &str| {
            let request = owner.browser.call(Method::POST, "/clients/own/secrets", &owner.csrf);
            answer(request.header(header::IF_MATCH, etag)).await
        };
        let remove = async |etag: &str, fingerprint: &Value| {
            let path = format!("/clients/own/secrets/{}", fingerprint.as_str().unwrap());
            let request = owner.browser.call(Method::DELETE, &path, &owner.csrf);
            answer(request.header(header::IF_MATCH, etag)).await
        };
        let old = &made.json["client"]["secrets"][0];
        assert_eq!(remove("\"1\"", old).await.json["obstacle"], "last_secret");
        let added = add("\"1\"").await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.json);
        assert_eq!(add("\"2\"").await.json["obstacle"], "two_secrets");
        let works = async |secret: &Value| {
            let begin = http::client().post(format!("{}/api/v1/logins", house.saoma));
            let begin = begin.basic_auth("own", secret.as_str());
            let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
            let body = json!({
                "client_id": "own", "provider": "mini", "code_challenge": challenge, "code_challenge_method": "S256",
            });
            begin.json(&body).send().await.unwrap().status() == StatusCode::CREATED
        };
        assert!(works(&made.json["client_secret"]).await && works(&added.json["client_secret"]).await);
        assert_eq!(remove("\"2\"", old).await.status, StatusCode::OK);
        assert!(!works(&made.json["client_secret"]).await && works(&added.json["client_secret"]).await);
        let read = owner.ask(Method::GET, "/clients/own", None).await.json.to_string();
        assert!(!read.contains(added.json["client_secret"].as_str().unwrap()), "{read}");
        house.close().await;
    }

    async fn adm_09_a_client_manager_has_their_own_and_no_other(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        owner.ask(Method::POST, "/clients", Some(&blog())).await;
        let manager = invited(&house, &owner, Role::ClientManager, "mia").await;
        let listed = manager.ask(Method::GET, "/clients", None).await;
        let ids: Vec<_> = listed.json["items"].as_array().unwrap().iter().map(|c| c["client_id"].clone()).collect();
        assert_eq!(ids, [json!("own")]);
        let other = manager.ask(Method::GET, "/clients/shop", None).await;
        assert_eq!((other.status, other.code()), (StatusCode::NOT_FOUND, "unknown_resource"));
        let other = change(&manager, "/clients/shop", "\"1\"", &json!({ "name": "Mine" })).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let own = change(&manager, "/clients/own", "\"1\"", &json!({ "origins": ["https://new.example"] })).await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.json);
        // ADM-09: the sector of another's website would tell this one what that one calls people.
        for (sector, told) in [("shop", Some("sector_elsewhere")), ("mine", None)] {
            let policy = json!({ "openid": { "subject_type": "pairwise", "sector": sector } });
            let pairwise = change(&manager, "/clients/own", "\"2\"", &policy).await;
            let code = pairwise.json["errors"][0]["code"].as_str();
            assert_eq!((pairwise.status.is_success(), code), (told.is_none(), told), "{}", pairwise.json);
        }
        // ADM-08: with an old proof how it looks can still be changed, and where its codes go cannot.
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let look = change(&manager, "/clients/own", "\"3\"", &json!({ "name": "Other Blog" })).await;
        assert_eq!(look.status, StatusCode::OK, "{}", look.json);
        let wired = change(&manager, "/clients/own", "\"4\"", &json!({ "redirect_uris": [] })).await;
        assert_eq!((wired.status, wired.code()), (StatusCode::FORBIDDEN, "proof_required"));
        house.close().await;
    }

    async fn a_deleted_website_leaves_no_token_alive(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        owner.ask(Method::POST, "/clients", Some(&blog())).await;
        house.visitor().log_in("ann").await;
        // Whoever takes the id one day finds nobody who has said yes to it.
        let said = "INSERT INTO consents (user_id, client_id, scope, created_at, updated_at) SELECT id, 'own', 'openid', 1, 1 FROM users";
        db.raw().await.execute(said).await.unwrap();
        let request = owner.browser.call(Method::DELETE, "/clients/own", &owner.csrf);
        let gone = answer(request.header(header::IF_MATCH, "\"1\"")).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert!(db.lines("SELECT scope AS line FROM consents WHERE client_id = 'own'").await.is_empty());
        assert_eq!(owner.ask(Method::GET, "/clients/own", None).await.status, StatusCode::NOT_FOUND);
        house.close().await;
    }
}
