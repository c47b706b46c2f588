//! Requests that are sent before the browser comes (RFC 9126), with the negatives of the suite's FAPI 2 plan.

use super::{AT_SECOND, OTHER, OWN, open};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House, Plan};
use saoma_tests::relying_party::{SiteBrowser, answered, request_with, tokens, usual_request};
use saoma_tests::visitor::{Answer, Visitor, send};

async fn push(visitor: &Visitor, (id, secret): (&str, &str), request: &[(&'static str, String)]) -> Answer {
    let asked = visitor.request(Method::POST, "/oauth2/par").basic_auth(id, Some(secret));
    send(asked.form(request)).await
}

async fn pushed(browser: &SiteBrowser) -> String {
    let answer = push(&browser.visitor, OWN, &usual_request()).await;
    assert_eq!(
        (answer.status, &answer.json["expires_in"]),
        (StatusCode::CREATED, &60.into()),
        "{:?}",
        answer.json
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.text("request_uri").to_owned()
}

fn by(client: &str, uri: &str) -> Vec<(&'static str, String)> {
    vec![("client_id", client.to_owned()), ("request_uri", uri.to_owned())]
}

every_database! {
    async fn op_14_a_request_is_sent_before_and_the_browser_brings_its_address(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let uri = pushed(&browser).await;
        assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
        let answer = browser.log_in(&by(CLIENT, &uri), "ann").await;
        assert_eq!(answer["state"], "website-state");
        let (_, claims) = tokens(&browser.visitor, &answer["code"]).await;
        assert_eq!(claims["nonce"], "website-nonce");
        house.close().await;
    }

    async fn par_attempt_reuse_request_uri_and_to_use_expired_or_anothers(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let used = pushed(&browser).await;
        browser.to_login_page(&by(CLIENT, &used)).await;
        let expired = pushed(&browser).await;
        house.clock.as_ref().unwrap().advance_seconds(60);
        let fresh = pushed(&browser).await;
        for (client, uri) in [(CLIENT, used.as_str()), (CLIENT, &expired), ("second", &fresh), ("nobody", &fresh), (CLIENT, "urn:ietf:params:oauth:request_uri:x")] {
            let answer = browser.authorize(&by(client, uri)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{client} {uri}");
            assert!(!answer.headers.contains_key("location"));
        }
        // Another's attempt has not used it up.
        browser.to_login_page(&by(CLIENT, &fresh)).await;
        house.close().await;
    }

    async fn par_refuses_at_once_what_the_browser_would_have_brought(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        for (changes, error) in [
            (vec![("code_challenge_method", "plain")], "invalid_request"),
            (vec![("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
            (vec![("response_type", "token")], "unsupported_response_type"),
            (vec![("scope", "")], "invalid_scope"),
            (vec![("redirect_uri", "http://localhost:9/other")], "invalid_request"),
            (vec![("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
            (vec![("request", "x")], "request_not_supported"),
            (vec![AT_SECOND[0]], "invalid_request"),
        ] {
            let answer = push(&visitor, OWN, &request_with(&changes)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, error), "{changes:?}");
        }
        let stranger = push(&visitor, (CLIENT, "wrong"), &usual_request()).await;
        assert_eq!((stranger.status, stranger.code()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        let other = push(&visitor, OTHER, &request_with(&[("client_id", "")])).await;
        assert_eq!(other.code(), "invalid_request", "the first one's address is not the second one's");
        house.close().await;
    }

    async fn op_14_a_website_that_must_send_before_gets_nothing_otherwise(db: &Database) {
        let client_toml = "[client.openid]\nrequire_pushed_requests = true\n".to_owned();
        let house = House::planned(db.url(), Plan { client_toml, ..Plan::default() }).await;
        let mut browser = SiteBrowser::new(&house);
        assert_eq!(browser.authorize(&usual_request()).await.status, StatusCode::BAD_REQUEST);
        let uri = pushed(&browser).await;
        browser.log_in(&by(CLIENT, &uri), "ann").await;
        let silent = push(&browser.visitor, OWN, &request_with(&[("prompt", "none")])).await;
        let answer = answered(&browser.authorize(&by(CLIENT, silent.text("request_uri"))).await);
        assert!(answer.contains_key("code"));
        house.close().await;
    }
}
