//! Attacks on a website's login by OpenID Connect: a code that is carried elsewhere (T20), PKCE talked down (T21), a
//! login that the visitor never began (T12), an answer of another server (T19). A session that somebody planted (T11)
//! is in `session.rs`, a shared address (T10) there and in `page.rs`, a forged callback (T18) in `flows/website`.

use super::{AT_SECOND, OTHER, OWN, POLICY};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::relying_party::{
    Mode, SiteBrowser, answered, ask_as, hidden, location, redeem, redeem_as, request_with, tokens,
};
use saoma_tests::visitor::{Answer, VERIFIER, send};
use serde_json::json;

/// A house whose first website may go without PKCE.
async fn lenient(db: &Database) -> House {
    let client_toml = POLICY.replacen("[client.openid]\n", "[client.openid]\npkce = \"optional\"\n", 1);
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}

/// What takes the challenge out of a request.
const NO_CHALLENGE: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

/// A code of somebody who is logged in.
async fn code(browser: &mut SiteBrowser, changes: &[(&'static str, &str)]) -> String {
    answered(&browser.authorize(&request_with(changes)).await)["code"].clone()
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "invalid_grant"), "{what}");
    assert!(answer.json.get("access_token").is_none(), "{what}");
}

every_database! {
    /// OP-02: a code is for one client, one address and one verifier; whoever errs in any of them burns it.
    async fn t20_a_code_is_good_for_who_asked_and_how_they_asked_only(db: &Database) {
        let house = lenient(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&request_with(&[]), "ann").await;
        let wrong = "A".repeat(43);
        for (what, who, changes) in [
            ("another website", OTHER, vec![]),
            ("another website with its own address", OTHER, vec![AT_SECOND[1]]),
            ("another verifier", OWN, vec![("code_verifier", wrong.as_str())]),
            ("no verifier", OWN, vec![("code_verifier", "")]),
            ("another address of the website", OWN, vec![("redirect_uri", "http://localhost:9/other")]),
            ("a longer address", OWN, vec![("redirect_uri", "http://localhost:9/callback/")]),
            ("no address", OWN, vec![("redirect_uri", "")]),
        ] {
            let code = code(&mut browser, &[]).await;
            assert_refused(&redeem_as(&browser.visitor, who, &code, &changes).await, what);
            assert_refused(&redeem(&browser.visitor, &code, &[]).await, what);
        }
        let burned = db.lines("SELECT id AS line FROM audit_events WHERE action = 'code.burned'").await;
        assert_eq!(burned.len(), 7, "each is told to the admin");
        // What is right is still taken, once.
        let good = code(&mut browser, &[]).await;
        assert_eq!(redeem(&browser.visitor, &good, &[]).await.status, StatusCode::OK);
        assert_refused(&redeem(&browser.visitor, &good, &[]).await, "twice");
        house.close().await;
    }

    async fn op_02_a_code_lives_for_a_minute(db: &Database) {
        let house = lenient(db).await;
        let clock = house.clock.as_ref().unwrap();
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&request_with(&[]), "ann").await;
        let (in_time, too_late) = (code(&mut browser, &[]).await, code(&mut browser, &[]).await);
        clock.advance_millis(59_999);
        assert_eq!(redeem(&browser.visitor, &in_time, &[]).await.status, StatusCode::OK);
        clock.advance_millis(1);
        assert_refused(&redeem(&browser.visitor, &too_late, &[]).await, "a minute old");
        house.close().await;
    }

    /// However far it went on: the tokens of the first use, and those that came of them.
    async fn op_02_a_second_use_ends_all_that_came_of_the_first(db: &Database) {
        let house = lenient(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&request_with(&[("scope", "openid offline_access")])).await;
        browser.confirm_at(&page, "ann").await;
        browser.consent(&page, "allow").await;
        let code = answered(&browser.get(&page).await)["code"].clone();
        let visitor = &browser.visitor;
        let (first, _) = tokens(visitor, &code).await;
        let go_on = |token: &str| {
            let form = [("grant_type", "refresh_token".to_owned()), ("refresh_token", token.to_owned())];
            async move {
                let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
                ask_as(visitor, OWN, "/oauth2/token", &form).await
            }
        };
        let next = go_on(first.text("refresh_token")).await;
        assert_eq!(next.status, StatusCode::OK);
        assert_refused(&redeem(visitor, &code, &[]).await, "the second use");
        for token in [first.text("access_token"), next.text("access_token")] {
            assert_eq!(visitor.user_info(token).await.code(), "invalid_token");
            let told = ask_as(visitor, OWN, "/oauth2/introspect", &[("token", token)]).await;
            assert_eq!(told.json, json!({ "active": false }));
        }
        assert_refused(&go_on(next.text("refresh_token")).await, "the newest refresh token");
        house.close().await;
    }

    /// OP-03: where a challenge may be left out, an attacker leaves it out: then no verifier is taken for one.
    async fn t21_pkce_cannot_be_talked_down(db: &Database) {
        let house = lenient(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&request_with(&[]), "ann").await;
        let stripped = code(&mut browser, &NO_CHALLENGE).await;
        assert_refused(&redeem(&browser.visitor, &stripped, &[]).await, "a verifier out of nowhere");
        assert_refused(&redeem(&browser.visitor, &stripped, &[("code_verifier", "")]).await, "it is burned");
        let plain = code(&mut browser, &NO_CHALLENGE).await;
        assert_eq!(redeem(&browser.visitor, &plain, &[("code_verifier", "")]).await.status, StatusCode::OK);
        for changes in [
            vec![("code_challenge_method", "plain")],
            vec![("code_challenge_method", "plain"), ("code_challenge", VERIFIER)],
            vec![("code_challenge_method", "")],
            vec![("code_challenge", "")],
            vec![("code_challenge", VERIFIER), ("code_challenge_method", "S512")],
        ] {
            let answer = answered(&browser.authorize(&request_with(&changes)).await);
            assert_eq!(answer["error"], "invalid_request", "{changes:?}");
        }
        house.close().await;
    }

    /// The attacker's own code, put into the visitor's browser at the website: what the website kept for its visitor
    /// does not fit it, with PKCE and without.
    async fn t12_an_attackers_code_is_worth_nothing_in_a_visitors_session(db: &Database) {
        let house = lenient(db).await;
        let mut attacker = SiteBrowser::new(&house);
        let answer = attacker.log_in(&request_with(&[("state", "attackers-state")]), "bob").await;
        assert_eq!(answer["state"], "attackers-state", "the website sees whose request was answered");
        let of_visitor = [("code_verifier", "visitors-own-verifier-of-at-least-43-characters")];
        assert_refused(&redeem(&house.visitor(), &answer["code"], &of_visitor).await, "the visitor's verifier");
        assert_refused(&redeem(&house.visitor(), &answer["code"], &[]).await, "it is burned, for the attacker too");
        let request = [NO_CHALLENGE[0], NO_CHALLENGE[1], ("nonce", "attackers-nonce")];
        let code = code(&mut attacker, &request).await;
        let reply = redeem(&house.visitor(), &code, &[("code_verifier", "")]).await;
        let claims = saoma_tests::relying_party::checked(&house.visitor(), reply.text("id_token")).await;
        assert_eq!(claims["nonce"], "attackers-nonce", "without PKCE it is the nonce that does not fit");
        house.close().await;
    }

    /// Another site makes the visitor's browser begin, decide or finish a login here: nothing of it counts.
    async fn t12_another_site_cannot_log_a_visitor_in(db: &Database) {
        let house = lenient(db).await;
        let mut attacker = SiteBrowser::new(&house);
        let mut visitor = SiteBrowser::new(&house);
        let page = attacker.to_login_page(&request_with(&[])).await;
        attacker.confirm_at(&page, "bob").await;
        // The confirmed page of the attacker, opened by the visitor: they are not the attacker.
        let own = location(&visitor.get(&page).await);
        assert_ne!(own, page);
        assert_eq!(answered(&visitor.authorize(&request_with(&[("prompt", "none")])).await)["error"], "login_required");
        let before = db.lines("SELECT id AS line FROM logins").await.len();
        for origin in [None, Some("http://localhost:9"), Some("https://evil.example"), Some("null")] {
            let start = visitor.visitor.http.post(format!("{}{own}/start", house.saoma));
            let start = origin.iter().fold(start, |start, origin| start.header("origin", *origin));
            let cookies: Vec<_> = visitor.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let begun = send(start.header("cookie", cookies.join("; ")).json(&json!({ "provider": "mini" }))).await;
            assert_eq!(begun.status, StatusCode::FORBIDDEN, "{origin:?}");
            for decision in ["allow", "deny", "cancel", "other"] {
                let decided = visitor.post_from(origin, &own, &[("decision", decision), ("csrf", "x")]).await;
                assert_eq!(decided.status, StatusCode::FORBIDDEN, "{origin:?} {decision}");
            }
        }
        assert_eq!(db.lines("SELECT id AS line FROM logins").await.len(), before);
        house.close().await;
    }

    /// OP-05: the answer to a mix-up: every answer says whose it is, errors included, in both modes (RFC 9207).
    async fn t19_every_answer_says_who_gives_it(db: &Database) {
        let house = lenient(db).await;
        for mode in Mode::ALL {
            let request = |changes: &[(&'static str, &'static str)]| {
                request_with(&[&[("response_mode", mode.word())][..], changes].concat())
            };
            let mut browser = SiteBrowser::new(&house);
            let mut answers = Vec::new();
            for changes in [
                &[("prompt", "none")][..], &[("response_type", "")], &[("response_type", "token")], &[("scope", "")],
                &[("request", "x")], &[("request_uri", "https://client.example/")], &[("registration", "{}")],
                &[("prompt", "x")], &[("max_age", "x")], &[("code_challenge_method", "plain")], &[("id_token_hint", "x")],
            ] {
                answers.push(mode.read(&browser.authorize(&request(changes)).await));
            }
            let page = browser.to_login_page(&request(&[])).await;
            answers.push(mode.read(&browser.post(&page, &[("decision", "cancel")]).await));
            let page = browser.to_login_page(&request(&[])).await;
            browser.confirm_at(&page, "ann").await;
            answers.push(mode.read(&browser.get(&page).await));
            answers.push(mode.read(&browser.authorize(&request(&[])).await));
            let more = [("prompt", "none"), ("scope", "openid profile offline_access")];
            answers.push(mode.read(&browser.authorize(&request(&more)).await));
            let page = browser.to_login_page(&request(&[("prompt", "consent")])).await;
            let csrf = hidden(&browser.get(&page).await, "csrf");
            answers.push(mode.read(&browser.post(&page, &[("csrf", &csrf), ("decision", "deny")]).await));
            let errors: Vec<_> = answers.iter().map(|answer| answer.get("error").map_or("", String::as_str)).collect();
            let invalid = "invalid_request";
            assert_eq!(errors, [
                "login_required", invalid, "unsupported_response_type", "invalid_scope", "request_not_supported",
                "request_uri_not_supported", "registration_not_supported", invalid, invalid, invalid, invalid,
                "access_denied", "", "", "consent_required", "access_denied",
            ]);
            for answer in &answers {
                assert_eq!((&answer["iss"], answer["state"].as_str()), (&house.saoma, "website-state"), "{answer:?}");
            }
        }
        house.close().await;
    }
}
