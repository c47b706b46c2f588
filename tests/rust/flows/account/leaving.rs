//! Websites that are to know nothing more, browsers that are to be logged out, and the account that is to go.

use super::{at_home, csrf, lines, open, press, prove, said, send_form, text};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::relying_party::{
    SiteBrowser, answered, location, redeem, request_with, tokens, usual_request,
};

/// Somebody logged in at the website; with their access token and refresh token.
async fn at_website(house: &House, person: &str) -> (SiteBrowser, String, String) {
    let mut browser = SiteBrowser::new(house);
    let request = request_with(&[("scope", "openid profile offline_access")]);
    let page = browser.to_login_page(&request).await;
    browser.confirm_at(&page, person).await;
    browser.consent(&page, "allow").await;
    let code = answered(&browser.get(&page).await)["code"].clone();
    let reply = redeem(&browser.visitor, &code, &[]).await;
    (browser, reply.text("access_token").to_owned(), reply.text("refresh_token").to_owned())
}

/// A browser that is logged in for the website, with its access token.
async fn logged_in(house: &House, person: &str) -> (SiteBrowser, String) {
    let mut browser = SiteBrowser::new(house);
    let code = browser.log_in(&usual_request(), person).await["code"].clone();
    let (reply, _) = tokens(&browser.visitor, &code).await;
    (browser, reply.text("access_token").to_owned())
}

async fn is_known(browser: &SiteBrowser, token: &str) -> bool {
    browser.visitor.user_info(token).await.status == StatusCode::OK
}

async fn session_of(db: &Database, newest: usize) -> String {
    lines(db, "id", "user_sessions WHERE ended_at IS NULL ORDER BY created_at DESC, id").await[newest].clone()
}

every_database! {
    async fn a_website_is_left_with_its_tokens_its_consent_and_what_it_waits_for(db: &Database) {
        let house = open(db).await;
        let (mut browser, access, refresh) = at_website(&house, "ann").await;
        prove(&mut browser, "ann").await;
        let shown = text(&browser.get("/account").await);
        for expected in ["Test Shop", "who you are", "your name and picture", "when you are away"] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        // A code that the website has not redeemed yet.
        let code = answered(&browser.authorize(&usual_request()).await)["code"].clone();
        assert_eq!(said(&send_form(&mut browser, "/account/sites/shop").await), "site_left");
        assert!(!is_known(&browser, &access).await);
        let again = redeem(&browser.visitor, "", &[("code", ""), ("code_verifier", ""), ("redirect_uri", ""), ("refresh_token", &refresh), ("grant_type", "refresh_token")]).await;
        assert_ne!(again.status, StatusCode::OK);
        assert_eq!(redeem(&browser.visitor, &code, &[]).await.code(), "invalid_grant");
        let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!(silent["error"], "consent_required");
        let shown = text(&browser.get("/account").await);
        assert!(shown.contains("would have to ask you again") && !shown.contains("/account/sites/shop"), "{shown}");
        let told = lines(db, "actor || ' ' || client_id", "audit_events WHERE action = 'grants.revoked'").await;
        assert_eq!(told, ["browser shop"]);
        house.close().await;
    }

    async fn one_browser_is_logged_out_and_its_tokens_die_as_at_logout(db: &Database) {
        let house = open(db).await;
        let (other, access) = logged_in(&house, "ann").await;
        let theirs = session_of(db, 0).await;
        house.clock.as_ref().unwrap().advance_seconds(10);
        let (mut browser, shown) = at_home(&house, "ann").await;
        assert_eq!(text(&shown).matches("/account/sessions/").count(), 1, "not this one");
        // Somebody else's session is nobody's here.
        let (mut bob, _) = at_home(&house, "bob").await;
        send_form(&mut bob, &format!("/account/sessions/{theirs}")).await;
        assert!(is_known(&other, &access).await);
        assert_eq!(said(&send_form(&mut browser, &format!("/account/sessions/{theirs}")).await), "session_ended");
        assert!(!is_known(&other, &access).await);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        let told = lines(db, "target", "audit_events WHERE action = 'user.logged_out'").await;
        assert_eq!(told, [theirs]);
        house.close().await;
    }

    async fn all_other_browsers_or_all_of_them_are_logged_out(db: &Database) {
        let house = open(db).await;
        let (mut other, access) = logged_in(&house, "ann").await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let (mut bob, _) = at_home(&house, "bob").await;
        assert_eq!(said(&press(&mut browser, "/account/sessions", "others").await), "others_ended");
        assert!(!is_known(&other, &access).await);
        assert!(location(&other.get("/account").await).starts_with("/login/"));
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        let (_, again) = logged_in(&house, "ann").await;
        let all = press(&mut browser, "/account/sessions", "all").await;
        assert!(text(&all).contains("You are logged out"), "{}", text(&all));
        assert!(!is_known(&browser, &again).await);
        assert!(location(&browser.get("/account").await).starts_with("/login/"));
        assert_eq!(bob.get("/account").await.status, StatusCode::OK);
        house.close().await;
    }

    async fn an_account_is_deleted_with_all_that_is_known_of_its_person(db: &Database) {
        let house = open(db).await;
        let (mut browser, access, _) = at_website(&house, "ann").await;
        prove(&mut browser, "ann").await;
        let user = lines(db, "id", "users").await;
        let csrf = csrf(&mut browser).await;
        // Without having read it, it is not done.
        let unread = browser.post("/account/delete", &[("csrf", &csrf), ("decision", "delete")]).await;
        assert_eq!(unread.status, StatusCode::BAD_REQUEST);
        assert_eq!(lines(db, "id", "users").await, user);
        let gone = press(&mut browser, "/account/delete", "delete").await;
        assert!(text(&gone).contains("Your account is gone"), "{}", text(&gone));
        for table in ["users", "user_sessions", "consents", "grants", "user_clients", "identities", "aliases", "authorizations WHERE user_id IS NOT NULL", "logins WHERE proof_subject IS NOT NULL"] {
            assert!(db.lines(&format!("SELECT 'x' AS line FROM {table}")).await.is_empty(), "{table}");
        }
        assert!(!is_known(&browser, &access).await);
        let told = lines(db, "actor || ' ' || target", "audit_events WHERE action = 'user.deleted'").await;
        assert_eq!(told, [format!("browser {}", user[0])]);
        assert!(location(&browser.get("/account").await).starts_with("/login/"));
        // Whoever comes again is somebody new.
        assert_ne!(vec![house.visitor().log_in("ann").await], user);
        house.close().await;
    }
}
