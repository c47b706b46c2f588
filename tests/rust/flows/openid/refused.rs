//! What is refused, and how: by a page where there is nobody to tell, else at the website's own address.

use super::OWN;
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, REDIRECT_URI};
use saoma_tests::relying_party::{
    SiteBrowser, answered, ask_as, assert_only_a_page, html, location, request_with, usual_request,
};

/// What stands for the registered address and is not it.
const REDIRECT_TRICKS: [&str; 32] = [
    "http://localhost:9/callback/",
    "http://localhost:9/callback//",
    "http://localhost:9//callback",
    "http://localhost:9/CALLBACK",
    "http://LOCALHOST:9/callback",
    "HTTP://localhost:9/callback",
    "http://localhost:90/callback",
    "http://localhost:09/callback",
    "http://localhost/callback",
    "http://user@localhost:9/callback",
    "http://localhost:9@evil.example/callback",
    "http://evil.example#@localhost:9/callback",
    "http://localhost:9/x/..;/callback",
    "http://localhost:9/callback/..;/evil",
    "http://localhost:9/callback/../evil",
    "http://localhost:9/./callback",
    "http://localhost:9/%2e/callback",
    "http://localhost:9/callback/%2e%2e/evil",
    "http://localhost:9/%63allback",
    "http://localhost:9\\callback",
    "http://localhost:9\\@evil.example/callback",
    "http://localhost:9/callback?x=1",
    "http://localhost:9/callback?",
    "http://localhost:9/callback#x",
    "http://lоcalhost:9/callback",
    "http://xn--lcalhost-55g:9/callback",
    "https://localhost:9/callback",
    "//localhost:9/callback",
    "http://localhost:9/callback%00",
    " http://localhost:9/callback",
    "javascript:alert(1)",
    "http://localhost:9.evil.example/callback",
];

every_database! {
    /// T22: whatever is not the registered address byte for byte; nobody is sent there, nor to the registered one.
    async fn op_01_a_redirect_uri_of_another_spelling_gets_a_page_and_no_redirect(db: &Database) {
        let house = House::open(db.url()).await;
        let mut browser = SiteBrowser::new(&house);
        for trick in REDIRECT_TRICKS {
            for mode in ["query", "form_post"] {
                let changes = [("redirect_uri", trick), ("response_mode", mode)];
                let answer = browser.authorize(&request_with(&changes)).await;
                assert_only_a_page(&answer, trick);
                assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
                let fields = request_with(&changes);
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let pushed = ask_as(&browser.visitor, OWN, "/oauth2/par", &fields).await;
                assert_eq!((pushed.status, pushed.code()), (StatusCode::BAD_REQUEST, "invalid_request"), "{trick}");
            }
        }
        // A name that comes twice, in whatever order; no address at all; nobody known to tell.
        let own = "client_id=shop&response_type=code&scope=openid";
        let (registered, evil) = (format!("redirect_uri={REDIRECT_URI}"), "redirect_uri=http://evil.example/");
        for query in [
            format!("{own}&{registered}&{evil}"),
            format!("{own}&{evil}&{registered}"),
            format!("{own}&{registered}&{registered}"),
            format!("{own}&{registered}&redirect%5Furi=http://evil.example/"),
            format!("{own}&{registered}&redirect_uri="),
            format!("{own}&redirect_uri[]={REDIRECT_URI}"),
            own.to_owned(),
            String::new(),
            format!("client_id=nobody&{registered}"),
            format!("client_id=shop&client_id=shop&{registered}"),
        ] {
            let page = browser.get(&format!("/oauth2/authorize?{query}")).await;
            assert_only_a_page(&page, &query);
            // Whoever sent it reads which of the two it was.
            let is_twice = query.matches("redirect_uri").count() + query.matches("redirect%5Furi").count() > 1
                || query.matches("client_id").count() > 1;
            assert_eq!(html(&page).contains("request_ambiguous"), is_twice, "{query}");
        }
        // What is refused as a whole is not refused in part: as it is registered, it is taken.
        browser.to_login_page(&usual_request()).await;
        house.close().await;
    }

    async fn op_04_only_the_code_flow_and_nothing_half_of_another(db: &Database) {
        let house = House::open(db.url()).await;
        let mut browser = SiteBrowser::new(&house);
        for (changes, error) in [
            (vec![("response_type", "")], "invalid_request"),
            (vec![("response_type", "token")], "unsupported_response_type"),
            (vec![("response_type", "id_token")], "unsupported_response_type"),
            (vec![("response_type", "code id_token")], "unsupported_response_type"),
            (vec![("response_mode", "fragment")], "invalid_request"),
            (vec![("request_uri", "https://client.example/request")], "request_uri_not_supported"),
            (vec![("request", "eyJhbGciOiJub25lIn0.e30.")], "request_not_supported"),
            (vec![("registration", "{}")], "registration_not_supported"),
            (vec![("scope", "")], "invalid_scope"),
            (vec![("prompt", "none login")], "invalid_request"),
            (vec![("prompt", "whatever")], "invalid_request"),
            (vec![("max_age", "-1")], "invalid_request"),
            (vec![("max_age", "soon")], "invalid_request"),
        ] {
            let answer = answered(&browser.authorize(&request_with(&changes)).await);
            assert_eq!(answer["error"], error, "{changes:?}");
            assert_eq!((&answer["iss"], answer["state"].as_str()), (&house.saoma, "website-state"), "{changes:?}");
        }
        house.close().await;
    }

    async fn op_03_pkce_is_required_by_s256_and_cannot_be_talked_down(db: &Database) {
        let house = House::open(db.url()).await;
        let mut browser = SiteBrowser::new(&house);
        for changes in [
            vec![("code_challenge", ""), ("code_challenge_method", "")],
            vec![("code_challenge_method", "plain")],
            vec![("code_challenge_method", "")],
            vec![("code_challenge", "short")],
        ] {
            let answer = answered(&browser.authorize(&request_with(&changes)).await);
            assert_eq!(answer["error"], "invalid_request", "{changes:?}");
        }
        house.close().await;
    }

    async fn t14_the_page_is_not_framed_and_says_where_its_forms_lead(db: &Database) {
        let house = House::open(db.url()).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        let shown = browser.get(&page).await;
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "script-src 'nonce-", "form-action 'self' http://localhost:9;"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(shown.headers["cache-control"], "no-store");
        assert_eq!(shown.headers["cross-origin-opener-policy"], "same-origin");
        // A form of another site, and a look at the head, change nothing.
        let foreign = browser.visitor.http.post(format!("{}{page}", house.saoma)).form(&[("decision", "cancel")]);
        assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN);
        let head = browser.visitor.http.head(format!("{}{page}", house.saoma)).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
        let cancelled = browser.post(&page, &[("decision", "cancel")]).await;
        assert!(location(&cancelled).starts_with("http://localhost:9/callback?error=access_denied"));
        house.close().await;
    }
}
