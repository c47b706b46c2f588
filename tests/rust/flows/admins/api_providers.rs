//! Providers by the admin API: set up by their schema, in force at once, their secrets written only.

use super::api_callers::{Held, enrolled, house};
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, APPID, House};
use saoma_tests::http;
use serde_json::{Value, json};

async fn owner(house: &House) -> Held {
    enrolled(house, &bootstrap(house).await, "ann").await
}

fn mini(house: &House) -> Value {
    json!({
        "slug": "second", "kind": "wechat_mini_program", "title": "Second",
        "config": { "appid": APPID, "secret": APP_SECRET, "api_base": house.sandbox.base() },
    })
}

fn shop(providers: &[&str]) -> Value {
    json!({
        "client_id": "own", "name": "My Blog", "type": "public", "origins": ["https://blog.example"],
        "redirect_uris": ["https://blog.example/callback"], "providers": providers,
    })
}

async fn change(who: &Held, path: &str, etag: &str, body: &Value) -> Answer {
    let request = who.browser.call(Method::PATCH, path, &who.csrf).header(header::IF_MATCH, etag);
    answer(request.json(body)).await
}

async fn delete(who: &Held, path: &str, etag: &str) -> Answer {
    answer(who.browser.call(Method::DELETE, path, &who.csrf).header(header::IF_MATCH, etag)).await
}

async fn begin(house: &House) -> (StatusCode, Value) {
    let body = json!({
        "client_id": "own", "provider": "second", "redirect_uri": "https://blog.example/callback",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
    });
    let begin = http::client().post(format!("{}/api/v1/logins", house.saoma));
    let begun = begin.header(header::ORIGIN, "https://blog.example").json(&body).send().await.unwrap();
    (begun.status(), begun.json().await.unwrap())
}

