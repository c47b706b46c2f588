//! The browser's session: a second website needs no second scan, unless it asks for one.

use super::{AT_SECOND, open};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{SiteBrowser, answered, location, request_with, tokens, usual_request};

every_database! {
    async fn oidcc_prompt_none_not_logged_in(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let answer = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("login_required", "website-state"));
        assert_eq!(answer["iss"], house.saoma);
        house.close().await;
    }

    async fn oidcc_prompt_none_logged_in(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let first = browser.log_in(&usual_request(), "ann").await;
        let (_, first) = tokens(&browser.visitor, &first["code"]).await;
        house.clock.as_ref().unwrap().advance_seconds(100);
        let answer = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        let (_, second) = tokens(&browser.visitor, &answer["code"]).await;
        for same in ["sub", "auth_time", "sid", "acr", "amr"] {
            assert_eq!(first[same], second[same], "{same}");
        }
        assert_ne!(first["iat"], second["iat"]);
        house.close().await;
    }

    async fn oidcc_prompt_login(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let first = browser.log_in(&usual_request(), "ann").await;
        let (_, first) = tokens(&browser.visitor, &first["code"]).await;
        let before = browser.cookies.clone();
        house.clock.as_ref().unwrap().advance_seconds(2);
        let again = browser.log_in(&request_with(&[("prompt", "login")]), "ann").await;
        let (_, again) = tokens(&browser.visitor, &again["code"]).await;
        assert_eq!((&again["sub"], &again["sid"]), (&first["sub"], &first["sid"]));
        assert_eq!(again["auth_time"].as_i64(), first["auth_time"].as_i64().map(|at| at + 2));
        // T11: what the browser held before is dead.
        let session = before.keys().find(|name| name.ends_with("-session")).unwrap();
        assert_ne!(before[session], browser.cookies[session]);
        browser.cookies = before;
        let old = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!(old["error"], "login_required");
        house.close().await;
    }

    async fn oidcc_max_age(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&usual_request(), "ann").await;
        house.clock.as_ref().unwrap().advance_seconds(2);
        // oidcc-max-age-10000
        let young = answered(&browser.authorize(&request_with(&[("max_age", "10000")])).await);
        let (_, young) = tokens(&browser.visitor, &young["code"]).await;
        // oidcc-max-age-1
        let anew = browser.log_in(&request_with(&[("max_age", "1")]), "ann").await;
        let (_, anew) = tokens(&browser.visitor, &anew["code"]).await;
        assert!(anew["auth_time"].as_i64() > young["auth_time"].as_i64());
        assert_eq!(anew["sub"], young["sub"]);
        house.close().await;
    }

    async fn oidcc_id_token_hint(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let first = browser.log_in(&usual_request(), "ann").await;
        let (reply, first) = tokens(&browser.visitor, &first["code"]).await;
        let hint = reply.text("id_token").to_owned();
        let known = answered(&browser.authorize(&request_with(&[("prompt", "none"), ("id_token_hint", &hint)])).await);
        assert_eq!(tokens(&browser.visitor, &known["code"]).await.1["sub"], first["sub"]);
        // Somebody else is not who was meant, however they log in.
        let mut other = SiteBrowser::new(&house);
        other.log_in(&usual_request(), "bob").await;
        let silent = answered(&other.authorize(&request_with(&[("prompt", "none"), ("id_token_hint", &hint)])).await);
        assert_eq!(silent["error"], "login_required");
        let refused = other.log_in(&request_with(&[("id_token_hint", &hint)]), "bob").await;
        assert_eq!(refused["error"], "login_required");
        // What we did not sign, and what another key signed as ours, is no hint.
        let (head, rest) = hint.split_once('.').unwrap();
        let (body, _) = rest.split_once('.').unwrap();
        for forged in ["x".to_owned(), format!("{head}.{body}."), format!("{head}.{body}.AAAA")] {
            let answer = answered(&browser.authorize(&request_with(&[("id_token_hint", &forged)])).await);
            assert_eq!(answer["error"], "invalid_request", "{forged}");
        }
        house.close().await;
    }

    async fn op_16_a_second_website_needs_no_scan_but_a_consent_which_is_remembered(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&usual_request(), "ann").await;
        let silent = browser.authorize(&request_with(&[AT_SECOND[0], AT_SECOND[1], ("prompt", "none")])).await;
        assert!(location(&silent).contains("error=consent_required"));
        let page = browser.to_login_page(&request_with(&AT_SECOND)).await;
        let forged = browser.post(&page, &[("csrf", "x"), ("decision", "allow")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let no = browser.consent(&page, "deny").await;
        assert!(location(&no).starts_with("http://localhost:9/second?error=access_denied"), "{}", location(&no));
        let yes = browser.consent(&page, "allow").await;
        assert_eq!(location(&yes), page);
        assert!(location(&browser.get(&page).await).starts_with("http://localhost:9/second?code="));
        let again = browser.authorize(&request_with(&AT_SECOND)).await;
        assert!(location(&again).starts_with("http://localhost:9/second?code="));
        // Who asks anew is asked anew.
        browser.to_login_page(&request_with(&[AT_SECOND[0], AT_SECOND[1], ("prompt", "consent")])).await;
        house.close().await;
    }

    async fn t10_the_address_of_the_page_gives_another_browser_nothing(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        let held = browser.confirm_at(&page, "ann").await;
        let mut thief = SiteBrowser::new(&house);
        let sent = location(&thief.get(&page).await);
        assert!(sent.starts_with("/login/azr_") && sent != page, "{sent}");
        assert_eq!(thief.get(&sent).await.status, StatusCode::OK, "a page with ways to log in");
        assert_eq!(thief.start(&page, "mini").await.code(), "unknown_login");
        assert_eq!(thief.visitor.read(&held, "").await.status, StatusCode::UNAUTHORIZED);
        // The first is where it was.
        assert!(answered(&browser.get(&page).await).contains_key("code"));
        house.close().await;
    }

    async fn an_answer_that_was_lost_is_given_again(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        browser.confirm_at(&page, "ann").await;
        let kept = browser.cookies.clone();
        let lost = answered(&browser.get(&page).await);
        browser.cookies = kept;
        let code = answered(&browser.get(&page).await)["code"].clone();
        assert_ne!(code, lost["code"]);
        tokens(&browser.visitor, &code).await;
        // And the browser is logged in; what is answered for good is over.
        assert!(answered(&browser.authorize(&request_with(&[("prompt", "none")])).await).contains_key("code"));
        assert_eq!(browser.get(&page).await.status, StatusCode::GONE);
        house.close().await;
    }

    async fn a_session_ends_when_it_is_not_used_and_after_two_weeks_whatever_happens(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let clock = house.clock.as_ref().unwrap();
        let silent = request_with(&[("prompt", "none")]);
        browser.log_in(&usual_request(), "ann").await;
        for _ in 0..6 {
            clock.advance_seconds(2 * 86_400);
            assert!(answered(&browser.authorize(&silent).await).contains_key("code"));
        }
        clock.advance_seconds(2 * 86_400);
        assert_eq!(answered(&browser.authorize(&silent).await)["error"], "login_required");
        browser.log_in(&usual_request(), "ann").await;
        clock.advance_seconds(3 * 86_400);
        assert_eq!(answered(&browser.authorize(&silent).await)["error"], "login_required");
        house.close().await;
    }
}
