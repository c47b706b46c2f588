//! Refresh tokens: each is good once, and a second use ends all that came of the login (RFC 9700 section 4.14).

use super::{AT_SECOND, OTHER, OWN, THIRD, open};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, REDIRECT_URI};
use saoma_tests::relying_party::{SiteBrowser, answered, location, request_with, tokens};
use saoma_tests::visitor::{Answer, Visitor, send};
use serde_json::json;

const OFFLINE: [(&str, &str); 1] = [("scope", "openid profile offline_access")];

async fn refresh(visitor: &Visitor, (id, secret): (&str, &str), token: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let request = visitor.request(Method::POST, "/oauth2/token").basic_auth(id, Some(secret));
    send(request.form(&form)).await
}

/// Logs in, consents to tokens that last, and redeems.
async fn begin(browser: &mut SiteBrowser) -> Answer {
    let page = browser.to_login_page(&request_with(&OFFLINE)).await;
    browser.confirm_at(&page, "ann").await;
    assert_eq!(location(&browser.consent(&page, "allow").await), page);
    let code = answered(&browser.get(&page).await)["code"].clone();
    tokens(&browser.visitor, &code).await.0
}

every_database! {
    async fn op_16_who_has_consented_to_tokens_that_last_is_not_asked_again(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        assert_eq!(begin(&mut browser).await.text("scope"), "openid profile offline_access");
        // What covers more covers less as well.
        for request in [request_with(&OFFLINE), request_with(&[])] {
            assert!(answered(&browser.authorize(&request).await).contains_key("code"));
        }
        house.close().await;
    }

    async fn op_06_a_refresh_token_that_comes_twice_ends_its_whole_family(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let first = begin(&mut browser).await;
        let visitor = &browser.visitor;
        let about = |token: &str| {
            let asked = visitor.request(Method::POST, "/oauth2/introspect").basic_auth(CLIENT, Some(CLIENT_SECRET));
            send(asked.form(&[("token", token.to_owned())]))
        };
        let told = about(first.text("refresh_token")).await;
        assert_eq!((&told.json["active"], told.json.get("token_type")), (&json!(true), None));
        let second = refresh(visitor, OWN, first.text("refresh_token")).await;
        assert_eq!(about(first.text("refresh_token")).await.json, json!({ "active": false }), "it was used");
        // Another website's attempt is none at all.
        assert_eq!(refresh(visitor, THIRD, second.text("refresh_token")).await.code(), "invalid_grant");
        let third = refresh(visitor, OWN, second.text("refresh_token")).await;
        assert_eq!(third.status, StatusCode::OK);
        assert_eq!(refresh(visitor, OWN, first.text("refresh_token")).await.code(), "invalid_grant");
        assert_eq!(refresh(visitor, OWN, third.text("refresh_token")).await.code(), "invalid_grant");
        for token in [&first, &second, &third] {
            let told = visitor.user_info(token.text("access_token")).await;
            assert_eq!(told.status, StatusCode::UNAUTHORIZED);
            let asked = visitor.request(Method::POST, "/oauth2/introspect").basic_auth(CLIENT, Some(CLIENT_SECRET));
            let told = send(asked.form(&[("token", token.text("access_token"))])).await;
            assert_eq!(told.json, json!({ "active": false }));
        }
        house.close().await;
    }

    async fn who_goes_on_may_ask_for_less_and_never_for_more(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let first = begin(&mut browser).await;
        let visitor = &browser.visitor;
        let refresh_for = |token: &str, scope: &'static str| {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
            send(visitor.request(Method::POST, "/oauth2/token").basic_auth(OWN.0, Some(OWN.1)).form(&form))
        };
        // What is refused spends nothing.
        for more in ["openid email", "email", "phone", "OPENID"] {
            let refused = refresh_for(first.text("refresh_token"), more).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_scope"), "{more}");
        }
        let less = refresh_for(first.text("refresh_token"), "openid phone").await;
        assert_eq!((less.status, less.text("scope")), (StatusCode::OK, "openid"));
        let told = visitor.user_info(less.text("access_token")).await;
        assert_eq!((told.json["sub"].is_string(), told.json.get("name")), (true, None));
        let asked = visitor.request(Method::POST, "/oauth2/introspect").basic_auth(OWN.0, Some(OWN.1));
        assert_eq!(send(asked.form(&[("token", less.text("access_token"))])).await.text("scope"), "openid");
        let profile = refresh_for(less.text("refresh_token"), "profile").await;
        assert_eq!((profile.text("scope"), profile.json.get("id_token")), ("profile", None));
        // The refresh token is good for all of it again.
        let whole = refresh(visitor, OWN, profile.text("refresh_token")).await;
        assert_eq!(whole.text("scope"), "openid profile offline_access");
        assert!(visitor.user_info(whole.text("access_token")).await.json["name"].is_string());
        assert_eq!(refresh_for(profile.text("refresh_token"), "openid").await.code(), "invalid_grant", "it was used");
        house.close().await;
    }

    async fn op_06_a_refresh_token_ends_when_it_is_not_used_and_with_half_a_year(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let clock = house.clock.as_ref().unwrap();
        let mut token = begin(&mut browser).await.text("refresh_token").to_owned();
        for _ in 0..6 {
            clock.advance_seconds(29 * 86_400);
            let next = refresh(&browser.visitor, OWN, &token).await;
            assert_eq!(next.status, StatusCode::OK, "{:?}", next.json);
            next.text("refresh_token").clone_into(&mut token);
        }
        clock.advance_seconds(7 * 86_400);
        assert_eq!(refresh(&browser.visitor, OWN, &token).await.code(), "invalid_grant", "181 days");
        // The consent is remembered.
        let code = SiteBrowser::new(&house).log_in(&request_with(&OFFLINE), "ann").await["code"].clone();
        let idle = tokens(&browser.visitor, &code).await.0.text("refresh_token").to_owned();
        clock.advance_seconds(30 * 86_400);
        assert_eq!(refresh(&browser.visitor, OWN, &idle).await.code(), "invalid_grant");
        house.close().await;
    }

    async fn op_11_whoever_gives_a_refresh_token_back_gives_all_of_it_back(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let first = begin(&mut browser).await;
        let give_back = |(id, secret): (&'static str, &'static str)| {
            let request = browser.visitor.request(Method::POST, "/oauth2/revoke").basic_auth(id, Some(secret));
            send(request.form(&[("token", first.text("refresh_token").to_owned())]))
        };
        assert_eq!(give_back(OTHER).await.status, StatusCode::OK);
        assert_eq!(browser.visitor.user_info(first.text("access_token")).await.status, StatusCode::OK);
        assert_eq!(give_back(OWN).await.status, StatusCode::OK);
        assert_eq!(browser.visitor.user_info(first.text("access_token")).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refresh(&browser.visitor, OWN, first.text("refresh_token")).await.code(), "invalid_grant");
        house.close().await;
    }

    async fn a_website_without_refresh_tokens_gets_none_and_none_is_asked_for(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&request_with(&[AT_SECOND[0], AT_SECOND[1], OFFLINE[0]])).await;
        browser.confirm_at(&page, "ann").await;
        let to = location(&browser.get(&page).await);
        let code = url::Url::parse(&to).unwrap().query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let form = [
            ("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", AT_SECOND[1].1),
            ("code_verifier", saoma_tests::visitor::VERIFIER),
        ];
        let request = browser.visitor.request(Method::POST, "/oauth2/token").basic_auth(OTHER.0, Some(OTHER.1));
        let reply = send(request.form(&form)).await;
        assert_eq!((reply.text("scope"), reply.json.get("refresh_token")), ("openid profile", None));
        assert_ne!(REDIRECT_URI, AT_SECOND[1].1);
        house.close().await;
    }
}
