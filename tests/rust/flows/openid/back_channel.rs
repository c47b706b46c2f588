//! Back ends are told of logouts: the modules of the conformance suite's Back-channel logout profile under their
//! names, and what happens when nobody listens.

use super::super::admins::api_callers::enrolled;
use super::AT_SECOND;
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{answer, bootstrap};
use saoma_tests::back_end::BackEnd;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House, Plan};
use saoma_tests::relying_party::{
    SiteBrowser, answered, assert_only_a_page, checked, location, request_with, signed_for, tokens,
    usual_request,
};
use saoma_tests::visitor::{VERIFIER, send};
use saoma_tests::wait::eventually;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// A house whose website is told at this back end; a second website's back end is told as well.
async fn open(db: &Database, back_end: &BackEnd) -> House {
    let base = &back_end.base;
    let client_toml = format!(
        "[client.openid]\nbackchannel_logout_uri = \"{base}/told\"\n\
         post_logout_redirect_uris = [\"http://localhost:9/bye\"]\n\
         [[client]]\nclient_id = \"second\"\nname = \"Second Tea\"\ntype = \"confidential\"\n\
         secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/second\"]\n\
         providers = [\"mini\"]\n[client.openid]\nsubject_type = \"pairwise\"\nbackchannel_logout_uri = \"{base}/told\"\n"
    );
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}

/// Somebody who is logged in at the website, and what it was told of them.
async fn logged_in(house: &House) -> (SiteBrowser, String, Value) {
    let mut browser = SiteBrowser::new(house);
    let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
    let (reply, claims) = tokens(&browser.visitor, &code).await;
    (browser, reply.text("id_token").to_owned(), claims)
}

async fn log_out(browser: &mut SiteBrowser, hint: &str) {
    let address =
        format!("/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri=http://localhost:9/bye");
    assert_eq!(location(&browser.get(&address).await), "http://localhost:9/bye");
}

