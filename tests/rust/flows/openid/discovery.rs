//! The Config plan of the conformance suite, and OP-05: the document is the same at both addresses, complete, and
//! says no in words. That each word of it is true is in `listed.rs`.

use super::open;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{SiteBrowser, answered, location, request_with, tokens};
use saoma_tests::visitor::{Visitor, send};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Members that another test in this file or in `listed.rs` holds against behaviour.
const LISTED: [&str; 18] = [
    "acr_values_supported",
    "claim_types_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "prompt_values_supported",
    "response_modes_supported",
    "response_types_supported",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "scopes_supported",
    "subject_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "ui_locales_supported",
];

/// Where each member leads, and how it is asked.
const ADDRESSES: [(&str, &str, Method); 9] = [
    ("authorization_endpoint", "authorize", Method::GET),
    ("token_endpoint", "token", Method::POST),
    ("userinfo_endpoint", "userinfo", Method::GET),
    ("jwks_uri", "jwks", Method::GET),
    ("end_session_endpoint", "logout", Method::GET),
    ("pushed_authorization_request_endpoint", "par", Method::POST),
    ("revocation_endpoint", "revoke", Method::POST),
    ("introspection_endpoint", "introspect", Method::POST),
    ("device_authorization_endpoint", "device_authorization", Method::POST),
];

/// Absent would be taken for another value by one standard or another.
const FLAGS: [(&str, bool); 10] = [
    ("authorization_response_iss_parameter_supported", true),
    ("backchannel_logout_supported", true),
    ("backchannel_logout_session_supported", true),
    ("frontchannel_logout_supported", false),
    ("frontchannel_logout_session_supported", false),
    ("claims_parameter_supported", false),
    ("request_parameter_supported", false),
    ("request_uri_parameter_supported", false),
    ("require_request_uri_registration", false),
    ("require_pushed_authorization_requests", false),
];

pub(super) async fn document(visitor: &Visitor) -> Value {
    send(visitor.request(Method::GET, "/.well-known/openid-configuration")).await.json
}

every_database! {
    async fn oidcc_discovery_endpoint_verification(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        let document = send(visitor.request(Method::GET, "/.well-known/openid-configuration")).await;
        assert_eq!(document.status, StatusCode::OK);
        assert_eq!(document.headers["content-type"], "application/json");
        assert_eq!(document.headers["access-control-allow-origin"], "*");
        assert_eq!(document.headers["cache-control"], "public, max-age=3600");
        let said = &document.json;
        assert_eq!(said["issuer"], house.saoma);
        for (name, value) in said.as_object().unwrap() {
            // Under https, https: all of them begin with the issuer.
            if name.ends_with("_endpoint") || name.ends_with("_uri") {
                assert!(value.as_str().unwrap().starts_with(&format!("{}/", house.saoma)), "{name}");
            }
        }
        for (name, value) in [
            ("response_types_supported", "code"),
            ("subject_types_supported", "public"),
            ("id_token_signing_alg_values_supported", "RS256"),
            ("grant_types_supported", "authorization_code"),
            ("scopes_supported", "openid"),
            ("claims_supported", "sub"),
            ("code_challenge_methods_supported", "S256"),
            ("ui_locales_supported", "zh-CN"),
        ] {
            assert!(said[name].as_array().unwrap().contains(&json!(value)), "{name}");
        }
        let keys = send(visitor.http.get(said["jwks_uri"].as_str().unwrap())).await.json;
        let keys = keys["keys"].as_array().unwrap();
        let kids: BTreeSet<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!(kids.len(), keys.len());
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(keys.iter().all(|key| key.get(private).is_none()), "{private}");
        }
        assert!(keys.iter().any(|key| key["alg"] == "RS256"));
        house.close().await;
    }

    async fn op_05_the_document_is_the_same_at_both_addresses_and_has_no_member_that_no_test_compares(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        let said = document(&visitor).await;
        let same = send(visitor.request(Method::GET, "/.well-known/oauth-authorization-server")).await;
        assert_eq!((same.status, &same.json), (StatusCode::OK, &said));
        let names: BTreeSet<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
        let addresses = ADDRESSES.iter().map(|(name, ..)| *name);
        let flags = FLAGS.iter().map(|(name, _)| *name);
        let known: BTreeSet<_> = LISTED.into_iter().chain(addresses).chain(flags).chain(["issuer"]).collect();
        assert_eq!(names, known);
        house.close().await;
    }

    async fn op_05_each_address_is_there_and_none_that_is_not_told(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        let said = document(&visitor).await;
        for (name, path, method) in ADDRESSES {
            assert_eq!(said[name], format!("{}/oauth2/{path}", house.saoma), "{name}");
            let answer = send(visitor.http.request(method, said[name].as_str().unwrap())).await;
            assert!(!matches!(answer.status.as_u16(), 404 | 405 | 500..), "{name}: {}", answer.status);
        }
        for path in ["register", "check_session", "session", "bc-authorize", "nothing"] {
            let answer = send(visitor.request(Method::GET, &format!("/oauth2/{path}"))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        house.close().await;
    }

    /// What is refused by name is said to be refused; `iss` in answers is T19's, back-channel logout OP-13's.
    async fn op_05_its_flags_are_in_words_and_true(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let said = document(&browser.visitor).await;
        for (name, value) in FLAGS {
            assert_eq!(said[name], json!(value), "{name}");
        }
        for (parameter, value, error) in [
            ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
            ("request_uri", "https://client.example/request", "request_uri_not_supported"),
        ] {
            assert_eq!(answered(&browser.authorize(&request_with(&[(parameter, value)])).await)["error"], error);
        }
        let claims = r#"{"id_token":{"name":{"essential":true}}}"#;
        let code = browser.log_in(&request_with(&[("claims", claims)]), "ann").await["code"].clone();
        let (reply, told) = tokens(&browser.visitor, &code).await;
        assert!(told.get("name").is_none(), "{told}");
        // No page of ours calls websites in frames when somebody logs out.
        let bye = browser.get(&format!("/oauth2/logout?id_token_hint={}", reply.text("id_token"))).await;
        assert!(!String::from_utf8_lossy(&bye.bytes).contains("<iframe"));
        // And a request need not be sent before.
        assert!(location(&browser.authorize(&request_with(&[])).await).starts_with("/login/"));
        house.close().await;
    }
}
