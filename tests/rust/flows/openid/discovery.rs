//! The Config profile of the conformance suite, and the keys: the document is true, and says no in words.

use super::open;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::visitor::send;
use serde_json::json;

every_database! {
    async fn oidcc_discovery_endpoint_verification(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        let document = send(visitor.request(Method::GET, "/.well-known/openid-configuration")).await;
        assert_eq!(document.status, StatusCode::OK);
        assert_eq!(document.headers["content-type"], "application/json");
        assert_eq!(document.headers["access-control-allow-origin"], "*");
        let said = &document.json;
        assert_eq!(said["issuer"], house.saoma);
        let same = send(visitor.request(Method::GET, "/.well-known/oauth-authorization-server")).await;
        assert_eq!(&same.json, said);
        for (name, value) in said.as_object().unwrap() {
            if name.ends_with("_endpoint") || name.ends_with("_uri") {
                let address = value.as_str().unwrap();
                assert!(address.starts_with(&format!("{}/oauth2/", house.saoma)), "{name}");
                let there = send(visitor.http.get(address)).await;
                assert_ne!(there.status, StatusCode::NOT_FOUND, "{name}");
            }
        }
        // Absent would be taken for true, or for something else, by one standard or another.
        for name in ["claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration"] {
            assert_eq!(said[name], json!(false), "{name}");
        }
        assert_eq!(said["authorization_response_iss_parameter_supported"], json!(true));
        assert_eq!(said["response_types_supported"], json!(["code"]));
        assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
        for (name, value) in [
            ("id_token_signing_alg_values_supported", "RS256"),
            ("subject_types_supported", "public"),
            ("grant_types_supported", "authorization_code"),
            ("grant_types_supported", "refresh_token"),
            ("scopes_supported", "openid"),
            ("claims_supported", "sub"),
        ] {
            assert!(said[name].as_array().unwrap().contains(&json!(value)), "{name}");
        }
        let keys = send(visitor.http.get(said["jwks_uri"].as_str().unwrap())).await;
        let rs256 = keys.json["keys"].as_array().unwrap().iter().filter(|key| key["alg"] == "RS256").count();
        assert!(rs256 >= 1, "{:?}", keys.json);
        house.close().await;
    }
}