every_database! {
    async fn oidcc_backchannel_logout_discovery_endpoint_verification(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let told = send(house.visitor().request(Method::GET, "/.well-known/openid-configuration")).await.json;
        assert_eq!(told["backchannel_logout_supported"], true);
        assert_eq!(told["backchannel_logout_session_supported"], true);
        house.close().await;
    }

    /// OP-13.
    async fn oidcc_backchannel_rp_initiated_logout(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let (mut browser, hint, id_token) = logged_in(&house).await;
        let query = format!("id_token_hint={hint}&post_logout_redirect_uri=http://localhost:9/bye&state=bye-state");
        let left = browser.get(&format!("/oauth2/logout?{query}")).await;
        assert_eq!(location(&left), "http://localhost:9/bye?state=bye-state");
        house.clock.as_ref().unwrap().advance_seconds(1);
        let form = back_end.call(0).await;
        assert_eq!(form.keys().collect::<Vec<_>>(), ["logout_token"]);
        let token = &form["logout_token"];
        assert_eq!(jsonwebtoken::decode_header(token).unwrap().typ.as_deref(), Some("logout+jwt"));
        let claims = signed_for(&browser.visitor, token, CLIENT).await;
        for same in ["iss", "sub", "aud", "sid"] {
            assert_eq!(claims[same], id_token[same], "{same}");
        }
        assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|at| at + 120));
        assert!(claims["jti"].as_str().unwrap().len() >= 22);
        assert!(claims.get("nonce").is_none());
        assert_eq!(jsonwebtoken::decode_header(token).unwrap().alg, jsonwebtoken::Algorithm::RS256);
        let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!(silent["error"], "login_required");
        // Told once.
        house.clock.as_ref().unwrap().advance_seconds(60);
        assert_eq!(back_end.calls(), 1);
        house.close().await;
    }

    /// OP-07: it is signed with the same key and names the same person, and is still no id token.
    async fn a_logout_token_is_no_hint(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let (mut browser, hint, _) = logged_in(&house).await;
        log_out(&mut browser, &hint).await;
        house.clock.as_ref().unwrap().advance_seconds(1);
        let token = back_end.call(0).await["logout_token"].clone();
        browser.log_in(&usual_request(), "ann").await;
        let silent = |hint: &str| request_with(&[("prompt", "none"), ("id_token_hint", hint)]);
        let hinted = answered(&browser.authorize(&silent(&token)).await);
        assert_eq!(hinted["error"], "invalid_request");
        assert_only_a_page(&browser.get(&format!("/oauth2/logout?id_token_hint={token}")).await, "logout");
        assert!(answered(&browser.authorize(&silent(&hint)).await).contains_key("code"), "an old id token is one");
        house.close().await;
    }

    async fn op_13_every_website_of_the_session_is_told_and_called_by_its_own_names(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let (mut browser, hint, first) = logged_in(&house).await;
        let page = browser.to_login_page(&request_with(&AT_SECOND)).await;
        assert_eq!(location(&browser.consent(&page, "allow").await), page);
        let answer = Url::parse(&location(&browser.get(&page).await)).unwrap();
        let code = answer.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let form = [
            ("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", "http://localhost:9/second"),
            ("code_verifier", VERIFIER),
        ];
        let request = browser.visitor.request(Method::POST, "/oauth2/token");
        let request = request.basic_auth("second", Some("another-client-secret-of-more-than-32-chars"));
        let reply = send(request.form(&form)).await;
        let second = signed_for(&browser.visitor, reply.text("id_token"), "second").await;
        // The tokens are long gone; that somebody was logged in there is not forgotten.
        house.clock.as_ref().unwrap().advance_seconds(7200);
        house.clock.as_ref().unwrap().advance_seconds(31);
        log_out(&mut browser, &hint).await;
        house.clock.as_ref().unwrap().advance_seconds(1);
        let mut subs = BTreeMap::new();
        for number in [0, 1] {
            let token = &back_end.call(number).await["logout_token"];
            let client = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims["aud"].clone();
            let claims = signed_for(&browser.visitor, token, client.as_str().unwrap()).await;
            let given = if client == CLIENT { &first } else { &second };
            assert_eq!(claims["sid"], given["sid"]);
            subs.insert(client.as_str().unwrap().to_owned(), claims["sub"].clone());
        }
        assert_eq!((&subs["second"], &subs[CLIENT]), (&second["sub"], &first["sub"]));
        assert_ne!(first["sub"], second["sub"]);
        house.close().await;
    }

    async fn op_13_a_back_end_that_does_not_listen_is_tried_again_and_then_given_up(db: &Database) {
        let back_end = BackEnd::start().await;
        back_end.answers(StatusCode::BAD_REQUEST);
        let house = open(db, &back_end).await;
        let (mut browser, hint, _) = logged_in(&house).await;
        log_out(&mut browser, &hint).await;
        let clock = house.clock.as_ref().unwrap();
        let mut ids = BTreeSet::new();
        for (number, pause) in [1, 10, 30, 120, 600, 1800].into_iter().enumerate() {
            clock.advance_seconds(pause);
            let token = back_end.call(number).await["logout_token"].clone();
            let claims = signed_for(&browser.visitor, &token, CLIENT).await;
            ids.insert(claims["jti"].as_str().unwrap().to_owned());
        }
        assert_eq!(ids.len(), 6, "each attempt is a token of its own");
        let told = "SELECT target || ' ' || detail AS line FROM audit_events WHERE action = 'logout.not_told'";
        let told = eventually("the audit tells", || async { db.lines(told).await.pop() }).await;
        assert_eq!(told, format!("{CLIENT} refused"));
        clock.advance_seconds(7200);
        assert_eq!(back_end.calls(), 6);
        house.close().await;
    }

    async fn op_13_a_notice_survives_a_kill(db: &Database) {
        let back_end = BackEnd::start().await;
        let mut house = open(db, &back_end).await;
        let (mut browser, hint, _) = logged_in(&house).await;
        log_out(&mut browser, &hint).await;
        house.restart().await;
        house.clock.as_ref().unwrap().advance_seconds(1);
        let token = back_end.call(0).await["logout_token"].clone();
        signed_for(&browser.visitor, &token, CLIENT).await;
        house.close().await;
    }

    async fn whoever_is_switched_off_is_logged_out_at_websites(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let (browser, _, id_token) = logged_in(&house).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "owner").await;
        let path = format!("/users/{}", id_token["sub"].as_str().unwrap());
        let etag = owner.ask(Method::GET, &path, None).await.etag;
        let off = owner.browser.call(Method::PATCH, &path, &owner.csrf).header(header::IF_MATCH, etag);
        assert!(answer(off.json(&json!({ "disabled": true }))).await.status.is_success());
        house.clock.as_ref().unwrap().advance_seconds(1);
        let token = back_end.call(0).await["logout_token"].clone();
        let claims = checked(&browser.visitor, &token).await;
        assert_eq!(claims["sub"], id_token["sub"]);
        house.close().await;
    }
}
