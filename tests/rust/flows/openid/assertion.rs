//! Back ends that prove themselves by a signed assertion, `private_key_jwt`: what is taken, once, and what is not.
//! Signatures that are none are in `forged.rs`.

use reqwest::{Method, StatusCode};
use saoma_core::Clock as _;
use saoma_core::signing::Algorithm;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan, REDIRECT_URI};
use saoma_tests::relying_party::{SiteBrowser, usual_request};
use saoma_tests::signer::{Signer, assertion_claims};
use saoma_tests::visitor::{Answer, VERIFIER, send};
use serde_json::{Value, json};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A house whose website has this public key beside its secret.
async fn open(db: &Database, key: &Signer) -> House {
    let client_toml = format!("[client.openid]\n{}", Signer::jwks_toml(&[key]));
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}

fn claims(house: &House, jti: &str) -> Value {
    assertion_claims(CLIENT, &house.saoma, house.clock.as_ref().unwrap().now().0 / 1000, jti)
}

async fn introspect(house: &House, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let form = [("token", "x"), ("client_assertion_type", TYPE), ("client_assertion", assertion)];
    let form: Vec<_> = form.into_iter().chain(more.iter().copied()).collect();
    send(house.visitor().request(Method::POST, "/oauth2/introspect").form(&form)).await
}

every_database! {
    async fn op_10_an_assertion_is_as_good_as_a_secret_once(db: &Database) {
        let key = Signer::make(Algorithm::Es256);
        let house = open(db, &key).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let assertion = key.sign(&claims(&house, "one"));
        let form = [
            ("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER),
            ("redirect_uri", REDIRECT_URI), ("client_assertion_type", TYPE), ("client_assertion", &assertion),
        ];
        let reply = send(browser.visitor.request(Method::POST, "/oauth2/token").form(&form)).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.json);
        let again = introspect(&house, &assertion, &[]).await;
        assert_eq!((again.status, again.code()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        assert!(again.text("error_description").contains("used before"));
        let next = key.sign(&claims(&house, "two"));
        let told = introspect(&house, &next, &[("client_id", CLIENT)]).await;
        assert_eq!((told.status, &told.json), (StatusCode::OK, &json!({ "active": false })));
        // Still remembered when it could still be used, gone when it could not.
        house.clock.as_ref().unwrap().advance_seconds(59);
        assert_eq!(introspect(&house, &next, &[]).await.code(), "invalid_client");
        house.close().await;
    }

    async fn op_10_an_assertion_for_somebody_else_or_of_somebody_else_proves_nothing(db: &Database) {
        let own = Signer::make(Algorithm::Es256);
        let house = open(db, &own).await;
        let usual = claims(&house, "usual");
        let now = usual["iat"].as_i64().unwrap();
        let with = |name: &str, value: Value| {
            let mut changed = usual.clone();
            changed[name] = value;
            own.sign(&changed)
        };
        let without = |name: &str| {
            let mut changed = usual.clone();
            changed.as_object_mut().unwrap().remove(name);
            own.sign(&changed)
        };
        // Each with a word of the sentence that its developer reads.
        for (what, word, assertion) in [
            ("another audience", "aud", with("aud", json!("https://elsewhere.test"))),
            ("a list of audiences", "aud", with("aud", json!([house.saoma, "https://elsewhere.test"]))),
            ("a list of ours alone", "aud", with("aud", json!([house.saoma]))),
            ("the token endpoint", "aud", with("aud", json!(format!("{}/oauth2/token", house.saoma)))),
            ("another subject", "iss and sub", with("sub", json!("second"))),
            ("an unknown client", "unknown", with("iss", json!("nobody"))),
            ("too old", "is over", with("exp", json!(now - 31))),
            ("good for too long", "an hour away", with("exp", json!(now + 3631))),
            ("not yet", "not yet good", with("nbf", json!(now + 60))),
            ("no end", "exp", without("exp")),
            ("no id", "jti", without("jti")),
            ("an empty id", "1 to 255", with("jti", json!(""))),
            ("no token at all", "no JWS", "x".to_owned()),
            ("another's signature", "registered key", Signer::make(Algorithm::Es256).sign(&usual)),
        ] {
            let told = introspect(&house, &assertion, &[]).await;
            assert_eq!((told.status, told.code()), (StatusCode::UNAUTHORIZED, "invalid_client"), "{what}");
            assert!(told.text("error_description").contains(word), "{what}: {}", told.text("error_description"));
        }
        assert_eq!(introspect(&house, &own.sign(&usual), &[]).await.status, StatusCode::OK, "none was spent");
        house.close().await;
    }

    async fn op_10_only_one_way_of_proof_at_a_time(db: &Database) {
        let own = Signer::make(Algorithm::Es256);
        let house = open(db, &own).await;
        let assertion = own.sign(&claims(&house, "one"));
        let two = introspect(&house, &assertion, &[("client_secret", CLIENT_SECRET)]).await;
        assert_eq!((two.status, two.code()), (StatusCode::BAD_REQUEST, "invalid_request"));
        let form = [("token", "x"), ("client_assertion_type", TYPE), ("client_assertion", &assertion)];
        let request = house.visitor().request(Method::POST, "/oauth2/introspect").basic_auth(CLIENT, Some(CLIENT_SECRET));
        assert_eq!(send(request.form(&form)).await.code(), "invalid_request");
        assert_eq!(introspect(&house, &assertion, &[("client_id", "second")]).await.code(), "invalid_request");
        let form = [("token", "x"), ("client_assertion_type", "x"), ("client_assertion", &assertion)];
        assert_eq!(send(house.visitor().request(Method::POST, "/oauth2/introspect").form(&form)).await.code(), "invalid_request");
        assert_eq!(introspect(&house, &assertion, &[]).await.status, StatusCode::OK, "none was spent");
        house.close().await;
    }
}
