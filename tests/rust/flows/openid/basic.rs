//! The modules of the conformance suite's Basic profile that end well, each under its name.

use super::open;
use reqwest::{Method, StatusCode};
use saoma_core::Clock as _;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan, REDIRECT_URI};
use saoma_tests::relying_party::{
    SiteBrowser, answered, location, redeem, request_with, tokens, usual_request,
};
use saoma_tests::visitor::{VERIFIER, send};
use serde_json::json;

every_database! {
    async fn oidcc_server(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let answer = browser.log_in(&usual_request(), "ann").await;
        assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("website-state", house.saoma.as_str()));
        let (reply, claims) = tokens(&browser.visitor, &answer["code"]).await;
        assert_eq!((reply.text("token_type"), reply.text("scope")), ("Bearer", "openid profile"));
        assert_eq!(reply.headers["cache-control"], "no-store");
        let now = house.clock.as_ref().unwrap().now().0 / 1000;
        let user = browser.visitor.user_info(reply.text("access_token")).await;
        assert_eq!((claims["sub"].as_str(), claims["nonce"].as_str()), (Some(user.text("sub")), Some("website-nonce")));
        assert_eq!((claims["iat"].as_i64(), claims["auth_time"].as_i64()), (Some(now), Some(now)));
        assert_eq!(claims["exp"].as_i64(), Some(now + 600));
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:saoma:acr:confirmed"), &json!(["wechat_mini_program"])));
        assert!(claims["sid"].as_str().unwrap().starts_with("uss_"));
        house.close().await;
    }

    async fn oidcc_server_client_secret_post(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let form = [
            ("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER),
            ("redirect_uri", REDIRECT_URI), ("client_id", CLIENT), ("client_secret", CLIENT_SECRET),
        ];
        let reply = send(browser.visitor.request(Method::POST, "/oauth2/token").form(&form)).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.json);
        assert!(!reply.text("id_token").is_empty());
        house.close().await;
    }

    async fn oidcc_idtoken_signature(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        let header = jsonwebtoken::decode_header(reply.text("id_token")).unwrap();
        assert_eq!(header.alg, jsonwebtoken::Algorithm::RS256);
        assert!(header.kid.is_some());
        house.close().await;
    }

    async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let answer = browser.log_in(&request_with(&[("nonce", "")]), "ann").await;
        let (_, claims) = tokens(&browser.visitor, &answer["code"]).await;
        assert_eq!(claims.get("nonce"), None);
        house.close().await;
    }

    async fn oidcc_scope_words_are_taken(db: &Database) {
        let house = open(db).await;
        for (scope, granted) in [
            ("openid profile", "openid profile"), // oidcc-scope-profile
            ("openid address", "openid"),         // oidcc-scope-address
            ("openid phone", "openid"),           // oidcc-scope-phone
            ("openid", "openid"),
        ] {
            let mut browser = SiteBrowser::new(&house);
            let answer = browser.log_in(&request_with(&[("scope", scope)]), "ann").await;
            let (reply, _) = tokens(&browser.visitor, &answer["code"]).await;
            assert_eq!(reply.text("scope"), granted, "{scope}");
            let user = browser.visitor.user_info(reply.text("access_token")).await;
            assert_eq!(user.json.get("name").is_some(), scope.contains("profile"), "{scope}");
        }
        house.close().await;
    }

    async fn oidcc_parameters_that_change_nothing_are_taken(db: &Database) {
        let house = open(db).await;
        for more in [
            ("extra", "foobar"),                       // oidcc-ensure-request-with-unknown-parameter-succeeds
            ("display", "page"),                       // oidcc-display-page
            ("display", "popup"),                      // oidcc-display-popup
            ("ui_locales", "se sv"),                   // oidcc-ui-locales
            ("claims_locales", "se"),                  // oidcc-claims-locales
            ("login_hint", "ann@saoma.example"),       // oidcc-login-hint
            ("acr_values", "1 2"),                     // oidcc-ensure-request-with-acr-values-succeeds
            ("claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}"), // oidcc-claims-essential
        ] {
            let mut browser = SiteBrowser::new(&house);
            let answer = browser.log_in(&request_with(&[more]), "ann").await;
            assert_eq!(redeem(&browser.visitor, &answer["code"], &[]).await.status, StatusCode::OK, "{more:?}");
        }
        house.close().await;
    }

    async fn oidcc_ensure_post_request_succeeds(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let request = usual_request();
        let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // Browsers send no cookies of ours with another site's form, so it goes on by a GET.
        let again = location(&browser.post("/oauth2/authorize", &fields).await);
        let page = location(&browser.get(&again).await);
        browser.confirm_at(&page, "ann").await;
        let answer = answered(&browser.get(&page).await);
        tokens(&browser.visitor, &answer["code"]).await;
        house.close().await;
    }

    async fn oidcc_codereuse(db: &Database) {
        let house = open(db).await;
        for seconds in [0, 30] { // oidcc-codereuse, oidcc-codereuse-30seconds
            let mut browser = SiteBrowser::new(&house);
            let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
            let (reply, _) = tokens(&browser.visitor, &code).await;
            house.clock.as_ref().unwrap().advance_seconds(seconds);
            let again = redeem(&browser.visitor, &code, &[]).await;
            assert_eq!((again.status, again.code()), (StatusCode::BAD_REQUEST, "invalid_grant"));
            let user = browser.visitor.user_info(reply.text("access_token")).await;
            assert_eq!(user.status, StatusCode::UNAUTHORIZED, "what the code gave is gone");
        }
        house.close().await;
    }

    async fn oidcc_userinfo_get_post_header_and_post_body(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, claims) = tokens(&browser.visitor, &code).await;
        let token = reply.text("access_token");
        let post = || browser.visitor.request(Method::POST, "/oauth2/userinfo");
        let by_get = browser.visitor.user_info(token).await;
        for (way, asked) in [
            ("oidcc-userinfo-post-header", post().bearer_auth(token)),
            ("oidcc-userinfo-post-body", post().form(&[("access_token", token)])),
        ] {
            let told = send(asked).await;
            assert_eq!((told.status, &told.json), (StatusCode::OK, &by_get.json), "{way}");
        }
        assert_eq!(by_get.json["sub"], claims["sub"]);
        let both = send(post().bearer_auth(token).form(&[("access_token", token)])).await;
        assert_eq!(both.code(), "invalid_request");
        assert_eq!(send(post()).await.code(), "invalid_token");
        house.close().await;
    }

    async fn op_07_a_website_may_choose_es256(db: &Database) {
        signed_with(db, "ES256", jsonwebtoken::Algorithm::ES256).await;
    }

    async fn op_07_a_website_may_choose_eddsa(db: &Database) {
        signed_with(db, "EdDSA", jsonwebtoken::Algorithm::EdDSA).await;
    }
}

/// A website's id tokens are signed with what it chose, and known again as a hint.
async fn signed_with(db: &Database, word: &str, algorithm: jsonwebtoken::Algorithm) {
    let client_toml = format!("[client.openid]\nid_token_alg = \"{word}\"\n");
    let house = House::planned(db.url(), Plan { client_toml, ..Plan::default() }).await;
    let mut browser = SiteBrowser::new(&house);
    let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
    let (reply, claims) = tokens(&browser.visitor, &code).await;
    assert_eq!(jsonwebtoken::decode_header(reply.text("id_token")).unwrap().alg, algorithm);
    let hint = [("prompt", "none"), ("id_token_hint", reply.text("id_token"))];
    let known = answered(&browser.authorize(&request_with(&hint)).await);
    assert_eq!(tokens(&browser.visitor, &known["code"]).await.1["sub"], claims["sub"]);
    house.close().await;
}
