//! T12, T20, LOG-14: the code that a callback mints is for one website, one address and one verifier,
//! once. What burns it burns the login's only code: a redirect login never gets another.

use super::steps::{stands, timed_house, works_again};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, ORIGIN, Plan, REDIRECT_URI};
use saoma_tests::visitor::{Answer, VERIFIER, Visitor, send};
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::code_at_website;

const OTHER_SECRET: &str = "another-client-secret-of-more-than-32-chars";
const OTHER_URI: &str = "http://localhost:9/other";

/// A second website that shares address and way, and an app without a secret.
async fn house(db: &Database) -> House {
    let extra_toml = format!(
        r#"
[[client]]
client_id = "other"
name = "Other Shop"
type = "confidential"
secrets = ["{OTHER_SECRET}"]
redirect_uris = ["{REDIRECT_URI}"]
origins = ["{ORIGIN}"]
providers = ["website"]
[[client]]
client_id = "app"
name = "App"
type = "public"
redirect_uris = ["{REDIRECT_URI}"]
origins = ["{ORIGIN}"]
providers = ["website"]
"#
    );
    House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await
}

type Credentials = Option<(&'static str, &'static str)>;
/// What is wrong, who asks, and with what besides the code.
type Case<'a> = (&'static str, Credentials, Vec<(&'a str, &'a str)>);
const OWN: Credentials = Some((CLIENT, CLIENT_SECRET));

/// A token request; the client by HTTP Basic.
async fn token(visitor: &Visitor, client: Credentials, fields: &[(&str, &str)]) -> Answer {
    let mut form = vec![("grant_type", "authorization_code")];
    form.extend_from_slice(fields);
    let request = visitor.request(Method::POST, "/oauth2/token").form(&form);
    send(match client {
        Some((id, secret)) => request.basic_auth(id, Some(secret)),
        None => request,
    })
    .await
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "invalid_grant"), "{what}");
    assert!(answer.json.get("access_token").is_none());
}

every_database! {
    /// Anything wrong beside the code, and it is void, for whoever comes with everything right afterwards too.
    async fn t20_log_14_a_code_counts_with_all_that_belongs_to_it(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let wrong = "A".repeat(43);
        let right = [("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)];
        let cases: [Case<'_>; 6] = [
            ("another verifier", OWN, vec![("code_verifier", &wrong), right[1]]),
            ("another client", Some(("other", OTHER_SECRET)), right.to_vec()),
            ("a public client", None, [right[0], right[1], ("client_id", "app")].to_vec()),
            ("another address", OWN, vec![right[0], ("redirect_uri", OTHER_URI)]),
            ("a longer address", OWN, vec![right[0], ("redirect_uri", "http://localhost:9/callback/")]),
            ("no address", OWN, vec![right[0]]),
        ];
        for (what, client, mut fields) in cases {
            let held = visitor.begin_by(&WEBSITE).await;
            let code = code_at_website(&visitor, &held, "ann").await;
            fields.push(("code", &code));
            assert_refused(&token(&visitor, client, &fields).await, what);
            assert_refused(&visitor.redeem(&code).await, what);
            assert_eq!(visitor.stage(&held).await, "confirmed", "{what}");
            let refused = visitor.post(&held, "complete").await;
            assert_eq!(refused.code(), "answered_by_redirect", "{what}");
        }
        let burned = db.lines("SELECT id AS line FROM audit_events WHERE action = 'code.burned'").await;
        assert_eq!(burned.len(), 6);
        assert!(db.lines("SELECT hash AS line FROM access_tokens").await.is_empty());
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// Who is not recognised, or says nothing of a verifier, burns nothing.
    async fn a_failed_authentication_burns_nothing(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let code = code_at_website(&visitor, &held, "ann").await;
        let all = [("code", code.as_str()), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)];
        for client in [Some((CLIENT, "wrong")), Some(("nobody", CLIENT_SECRET))] {
            assert_eq!(token(&visitor, client, &all).await.code(), "invalid_client");
        }
        assert_eq!(token(&visitor, OWN, &[all[0], all[2]]).await.code(), "invalid_request");
        assert_eq!(visitor.redeem(&code).await.status, StatusCode::OK);
        house.close().await;
    }

    /// OP-02: the second use finds no token and takes the first one's with it.
    async fn t20_a_second_use_takes_the_token_with_it(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let code = code_at_website(&visitor, &held, "ann").await;
        let tokens = visitor.redeem(&code).await;
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.status, StatusCode::OK);
        assert_refused(&visitor.redeem(&code).await, "the second use");
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.code(), "invalid_token");
        house.close().await;
    }

    /// LOG-14: a minute, and not a moment longer.
    async fn log_14_a_code_lives_for_a_minute(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (early, late) = (visitor.begin_by(&WEBSITE).await, visitor.begin_by(&WEBSITE).await);
        let (in_time, too_late) =
            (code_at_website(&visitor, &early, "ann").await, code_at_website(&visitor, &late, "ann").await);
        let clock = house.clock.as_ref().unwrap();
        clock.advance_millis(59_999);
        assert_eq!(visitor.redeem(&in_time).await.status, StatusCode::OK);
        clock.advance_millis(1);
        assert_refused(&visitor.redeem(&too_late).await, "too late");
        assert_eq!(stands(&visitor, &late).await.0, "confirmed");
        house.close().await;
    }
}
