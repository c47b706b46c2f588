//! What a website's developer reads when the token endpoint refuses them, and what its admin reads in the log.

use super::{OTHER, OWN, open};
use nix::sys::signal::Signal;
use reqwest::{Method, StatusCode};
use saoma_core::SecretHash;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, Plan};
use saoma_tests::installed::Installed;
use saoma_tests::relying_party::{SiteBrowser, redeem, request_with, tokens};
use saoma_tests::visitor::send;

/// What is sent, whether with the secret by HTTP Basic, and what is said of it.
type Fault<'a> = (&'a [(&'a str, &'a str)], bool, &'a str);

const CODE: (&str, &str) = ("grant_type", "authorization_code");
const IN_FORM: (&str, &str) = ("client_secret", "x");

/// 400 `invalid_request`.
const FLAWED: [Fault<'_>; 8] = [
    (&[], true, "grant_type is missing."),
    (&[CODE], true, "code is missing."),
    (&[CODE, ("code", "x")], true, "code_verifier is missing."),
    (&[("grant_type", "refresh_token")], true, "refresh_token is missing."),
    (&[CODE, IN_FORM], false, "client_id is missing."),
    (&[CODE, IN_FORM], true, "proves itself in two ways at once"),
    (&[CODE, IN_FORM, ("client_assertion", "x")], false, "proves itself in two ways at once"),
    (&[CODE, ("client_id", OTHER.0)], true, "client_id names another client"),
];

/// 401 `invalid_client`.
const UNPROVEN: [Fault<'_>; 2] = [
    (&[CODE], false, "No client proved itself"),
    (&[CODE, ("client_id", CLIENT)], false, "This client must prove itself"),
];

every_database! {
    async fn the_token_endpoint_says_what_is_missing_or_too_much(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        let told = FLAWED.map(|fault| (fault, StatusCode::BAD_REQUEST, "invalid_request"));
        let told = told.into_iter().chain(UNPROVEN.map(|fault| (fault, StatusCode::UNAUTHORIZED, "invalid_client")));
        for ((form, by_basic, words), status, code) in told {
            let request = visitor.request(Method::POST, "/oauth2/token").form(form);
            let request = if by_basic { request.basic_auth(OWN.0, Some(OWN.1)) } else { request };
            let answer = send(request).await;
            let said = answer.text("error_description");
            assert_eq!((answer.status, answer.code()), (status, code), "{form:?}: {said}");
            assert!(said.contains(words), "{form:?}: {said}");
        }
        house.close().await;
    }

    /// An admin finds which website's secret is wrong; what else stands where an id should is nobody's to read.
    async fn the_log_names_a_known_client_that_did_not_prove_itself_and_nobody_else(db: &Database) {
        let mut house = Installed::open(db.url(), Plan::default()).await;
        let visitor = house.visitor();
        for (id, secret) in [(CLIENT, "not-the-secret-of-this-website"), ("a-password-in-the-wrong-field", "x")] {
            let request = visitor.request(Method::POST, "/oauth2/token").basic_auth(id, Some(secret));
            let answer = send(request.form(&[CODE, ("code", "x")])).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        }
        let log = house.end(Signal::SIGTERM).await.stderr;
        let told: Vec<_> = log.lines().filter(|line| line.contains("a client did not prove itself")).collect();
        assert_eq!(told.len(), 1, "{log}");
        assert!(told[0].contains(CLIENT) && told[0].contains("its secret is wrong"), "{}", told[0]);
        assert!(!log.contains("not-the-secret") && !log.contains("wrong-field"), "{log}");
    }

    /// Codes say that they are an authorization's. One of a version that did not say so yet is good all the same,
    /// and once.
    async fn a_code_from_before_an_update_is_redeemed_after_it(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&request_with(&[]), "ann").await["code"].clone();
        let (now, before) = (SecretHash::of(&code), SecretHash::of("a-code-without-a-mark"));
        let sql = "UPDATE authorizations SET code_hash = '{before}' WHERE code_hash = '{now}'";
        let sql = sql.replace("{before}", before.as_str()).replace("{now}", now.as_str());
        db.raw().await.execute(&sql).await.unwrap();
        assert_eq!(redeem(&browser.visitor, &code, &[]).await.code(), "invalid_grant");
        tokens(&browser.visitor, "a-code-without-a-mark").await;
        let again = redeem(&browser.visitor, "a-code-without-a-mark", &[]).await;
        assert_eq!((again.status, again.code()), (StatusCode::BAD_REQUEST, "invalid_grant"));
        house.close().await;
    }
}