every_database! {
    async fn a_provider_is_set_up_changed_and_deleted_without_a_restart(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let made = owner.ask(Method::POST, "/providers", Some(&mini(&house))).await;
        assert_eq!((made.status, made.etag.as_str()), (StatusCode::CREATED, "\"1\""), "{}", made.json);
        let client = owner.ask(Method::POST, "/clients", Some(&shop(&["second"]))).await;
        assert_eq!(client.status, StatusCode::CREATED, "{}", client.json);
        assert_eq!(begin(&house).await.0, StatusCode::CREATED);
        // A wrong secret is in force at once, and so is the right one again.
        let wrong = json!({ "config": { "secret": "0f0e0d0c0b0a09080706050403020100" } });
        let changed = change(&owner, "/providers/second", "\"1\"", &wrong).await;
        assert_eq!((changed.status, changed.etag.as_str()), (StatusCode::OK, "\"2\""), "{}", changed.json);
        let (status, problem) = begin(&house).await;
        assert_eq!((status, &problem["code"]), (StatusCode::BAD_GATEWAY, &json!("vendor_misconfigured")));
        assert_ne!(changed.json["secrets"]["secret"], made.json["secrets"]["secret"]);
        let right = json!({ "config": { "secret": APP_SECRET } });
        assert_eq!(change(&owner, "/providers/second", "\"2\"", &right).await.json["secrets"], made.json["secrets"]);
        assert_eq!(begin(&house).await.0, StatusCode::CREATED);
        let off = change(&owner, "/providers/second", "\"3\"", &json!({ "enabled": false })).await;
        assert_eq!(off.status, StatusCode::OK, "{}", off.json);
        assert_eq!(begin(&house).await.0, StatusCode::FORBIDDEN);
        let used = delete(&owner, "/providers/second", "\"4\"").await;
        assert_eq!((used.status, &used.json["obstacle"]), (StatusCode::CONFLICT, &json!("in_use")));
        let none = change(&owner, "/clients/own", "\"1\"", &json!({ "providers": [] })).await;
        assert_eq!(none.status, StatusCode::OK, "{}", none.json);
        assert_eq!(delete(&owner, "/providers/second", "\"4\"").await.status, StatusCode::NO_CONTENT);
        house.close().await;
    }

    /// A way whose secrets do not open any more is still shown, switched off, and given new ones.
    async fn a_provider_in_trouble_can_be_mended(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        for slug in ["second", "third"] {
            let mut body = mini(&house);
            body["slug"] = json!(slug);
            assert_eq!(owner.ask(Method::POST, "/providers", Some(&body)).await.status, StatusCode::CREATED);
        }
        let theirs = db.lines("SELECT secrets AS line FROM providers WHERE slug = 'third'").await.remove(0);
        let swap = format!("UPDATE providers SET secrets = '{theirs}' WHERE slug = 'second'");
        db.raw().await.execute(&swap).await.unwrap();
        let shown = owner.ask(Method::GET, "/providers/second", None).await;
        assert_eq!((shown.status, &shown.json["secrets"]), (StatusCode::OK, &json!({})), "{}", shown.json);
        let off = change(&owner, "/providers/second", "\"1\"", &json!({ "enabled": false })).await;
        assert_eq!(off.status, StatusCode::OK, "{}", off.json);
        let again = json!({ "enabled": true, "config": { "secret": APP_SECRET } });
        let mended = change(&owner, "/providers/second", "\"2\"", &again).await;
        assert_eq!(mended.status, StatusCode::OK, "{}", mended.json);
        let client = owner.ask(Method::POST, "/clients", Some(&shop(&["second"]))).await;
        assert_eq!(client.status, StatusCode::CREATED, "{}", client.json);
        assert_eq!(begin(&house).await.0, StatusCode::CREATED);
        house.close().await;
    }

    async fn sec_01_a_secret_goes_in_and_never_comes_out(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let (token, secret) = ("CanaryPushToken", "00ff00ff00ff00ff00ff00ff00ff00ff");
        let body = json!({
            "slug": "third", "kind": "wechat_service_account",
            "config": {
                "appid": "wx00000000000000b7", "secret": secret, "push_token": token, "push_mode": "plain",
                "api_base": house.sandbox.base(), "open_base": house.sandbox.base(),
            },
        });
        let made = owner.ask(Method::POST, "/providers", Some(&body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
        let read = owner.ask(Method::GET, "/providers/third", None).await;
        let listed = owner.ask(Method::GET, "/providers", None).await;
        for told in [&made, &read, &listed] {
            let text = told.json.to_string();
            assert!(!text.contains(token) && !text.contains(secret), "{text}");
        }
        let set: Vec<_> = read.json["secrets"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(set, ["push_path_secret", "push_token", "secret"]);
        assert!(!read.json["warnings"].as_array().unwrap().is_empty(), "{}", read.json);
        let dump = db.dump().await;
        assert!(dump.contains("third") && !dump.contains(token) && !dump.contains(secret));
        // What WeChat's console must hold as well is handed out, and that is written down.
        let handed = owner.ask(Method::POST, "/providers/third/shared-secrets", None).await;
        let names: Vec<_> = handed.json["values"].as_object().unwrap().keys().cloned().collect();
        assert_eq!((names, &handed.json["values"]["push_token"]), (vec!["push_token".to_owned()], &json!(token)));
        let address = handed.json["push_address"].as_str().unwrap();
        assert!(address.starts_with(&format!("{}/push/third/", house.saoma)), "{address}");
        assert!(db.dump().await.contains("provider.secrets_shown"));
        house.close().await;
    }

    async fn adm_11_settings_are_checked_as_the_schema_says(db: &Database) {
        let house = house(db).await;
        let owner = owner(&house).await;
        let refused = async |body: &Value| {
            let told = owner.ask(Method::POST, "/providers", Some(body)).await;
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.json);
            let errors = told.json["errors"].as_array().unwrap().clone();
            errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut body = mini(&house);
        body["config"] = json!({ "appid": "nonsense", "more": 1 });
        assert_eq!(refused(&body).await, ["/config/appid", "/config/more", "/config/secret"]);
        body["config"] = json!([]);
        assert_eq!(refused(&body).await, ["/config"]);
        let mut body = mini(&house);
        body["kind"] = json!("telepathy");
        assert_eq!(refused(&body).await, ["/kind"]);
        body = mini(&house);
        body["slug"] = json!("mini");
        assert_eq!(refused(&body).await, ["/slug"]);
        let file = owner.ask(Method::GET, "/providers/mini", None).await;
        let own = change(&owner, "/providers/mini", &file.etag, &json!({ "title": "Mine" })).await;
        assert_eq!((own.status, &own.json["obstacle"]), (StatusCode::CONFLICT, &json!("managed_by_file")));
        let kinds = owner.ask(Method::GET, "/provider-kinds", None).await;
        assert_eq!(kinds.json["items"].as_array().unwrap().len(), 3);
        assert_eq!(kinds.json["items"][0]["config_schema"]["properties"]["secret"]["writeOnly"], true);
        house.close().await;
    }
}
