//! What is refused, and how: by a page where there is nobody to tell, else at the website's own address.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, REDIRECT_URI};
use saoma_tests::relying_party::{SiteBrowser, answered, location, redeem, request_with, usual_request};

every_database! {
    async fn t22_a_redirect_uri_of_another_spelling_gets_a_page_and_no_redirect(db: &Database) {
        let house = House::open(db.url()).await;
        let mut browser = SiteBrowser::new(&house);
        for trick in [
            "http://localhost:9/callback/", "http://localhost:9/CALLBACK", "http://LOCALHOST:9/callback",
            "http://localhost:90/callback", "http://localhost/callback", "http://user@localhost:9/callback",
            "http://localhost:9/x/..;/callback", "http://localhost:9/%2e/callback", "http://localhost:9\\callback",
            "http://localhost:9/callback?x=1", "http://localhost:9/callback#x", "http://lоcalhost:9/callback",
            "https://localhost:9/callback", "//localhost:9/callback", "http://localhost:9/callback%00", " http://localhost:9/callback",
            "javascript:alert(1)", "http://localhost:9.evil.example/callback",
        ] {
            let answer = browser.authorize(&request_with(&[("redirect_uri", trick)])).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{trick}");
            assert!(!answer.headers.contains_key("location"), "{trick}");
            assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
        }
        // oidcc-ensure-registered-redirect-uri; a name that comes twice; nobody to tell at all.
        let twice = format!("/oauth2/authorize?client_id=shop&redirect_uri={REDIRECT_URI}&redirect_uri=http://evil.example/");
        for address in [twice.as_str(), "/oauth2/authorize", "/oauth2/authorize?client_id=%3Cscript%3E"] {
            let answer = browser.get(address).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
            assert!(!String::from_utf8_lossy(&answer.bytes).contains("<script>"));
        }
        house.close().await;
    }

    async fn op_04_only_the_code_flow_and_nothing_half_of_another(db: &Database) {
        let house = House::open(db.url()).await;
        let mut browser = SiteBrowser::new(&house);
        for (changes, error) in [
            (vec![("response_type", "")], "invalid_request"), // oidcc-response-type-missing
            (vec![("response_type", "token")], "unsupported_response_type"),
            (vec![("response_type", "id_token")], "unsupported_response_type"),
            (vec![("response_type", "code id_token")], "unsupported_response_type"),
            (vec![("response_mode", "fragment")], "invalid_request"),
            // oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
            (vec![("request_uri", "https://client.example/request")], "request_uri_not_supported"),
            // oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported
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

    async fn t20_a_code_is_good_for_who_asked_and_how_they_asked_only(db: &Database) {
        let house = House::open(db.url()).await;
        for wrong in [
            ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx"),
            ("redirect_uri", "http://localhost:9/other"),
            ("redirect_uri", ""),
        ] {
            let mut browser = SiteBrowser::new(&house);
            let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
            for changes in [&[wrong][..], &[]] {
                let answer = redeem(&browser.visitor, &code, changes).await;
                assert_eq!(answer.code(), "invalid_grant", "{wrong:?}: a wrong attempt burns it");
            }
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
