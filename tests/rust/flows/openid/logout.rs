//! The modules of the conformance suite's RP-initiated logout profile, each under its name.

use super::{AT_SECOND, open};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::relying_party::{
    SiteBrowser, answered, hidden, location, request_with, tokens, usual_request,
};
use saoma_tests::visitor::Answer;
use url::form_urlencoded;

const BYE: (&str, &str) = ("post_logout_redirect_uri", "http://localhost:9/bye");
const STATE: (&str, &str) = ("state", "bye-state");

/// Somebody who is logged in, and the id token that the website was given.
async fn logged_in(house: &House) -> (SiteBrowser, String) {
    let mut browser = SiteBrowser::new(house);
    let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
    let (reply, _) = tokens(&browser.visitor, &code).await;
    let hint = reply.text("id_token").to_owned();
    (browser, hint)
}

async fn log_out(browser: &mut SiteBrowser, sent: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
    browser.get(&format!("/oauth2/logout?{query}")).await
}

async fn is_logged_in(browser: &mut SiteBrowser) -> bool {
    answered(&browser.authorize(&request_with(&[("prompt", "none")])).await).contains_key("code")
}

every_database! {
    async fn oidcc_rp_initiated_logout(db: &Database) {
        let house = open(db).await;
        let (mut browser, hint) = logged_in(&house).await;
        let answer = log_out(&mut browser, &[("id_token_hint", &hint), BYE, STATE]).await;
        assert_eq!(location(&answer), "http://localhost:9/bye?state=bye-state");
        let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!(silent["error"], "login_required");
        house.close().await;
    }

    async fn oidcc_rp_initiated_logout_no_state(db: &Database) {
        let house = open(db).await;
        let (mut browser, hint) = logged_in(&house).await;
        let answer = log_out(&mut browser, &[("id_token_hint", &hint), BYE]).await;
        assert_eq!(location(&answer), "http://localhost:9/bye");
        assert!(!is_logged_in(&mut browser).await);
        house.close().await;
    }

    async fn oidcc_rp_initiated_logout_is_refused_by_a_page_and_sends_nobody_anywhere(db: &Database) {
        let house = open(db).await;
        let (mut browser, hint) = logged_in(&house).await;
        let (head, rest) = hint.split_once('.').unwrap();
        let body = rest.split_once('.').unwrap().0;
        let none = format!("eyJhbGciOiJub25lIn0.{body}.");
        let cut = format!("{head}.{body}.AAAA");
        for (module, sent) in [
            ("bad-post-logout-redirect-uri", [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "http://localhost:9/other"), STATE]),
            ("query-added-to-post-logout-redirect-uri", [("id_token_hint", &hint), ("post_logout_redirect_uri", "http://localhost:9/bye?foo=bar"), STATE]),
            ("modified-id-token-hint", [("id_token_hint", &none), BYE, STATE]),
            ("bad-id-token-hint", [("id_token_hint", &cut), BYE, STATE]),
            ("another website's", [("id_token_hint", &hint), ("client_id", "second"), BYE]),
        ] {
            let answer = log_out(&mut browser, &sent).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{module}");
            assert!(!answer.headers.contains_key("location"), "{module}");
            assert!(is_logged_in(&mut browser).await, "{module}");
        }
        house.close().await;
    }

    async fn oidcc_rp_initiated_logout_without_a_hint_asks_and_sends_nobody_anywhere(db: &Database) {
        let house = open(db).await;
        for (module, sent) in [
            ("no-id-token-hint", vec![BYE, STATE]),
            ("no-params", vec![]),
            ("no-post-logout-redirect-uri", vec![("client_id", "shop")]),
            ("only-state", vec![STATE]),
        ] {
            let (mut browser, _) = logged_in(&house).await;
            let page = log_out(&mut browser, &sent).await;
            assert_eq!(page.status, StatusCode::OK, "{module}");
            let csrf = hidden(&page, "csrf");
            let stays = browser.post("/oauth2/logout", &[("csrf", &csrf), ("decision", "stay")]).await;
            assert_eq!(stays.status, StatusCode::OK);
            assert!(is_logged_in(&mut browser).await, "{module}");
            let forged = browser.post("/oauth2/logout", &[("csrf", "x"), ("decision", "leave")]).await;
            assert_eq!(forged.status, StatusCode::BAD_REQUEST);
            assert!(is_logged_in(&mut browser).await, "{module}");
            let done = browser.post("/oauth2/logout", &[("csrf", &csrf), ("decision", "leave")]).await;
            assert_eq!((done.status, done.headers.contains_key("location")), (StatusCode::OK, false), "{module}");
            assert!(!is_logged_in(&mut browser).await, "{module}");
        }
        house.close().await;
    }

    async fn op_12_what_a_login_gave_ends_with_it_and_somebody_elses_hint_ends_nothing(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        let (_, of_bob) = {
            let mut other = SiteBrowser::new(&house);
            let code = other.log_in(&usual_request(), "bob").await["code"].clone();
            let (reply, _) = tokens(&other.visitor, &code).await;
            (other, reply.text("id_token").to_owned())
        };
        let asked = log_out(&mut browser, &[("id_token_hint", &of_bob), BYE]).await;
        assert_eq!(asked.status, StatusCode::OK, "a page that asks");
        assert!(is_logged_in(&mut browser).await);
        log_out(&mut browser, &[("id_token_hint", reply.text("id_token")), BYE]).await;
        let told = browser.visitor.user_info(reply.text("access_token")).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED);
        // Once more, with nobody there: the website gets its visitor back all the same.
        let again = log_out(&mut browser, &[("id_token_hint", reply.text("id_token")), BYE]).await;
        assert_eq!(location(&again), "http://localhost:9/bye");
        house.close().await;
    }

    async fn op_12_a_request_on_its_way_gives_nothing_after_a_logout(db: &Database) {
        let house = open(db).await;
        let (mut browser, hint) = logged_in(&house).await;
        // On the consent page of another website, in another tab.
        let page = browser.to_login_page(&request_with(&AT_SECOND)).await;
        log_out(&mut browser, &[("id_token_hint", &hint), BYE]).await;
        let shown = browser.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(String::from_utf8_lossy(&shown.bytes).contains("saoma-login"), "somebody must log in again");
        browser.confirm_at(&page, "bob").await;
        let to = location(&browser.get(&page).await);
        assert!(to.starts_with("http://localhost:9/second?code="), "{to}");
        house.close().await;
    }

    async fn op_16_a_yes_is_the_yes_of_who_gave_it(db: &Database) {
        let house = open(db).await;
        let at_second = [AT_SECOND[0], AT_SECOND[1], ("prompt", "consent")];
        for leaves_before_pressing in [true, false] {
            let (mut browser, hint) = logged_in(&house).await;
            let page = browser.to_login_page(&request_with(&at_second)).await;
            let csrf = hidden(&browser.get(&page).await, "csrf");
            let yes = [("csrf", csrf.as_str()), ("decision", "allow")];
            if leaves_before_pressing {
                log_out(&mut browser, &[("id_token_hint", &hint), BYE]).await;
                browser.post(&page, &yes).await;
            } else {
                browser.post(&page, &yes).await;
                log_out(&mut browser, &[("id_token_hint", &hint), BYE]).await;
            }
            browser.confirm_at(&page, "bob").await;
            // Somebody else is here now, and is asked.
            let asked = browser.get(&page).await;
            assert_eq!(asked.status, StatusCode::OK, "{leaves_before_pressing}");
            hidden(&asked, "csrf");
        }
        house.close().await;
    }
}
