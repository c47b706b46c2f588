//! OP-05: what discovery lists is what we take, and what it does not list is refused. Its addresses and flags are
//! in `discovery.rs`; each way to sign an id token is in `forged.rs`.

use super::discovery::document;
use super::{AT_SECOND, OTHER};
use jsonwebtoken::{Algorithm as Jws, EncodingKey, Header, encode};
use reqwest::{Method, StatusCode};
use saoma_core::Clock as _;
use saoma_core::signing::Algorithm;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan};
use saoma_tests::relying_party::{
    SiteBrowser, answered, ask_as, html, location, redeem_as, request_with, signed_for, tokens,
};
use saoma_tests::signer::{Signer, assertion_claims};
use saoma_tests::visitor::{Answer, send};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use url::Url;

/// A website that may have everything, a second one whose ids are its own, and an app that has no secret.
async fn open(db: &Database, keys: &[&Signer]) -> House {
    let client_toml = format!(
        "[client.openid]\nrefresh_tokens = true\nstand_in_email = true\ndevice_grant = true\n{}\
         [[client]]\nclient_id = \"second\"\nname = \"Second Tea\"\ntype = \"confidential\"\n\
         secrets = [\"another-client-secret-of-more-than-32-chars\"]\n\
         redirect_uris = [\"http://localhost:9/second\"]\nproviders = [\"mini\"]\n\
         [client.openid]\nsubject_type = \"pairwise\"\n\
         [[client]]\nclient_id = \"app\"\nname = \"App\"\ntype = \"public\"\n\
         redirect_uris = [\"http://localhost:9/app\"]\nproviders = [\"mini\"]\n",
        if keys.is_empty() { String::new() } else { Signer::jwks_toml(keys) }
    );
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}

/// A list of the document.
fn listed(document: &Value, member: &str) -> Vec<String> {
    serde_json::from_value(document[member].clone()).unwrap_or_else(|_| panic!("{member}: {document}"))
}

/// What a client says of itself by this method, with this assertion where the method has one.
fn proof<'a>(method: &str, assertion: &'a str) -> Vec<(&'static str, &'a str)> {
    match method {
        "client_secret_post" => vec![("client_id", CLIENT), ("client_secret", CLIENT_SECRET)],
        "private_key_jwt" | "client_secret_jwt" => vec![
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ],
        "none" => vec![("client_id", "app")],
        _ => Vec::new(),
    }
}

/// Whether the endpoint recognised the client that asked by this method.
async fn is_recognised(house: &House, path: &str, method: &str, assertion: &str) -> bool {
    let asked = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];
    let form: Vec<_> = asked.into_iter().chain(proof(method, assertion)).collect();
    let request = house.visitor().request(Method::POST, path).form(&form);
    let request = match method {
        "client_secret_basic" => request.basic_auth(CLIENT, Some(CLIENT_SECRET)),
        _ => request,
    };
    let answer: Answer = send(request).await;
    match (answer.status, answer.code()) {
        (StatusCode::OK, _) | (StatusCode::BAD_REQUEST, "invalid_grant" | "unauthorized_client") => true,
        (StatusCode::UNAUTHORIZED, "invalid_client") => false,
        (status, code) => panic!("{path} {method}: {status} {code}"),
    }
}

