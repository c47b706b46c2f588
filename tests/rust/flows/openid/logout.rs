//! The modules of the conformance suite's RP-initiated logout profile, each under its name.

use super::{AT_SECOND, open};
use jsonwebtoken::dangerous::insecure_decode;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::relying_party::{
    SiteBrowser, answered, assert_only_a_page, hidden, html, location, request_with, tokens, usual_request,
};
use saoma_tests::signer::Signer;
use saoma_tests::visitor::{Answer, send};
use serde_json::Value;
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

fn with_hint(hint: &str, to: &str) -> Vec<(&'static str, String)> {
    vec![("id_token_hint", hint.to_owned()), ("post_logout_redirect_uri", to.to_owned())]
}

async fn is_logged_in(browser: &mut SiteBrowser) -> bool {
    answered(&browser.authorize(&request_with(&[("prompt", "none")])).await).contains_key("code")
}

/// Whatever the request is, a page says that it is refused, and who was logged in stays so.
async fn is_refused(db: &Database, sent: impl Fn(&str) -> Vec<(&'static str, String)>) {
    let house = open(db).await;
    let (mut browser, hint) = logged_in(&house).await;
    let sent = sent(&hint);
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_only_a_page(&log_out(&mut browser, &sent).await, "logout");
    assert!(is_logged_in(&mut browser).await);
    house.close().await;
}

/// Whoever says nothing of whom it means gets a page that asks. Only the page's own yes counts, and then nobody is
/// sent anywhere.
async fn is_asked(db: &Database, sent: &[(&str, &str)]) {
    let house = open(db).await;
    let (mut browser, _) = logged_in(&house).await;
    let page = log_out(&mut browser, sent).await;
    assert_eq!((page.status, page.headers.get("location")), (StatusCode::OK, None));
    let csrf = hidden(&page, "csrf");
    let leave = [("csrf", csrf.as_str()), ("decision", "leave")];
    let stays = browser.post("/oauth2/logout", &[leave[0], ("decision", "stay")]).await;
    assert_eq!(stays.status, StatusCode::OK);
    let guessed = browser.post("/oauth2/logout", &[("csrf", "x"), leave[1]]).await;
    assert_eq!(guessed.status, StatusCode::BAD_REQUEST);
    let foreign = browser.post_from(Some("http://localhost:9"), "/oauth2/logout", &leave).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert!(is_logged_in(&mut browser).await);
    let done = browser.post("/oauth2/logout", &leave).await;
    assert_logged_out_here(&mut browser, &done).await;
    house.close().await;
}

/// A page says that they are logged out, nobody is sent anywhere, and it is true.
async fn assert_logged_out_here(browser: &mut SiteBrowser, page: &Answer) {
    assert_eq!((page.status, page.headers.get("location")), (StatusCode::OK, None));
    assert!(html(page).contains("You are logged out"), "{}", html(page));
    assert!(!is_logged_in(browser).await);
}

every_database! {
    async fn oidcc_rp_initiated_logout_discovery_endpoint_verification(db: &Database) {
        let house = open(db).await;
        let told = send(house.visitor().request(Method::GET, "/.well-known/openid-configuration")).await.json;
        let endpoint = told["end_session_endpoint"].as_str().unwrap();
        assert_eq!(endpoint, format!("{}/oauth2/logout", house.saoma));
        assert_eq!(send(house.visitor().http.get(endpoint)).await.status, StatusCode::OK);
        house.close().await;
    }

    async fn oidcc_rp_initiated_logout(db: &Database) {
        let house = open(db).await;
        let (mut browser, hint) = logged_in(&house).await;
        // The suite's is as long, to see that it comes back whole.
        let state = "s".repeat(128);
        let answer = log_out(&mut browser, &[("id_token_hint", &hint), BYE, ("state", &state)]).await;
        assert_eq!(location(&answer), format!("http://localhost:9/bye?state={state}"));
        let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!((silent["error"].as_str(), silent["state"].as_str()), ("login_required", "website-state"));
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

    async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(db: &Database) {
        is_refused(db, |hint| with_hint(hint, "http://localhost:9/other")).await;
    }

    async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(db: &Database) {
        is_refused(db, |hint| with_hint(hint, "http://localhost:9/bye?foo=bar")).await;
    }

    /// Its claims under a header that names no signature.
    async fn oidcc_rp_initiated_logout_modified_id_token_hint(db: &Database) {
        is_refused(db, |hint| with_hint(&format!("eyJhbGciOiJub25lIn0.{}.", hint.split('.').nth(1).unwrap()), BYE.1)).await;
    }

    /// Its claims, signed by somebody else.
    async fn oidcc_rp_initiated_logout_bad_id_token_hint(db: &Database) {
        is_refused(db, |hint| {
            let claims = insecure_decode::<Value>(hint).unwrap().claims;
            with_hint(&Signer::stranger().sign(&claims), BYE.1)
        }).await;
    }

    async fn oidcc_rp_initiated_logout_no_id_token_hint(db: &Database) {
        is_asked(db, &[BYE, STATE]).await;
    }

    async fn oidcc_rp_initiated_logout_no_params(db: &Database) {
        is_asked(db, &[]).await;
    }

    async fn oidcc_rp_initiated_logout_only_state(db: &Database) {
        is_asked(db, &[STATE]).await;
    }

    async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri(db: &Database) {
        let house = open(db).await;
        let (mut browser, hint) = logged_in(&house).await;
        let page = log_out(&mut browser, &[("id_token_hint", &hint), STATE]).await;
        assert_logged_out_here(&mut browser, &page).await;
        house.close().await;
    }

    async fn op_12_a_hint_and_a_client_id_that_contradict_each_other_end_nothing(db: &Database) {
        is_refused(db, |hint| [with_hint(hint, BYE.1), vec![("client_id", "second".to_owned())]].concat()).await;
    }

    async fn op_12_whoever_asks_without_a_hint_is_named(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = logged_in(&house).await;
        let page = log_out(&mut browser, &[("client_id", "second")]).await;
        assert!(html(&page).contains("Second Tea"), "who asks is named: {}", html(&page));
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
