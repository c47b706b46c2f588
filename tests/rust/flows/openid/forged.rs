//! OP-07: what id tokens are signed with, and what is never taken for signed wherever we take a JWT: an
//! `id_token_hint` in a request, in one that is sent before, and at a logout, and a client's assertion.

use super::{OWN, open};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{Algorithm as Jws, EncodingKey, Header, decode_header, encode};
use reqwest::{Method, StatusCode};
use saoma_core::signing::Algorithm;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House, Plan};
use saoma_tests::relying_party::{
    SiteBrowser, answered, ask_as, assert_only_a_page, location, request_with, tokens, usual_request,
};
use saoma_tests::signer::{Signer, assertion_claims};
use saoma_tests::visitor::{Answer, send};
use serde_json::{Value, json};

/// What somebody makes of a genuine token and the public key (a JWK) that it is checked with, by what it is.
fn forgeries(genuine: &str, public: &Value) -> Vec<(&'static str, String)> {
    let parts: Vec<_> = genuine.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("{genuine}") };
    let claims = insecure_decode::<Value>(genuine).unwrap().claims;
    let kid = public["kid"].as_str().unwrap();
    let (stranger, curve) = (Signer::stranger(), Signer::make(Algorithm::Es256));
    let by_stranger = |header: Header| stranger.sign_under(&header, &claims);
    let as_ours = |header: Header| Header { kid: Some(kid.to_owned()), ..header };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let headed = |alg: &str, kid: &str| part(&json!({ "alg": alg, "kid": kid, "typ": "JWT" }));
    let hmac = |secret: &[u8]| {
        encode(&as_ours(Header::new(Jws::HS256)), &claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let bytes = public.get("n").or(public.get("x")).and_then(Value::as_str).unwrap();
    let mut changed = claims.clone();
    changed["sub"] = json!("usr_0000000000000000000000");
    vec![
        ("alg none", format!("{}.{body}.", headed("none", kid))),
        ("alg none in other letters", format!("{}.{body}.", headed("nOnE", kid))),
        ("alg none over our signature", format!("{}.{body}.{signature}", headed("none", kid))),
        ("HS256 with the public key as it is published", hmac(public.to_string().as_bytes())),
        ("HS256 with its modulus or point as it is published", hmac(bytes.as_bytes())),
        ("HS256 with their bytes", hmac(&URL_SAFE_NO_PAD.decode(bytes).unwrap())),
        ("HS256 with nothing", hmac(b"")),
        ("another key under our kid", by_stranger(as_ours(stranger.header()))),
        ("another kind of key under our kid", curve.sign_under(&as_ours(curve.header()), &claims)),
        ("another key under its own kid", stranger.sign(&claims)),
        ("another key without a kid", by_stranger(Header { kid: None, ..stranger.header() })),
        (
            "another key that the header brings along",
            by_stranger(as_ours(Header { jwk: Some(stranger.public.clone()), ..stranger.header() })),
        ),
        (
            "another key that the header leads to",
            by_stranger(Header { jku: Some("http://localhost:9/jwks".to_owned()), ..stranger.header() }),
        ),
        ("our signature under another kid", format!("{}.{body}.{signature}", headed("RS256", "x"))),
        ("other claims over our signature", format!("{head}.{}.{signature}", part(&changed))),
        ("our signature, cut short", genuine[..genuine.len() - 8].to_owned()),
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("no token", "x".to_owned()),
    ]
}

/// Somebody who is logged in, the id token that the website was given, and all that is made of it.
async fn logged_in(house: &House) -> (SiteBrowser, String, Vec<(&'static str, String)>) {
    let mut browser = SiteBrowser::new(house);
    let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
    let (reply, _) = tokens(&browser.visitor, &code).await;
    let genuine = reply.text("id_token").to_owned();
    let kid = decode_header(&genuine).unwrap().kid.unwrap();
    let keys = send(browser.visitor.request(Method::GET, "/oauth2/jwks")).await.json;
    let public = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap();
    let forged = forgeries(&genuine, public);
    (browser, genuine, forged)
}

async fn introspect(house: &House, assertion: &str) -> Answer {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let form = [("token", "x"), ("client_assertion_type", kind), ("client_assertion", assertion)];
    send(house.visitor().request(Method::POST, "/oauth2/introspect").form(&form)).await
}

every_database! {
    async fn op_07_no_forged_hint_is_taken_in_a_request(db: &Database) {
        let house = open(db).await;
        let (mut browser, genuine, forged) = logged_in(&house).await;
        let hinted = |hint: &str| request_with(&[("prompt", "none"), ("id_token_hint", hint)]);
        for (what, hint) in &forged {
            let answer = answered(&browser.authorize(&hinted(hint)).await);
            assert_eq!(answer["error"], "invalid_request", "{what}");
            let request = hinted(hint);
            let form: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let pushed = ask_as(&browser.visitor, OWN, "/oauth2/par", &form).await;
            assert_eq!((pushed.status, pushed.code()), (StatusCode::BAD_REQUEST, "invalid_request"), "{what}");
        }
        assert!(answered(&browser.authorize(&hinted(&genuine)).await).contains_key("code"));
        house.close().await;
    }

    async fn op_07_no_forged_hint_logs_anybody_out(db: &Database) {
        let house = open(db).await;
        let (mut browser, genuine, forged) = logged_in(&house).await;
        let bye = |hint: &str| format!("/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri=http://localhost:9/bye");
        for (what, hint) in &forged {
            assert_only_a_page(&browser.get(&bye(hint)).await, what);
        }
        let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert!(silent.contains_key("code"), "nobody was logged out");
        assert_eq!(location(&browser.get(&bye(&genuine)).await), "http://localhost:9/bye");
        house.close().await;
    }

    async fn op_07_no_forged_assertion_proves_a_client(db: &Database) {
        let signers = [Algorithm::Rs256, Algorithm::Es256].map(Signer::make);
        let client_toml = format!("[client.openid]\n{}", Signer::jwks_toml(&signers.each_ref()));
        let house = House::planned(db.url(), Plan { client_toml, ..Plan::default() }).await;
        let now = saoma_core::Clock::now(&saoma::SystemClock).0 / 1000;
        for own in &signers {
            let claims = assertion_claims(CLIENT, &house.saoma, now, &own.header().kid.unwrap());
            let genuine = own.sign(&claims);
            let forged = forgeries(&genuine, &serde_json::to_value(&own.public).unwrap());
            let misnamed = own.sign_under(&Header { kid: Some("x".to_owned()), ..own.header() }, &claims);
            for (what, assertion) in forged.iter().chain([&("the client's own key by another name", misnamed)]) {
                let told = introspect(&house, assertion).await;
                assert_eq!((told.status, told.code()), (StatusCode::UNAUTHORIZED, "invalid_client"), "{what}");
            }
            assert_eq!(introspect(&house, &genuine).await.status, StatusCode::OK, "none has used it up");
        }
        house.close().await;
    }

    async fn op_07_a_website_may_choose_es256(db: &Database) {
        signed_with(db, "ES256", Jws::ES256).await;
    }

    async fn op_07_a_website_may_choose_eddsa(db: &Database) {
        signed_with(db, "EdDSA", Jws::EdDSA).await;
    }
}

/// A website's id tokens are signed with what it chose, and known again as a hint.
async fn signed_with(db: &Database, word: &str, algorithm: Jws) {
    let client_toml = format!("[client.openid]\nid_token_alg = \"{word}\"\n");
    let house = House::planned(db.url(), Plan { client_toml, ..Plan::default() }).await;
    let mut browser = SiteBrowser::new(&house);
    let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
    let (reply, claims) = tokens(&browser.visitor, &code).await;
    assert_eq!(decode_header(reply.text("id_token")).unwrap().alg, algorithm);
    let hint = [("prompt", "none"), ("id_token_hint", reply.text("id_token"))];
    let known = answered(&browser.authorize(&request_with(&hint)).await);
    assert_eq!(tokens(&browser.visitor, &known["code"]).await.1["sub"], claims["sub"]);
    house.close().await;
}