every_database! {
    async fn op_05_what_a_request_may_say_is_listed_and_nothing_else_is_taken(db: &Database) {
        let house = open(db, &[]).await;
        let mut browser = SiteBrowser::new(&house);
        let said = document(&browser.visitor).await;
        for (member, parameter, others, error) in [
            ("response_types_supported", "response_type", vec!["token", "id_token", "code id_token", "code token", "none"], "unsupported_response_type"),
            ("response_modes_supported", "response_mode", vec!["fragment", "jwt", "query.jwt", "web_message"], "invalid_request"),
            ("prompt_values_supported", "prompt", vec!["create", "None"], "invalid_request"),
            ("code_challenge_methods_supported", "code_challenge_method", vec!["plain", "s256", "S512"], "invalid_request"),
        ] {
            for value in listed(&said, member) {
                let answer = browser.authorize(&request_with(&[(parameter, &value)])).await;
                let is_taken = match value.as_str() {
                    "none" => answered(&answer)["error"] == "login_required",
                    _ => location(&answer).starts_with("/login/azr_"),
                };
                assert!(is_taken, "{parameter}={value}");
            }
            for value in others {
                let answer = answered(&browser.authorize(&request_with(&[(parameter, value)])).await);
                assert_eq!(answer["error"], error, "{parameter}={value}");
            }
        }
        for value in listed(&said, "ui_locales_supported") {
            let page = browser.to_login_page(&request_with(&[("ui_locales", &value)])).await;
            assert!(html(&browser.get(&page).await).contains(&format!("<html lang=\"{value}\">")));
        }
        house.close().await;
    }

    async fn op_05_every_scope_can_be_had_and_every_claim_is_told(db: &Database) {
        let house = open(db, &[]).await;
        let mut browser = SiteBrowser::new(&house);
        let said = document(&browser.visitor).await;
        let scopes = listed(&said, "scopes_supported").join(" ");
        let page = browser.to_login_page(&request_with(&[("scope", &scopes)])).await;
        browser.confirm_at(&page, "ann").await;
        browser.consent(&page, "allow").await;
        let code = answered(&browser.get(&page).await)["code"].clone();
        let (reply, claims) = tokens(&browser.visitor, &code).await;
        assert_eq!(reply.text("scope"), scopes);
        let user = browser.visitor.user_info(reply.text("access_token")).await.json;
        let names = |told: &Value| told.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let told = &names(&claims) | &names(&user);
        let listed: BTreeSet<_> = listed(&said, "claims_supported").into_iter().collect();
        assert_eq!(told, listed);
        // Each stands in its place: nothing is left to be fetched elsewhere.
        assert_eq!(said["claim_types_supported"], json!(["normal"]));
        house.close().await;
    }

    async fn op_05_every_level_can_be_asked_for(db: &Database) {
        let house = open(db, &[]).await;
        let mut browser = SiteBrowser::new(&house);
        let said = document(&browser.visitor).await;
        for acr in listed(&said, "acr_values_supported") {
            let page = browser.to_login_page(&request_with(&[("acr_values", &acr)])).await;
            assert_eq!(browser.start(&page, "mini").await.status, StatusCode::CREATED, "{acr}");
        }
        let code = browser.log_in(&request_with(&[]), "ann").await["code"].clone();
        let (_, claims) = tokens(&browser.visitor, &code).await;
        assert!(listed(&said, "acr_values_supported").contains(&claims["acr"].as_str().unwrap().to_owned()));
        house.close().await;
    }

    async fn op_05_both_kinds_of_ids_are_given(db: &Database) {
        let house = open(db, &[]).await;
        let mut browser = SiteBrowser::new(&house);
        assert_eq!(document(&browser.visitor).await["subject_types_supported"], json!(["public", "pairwise"]));
        let code = browser.log_in(&request_with(&[]), "ann").await["code"].clone();
        let (_, public) = tokens(&browser.visitor, &code).await;
        let page = browser.to_login_page(&request_with(&AT_SECOND)).await;
        browser.consent(&page, "allow").await;
        let to = Url::parse(&location(&browser.get(&page).await)).unwrap();
        let code = to.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let reply = redeem_as(&browser.visitor, OTHER, &code, &AT_SECOND[1..]).await;
        let pairwise = signed_for(&browser.visitor, reply.text("id_token"), "second").await;
        assert!(public["sub"].as_str().unwrap().starts_with("usr_"));
        assert!(!pairwise["sub"].as_str().unwrap().starts_with("usr_"));
        house.close().await;
    }

    async fn op_05_only_listed_grants_are_taken_at_the_token_endpoint(db: &Database) {
        let house = open(db, &[]).await;
        let visitor = house.visitor();
        let said = document(&visitor).await;
        let error = async |grant: &str| {
            let form = [("grant_type", grant), ("username", "ann"), ("password", "x"), ("assertion", "x")];
            let answer = ask_as(&visitor, (CLIENT, CLIENT_SECRET), "/oauth2/token", &form).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            answer.code().to_owned()
        };
        for grant in listed(&said, "grant_types_supported") {
            assert_eq!(error(&grant).await, "invalid_request", "{grant}: what it needs is missing");
        }
        for grant in [
            "password", "client_credentials", "implicit", "Authorization_Code", "urn:openid:params:grant-type:ciba",
            "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange",
        ] {
            assert_eq!(error(grant).await, "unsupported_grant_type", "{grant}");
        }
        house.close().await;
    }

    async fn op_05_only_listed_proofs_of_a_client_are_taken(db: &Database) {
        let keys = Algorithm::ALL.map(|algorithm| (algorithm, Signer::make(algorithm)));
        let house = open(db, &keys.each_ref().map(|(_, key)| key)).await;
        let said = document(&house.visitor()).await;
        let now = house.clock.as_ref().unwrap().now().0 / 1000;
        let claims = |jti: &str| assertion_claims(CLIENT, &house.saoma, now, jti);
        for (endpoint, path) in [("token", "/oauth2/token"), ("revocation", "/oauth2/revoke"), ("introspection", "/oauth2/introspect")] {
            let methods = listed(&said, &format!("{endpoint}_endpoint_auth_methods_supported"));
            let signed = keys[0].1.sign(&claims(endpoint));
            for method in ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] {
                let is_listed = methods.iter().any(|listed| listed == method);
                assert_eq!(is_recognised(&house, path, method, &signed).await, is_listed, "{endpoint} {method}");
            }
            let by_secret = EncodingKey::from_secret(CLIENT_SECRET.as_bytes());
            let by_secret = encode(&Header::new(Jws::HS256), &claims("secret"), &by_secret).unwrap();
            assert!(!methods.contains(&"client_secret_jwt".to_owned()));
            assert!(!is_recognised(&house, path, "client_secret_jwt", &by_secret).await, "{endpoint}");
            let algorithms = listed(&said, &format!("{endpoint}_endpoint_auth_signing_alg_values_supported"));
            assert_eq!(algorithms, keys.each_ref().map(|(algorithm, _)| algorithm.as_str()));
            for (algorithm, key) in &keys {
                let signed = key.sign(&claims(&format!("{endpoint} {}", algorithm.as_str())));
                assert!(is_recognised(&house, path, "private_key_jwt", &signed).await, "{endpoint} {algorithm:?}");
            }
        }
        house.close().await;
    }

    async fn op_05_there_is_a_published_key_for_every_algorithm_and_for_no_other(db: &Database) {
        let house = open(db, &[]).await;
        let said = document(&house.visitor()).await;
        let keys = send(house.visitor().request(Method::GET, "/oauth2/jwks")).await.json;
        let published: BTreeSet<_> = keys["keys"].as_array().unwrap().iter().map(|key| key["alg"].clone()).map(|alg| alg.as_str().unwrap().to_owned()).collect();
        let listed: BTreeSet<_> = listed(&said, "id_token_signing_alg_values_supported").into_iter().collect();
        assert_eq!(published, listed);
        house.close().await;
    }
}
