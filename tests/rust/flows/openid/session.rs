//! The browser's session: a second website needs no second scan, unless it asks for one; and what of it is whose.

use super::{AT_SECOND, open};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{
    SiteBrowser, answered, hidden, html, location, request_with, tokens, usual_request,
};

every_database! {
    /// LOG-10: the session's secret changes with each login, and the old one is dead, whoever planted it.
    async fn t11_what_the_browser_held_before_a_login_is_dead_after_it(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&usual_request(), "ann").await;
        let session = browser.cookies.keys().find(|name| name.ends_with("-session")).unwrap().clone();
        let silent = request_with(&[("prompt", "none")]);
        for again in [vec![("prompt", "login")], vec![("max_age", "1")]] {
            let before = browser.cookies.clone();
            house.clock.as_ref().unwrap().advance_seconds(2);
            browser.log_in(&request_with(&again), "ann").await;
            assert_ne!(before[&session], browser.cookies[&session], "{again:?}");
            let mut keeper = SiteBrowser { visitor: house.visitor(), cookies: before };
            assert_eq!(answered(&keeper.authorize(&silent).await)["error"], "login_required", "{again:?}");
        }
        // Somebody plants a secret of their own choice, or of their own session: neither becomes the victim's.
        let mut attacker = SiteBrowser::new(&house);
        attacker.log_in(&usual_request(), "bob").await;
        for planted in ["A".repeat(43), attacker.cookies[&session].clone()] {
            let mut victim = SiteBrowser::new(&house);
            victim.cookies.insert(session.clone(), planted.clone());
            let code = victim.log_in(&request_with(&[("prompt", "login")]), "ann").await["code"].clone();
            let (_, of_victim) = tokens(&victim.visitor, &code).await;
            assert_ne!(victim.cookies[&session], planted);
            let mut thief = SiteBrowser::new(&house);
            thief.cookies.insert(session.clone(), planted);
            if let Some(code) = answered(&thief.authorize(&silent).await).get("code") {
                assert_ne!(tokens(&thief.visitor, code).await.1["sub"], of_victim["sub"]);
            }
        }
        house.close().await;
    }

    async fn op_09_somebody_else_is_not_who_the_hint_means_however_they_log_in(db: &Database) {
        let house = open(db).await;
        let code = SiteBrowser::new(&house).log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, _) = tokens(&house.visitor(), &code).await;
        let hint = ("id_token_hint", reply.text("id_token"));
        let mut other = SiteBrowser::new(&house);
        other.log_in(&usual_request(), "bob").await;
        let silent = answered(&other.authorize(&request_with(&[("prompt", "none"), hint])).await);
        assert_eq!(silent["error"], "login_required");
        // Who logs in all the same reads that somebody else is expected; whatever they press, no code comes of it.
        let page = other.to_login_page(&request_with(&[hint])).await;
        other.confirm_at(&page, "bob").await;
        let shown = other.get(&page).await;
        assert!(html(&shown).contains("expects somebody else"), "{}", html(&shown));
        let csrf = hidden(&shown, "csrf");
        assert_eq!(location(&other.post(&page, &[("csrf", &csrf), ("decision", "allow")]).await), page);
        assert_eq!(other.get(&page).await.status, StatusCode::OK);
        let forged = other.post(&page, &[("csrf", "x"), ("decision", "leave")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let refused = answered(&other.post(&page, &[("csrf", &csrf), ("decision", "leave")]).await);
        assert_eq!((refused["error"].as_str(), refused.get("code")), ("login_required", None));
        let anew = location(&other.post(&page, &[("csrf", &csrf), ("decision", "other")]).await);
        other.confirm_at(&anew, "ann").await;
        assert!(answered(&other.get(&anew).await).contains_key("code"));
        other.log_in(&request_with(&[("prompt", "login")]), "bob").await;
        // Whoever is logged in is not sent away for it: who is meant may log in here.
        let page = other.to_login_page(&request_with(&[hint])).await;
        assert_eq!(other.get(&page).await.status, StatusCode::OK);
        // An old one says as well who is meant.
        house.clock.as_ref().unwrap().advance_seconds(86_400);
        assert!(other.log_in(&request_with(&[hint]), "ann").await.contains_key("code"));
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
