//! The website's end: a code is redeemed once, by its Client, with its verifier and redirect_uri.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan, REDIRECT_URI};
use saoma_tests::visitor::{Answer, Held, VERIFIER, Visitor, send};

const OTHER_SECRET: &str = "another-client-secret-of-more-than-32-chars";
const OTHER_URI: &str = "http://localhost:9/other";

/// A second website, an app without a secret, and a second address of the first website.
async fn house(db: &Database) -> House {
    let extra_toml = format!(
        r#"
[[client]]
client_id = "other"
name = "Other Shop"
type = "confidential"
secrets = ["{OTHER_SECRET}"]
redirect_uris = ["{REDIRECT_URI}"]
providers = ["mini"]
[[client]]
client_id = "app"
name = "App"
type = "public"
redirect_uris = ["{REDIRECT_URI}"]
origins = ["http://localhost:10"]
providers = ["mini"]
"#
    );
    House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await
}

async fn code(visitor: &Visitor, held: &Held) -> String {
    let completed = visitor.post(held, "complete").await;
    assert_eq!(completed.status, StatusCode::OK, "{:?}", completed.json);
    completed.text("code").to_owned()
}

/// A client's id and secret.
type Credentials<'a> = Option<(&'a str, &'a str)>;

/// A token request; the client by HTTP Basic.
async fn token(visitor: &Visitor, client: Credentials<'_>, fields: &[(&str, &str)]) -> Answer {
    let mut form = vec![("grant_type", "authorization_code")];
    form.extend_from_slice(fields);
    let mut request = visitor.request(Method::POST, "/oauth2/token").form(&form);
    if let Some((id, secret)) = client {
        request = request.basic_auth(id, Some(secret));
    }
    send(request).await
}

fn assert_refused(answer: &Answer, status: StatusCode, error: &str) {
    assert_eq!((answer.status, answer.code()), (status, error), "{:?}", answer.json);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.json.get("access_token").is_none());
}

every_database! {
    /// Of a hundred tries at once one gets a token; the others are the second use that revokes it.
    async fn a_code_redeems_once_of_a_hundred_parallel_tries(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let code = code(&visitor, &held).await;
        let start = tokio::sync::Barrier::new(100);
        let tries = (0..100).map(|_| async {
            start.wait().await;
            visitor.redeem(&code).await
        });
        let answers = futures_util::future::join_all(tries).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == StatusCode::OK);
        assert_eq!(won.len(), 1);
        for answer in lost {
            assert_refused(answer, StatusCode::BAD_REQUEST, "invalid_grant");
        }
        let info = visitor.user_info(won[0].text("access_token")).await;
        assert_refused(&info, StatusCode::UNAUTHORIZED, "invalid_token");
        assert_eq!(visitor.stage(&held).await, "redeemed");
        assert_eq!(db.lines("SELECT id AS line FROM grants").await.len(), 1);
        house.close().await;
    }

    /// OP-02: whoever presents a spent code takes the access token with it.
    async fn a_second_use_revokes_the_access_token(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let code = code(&visitor, &visitor.confirmed("ann").await).await;
        let tokens = visitor.redeem(&code).await;
        let access_token = tokens.text("access_token");
        assert_eq!(visitor.user_info(access_token).await.status, StatusCode::OK);
        assert_refused(&visitor.redeem(&code).await, StatusCode::BAD_REQUEST, "invalid_grant");
        let info = visitor.user_info(access_token).await;
        assert_refused(&info, StatusCode::UNAUTHORIZED, "invalid_token");
        assert_eq!(info.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
        house.close().await;
    }

    /// A wrong verifier, client or redirect_uri voids the code; the Login stays and gives another.
    async fn anything_wrong_with_a_code_burns_it(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let own = Some((CLIENT, CLIENT_SECRET));
        let other = Some(("other", OTHER_SECRET));
        let wrong_verifier = "A".repeat(43);
        let attempts = [
            ("verifier", own, vec![("code_verifier", wrong_verifier.as_str()), ("redirect_uri", REDIRECT_URI)]),
            ("client", other, vec![("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)]),
            ("public client", None, vec![("client_id", "app"), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)]),
            ("other redirect_uri", own, vec![("code_verifier", VERIFIER), ("redirect_uri", OTHER_URI)]),
            ("longer redirect_uri", own, vec![("code_verifier", VERIFIER), ("redirect_uri", "http://localhost:9/callback/")]),
            ("no redirect_uri", own, vec![("code_verifier", VERIFIER)]),
        ];
        let held = visitor.confirmed("ann").await;
        for (what, client, mut fields) in attempts {
            let burned = code(&visitor, &held).await;
            fields.push(("code", &burned));
            assert_refused(&token(&visitor, client, &fields).await, StatusCode::BAD_REQUEST, "invalid_grant");
            assert_refused(&visitor.redeem(&burned).await, StatusCode::BAD_REQUEST, "invalid_grant");
            assert_eq!(visitor.stage(&held).await, "confirmed", "{what}");
        }
        assert_eq!(db.lines("SELECT id AS line FROM audit_events WHERE action = 'code.burned'").await.len(), 6);
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// An address that was not named at the beginning must not be named at the end.
    async fn a_redirect_uri_out_of_nowhere_burns_the_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut body = Visitor::begin_body();
        body.as_object_mut().unwrap().remove("redirect_uri");
        let held = Held::of(&visitor.try_begin(&body).await);
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        let completed = visitor.post(&held, "complete").await;
        assert!(completed.json.get("redirect_to").is_none());
        assert_refused(&visitor.redeem(completed.text("code")).await, StatusCode::BAD_REQUEST, "invalid_grant");
        let code = code(&visitor, &held).await;
        let bare = visitor.try_redeem(&[("code", &code), ("code_verifier", VERIFIER)]).await;
        assert_eq!(bare.status, StatusCode::OK);
        house.close().await;
    }

    /// Whoever fails to prove a client, or sends half a request, leaves the code as it was.
    async fn a_failed_client_authentication_burns_nothing(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let code = code(&visitor, &held).await;
        let right = [("code", code.as_str()), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)];
        let with = |more: &[(&'static str, &'static str)]| [&right[..], more].concat();
        let unauthorized = StatusCode::UNAUTHORIZED;
        for (client, fields) in [
            (Some((CLIENT, "wrong")), with(&[])),
            (Some((CLIENT, OTHER_SECRET)), with(&[])),
            (Some((CLIENT, "")), with(&[])),
            (Some(("nobody", CLIENT_SECRET)), with(&[])),
            (Some(("app", CLIENT_SECRET)), with(&[])),
            (None, with(&[])),
            (None, with(&[("client_id", CLIENT)])),
            (None, with(&[("client_id", CLIENT), ("client_secret", "wrong")])),
            (None, with(&[("client_id", "nobody")])),
        ] {
            let answer = token(&visitor, client, &fields).await;
            assert_refused(&answer, unauthorized, "invalid_client");
            assert!(answer.headers.contains_key("www-authenticate"));
        }
        let own = Some((CLIENT, CLIENT_SECRET));
        let bad_request = StatusCode::BAD_REQUEST;
        for (client, fields) in [
            (own, with(&[("client_secret", CLIENT_SECRET)])),
            (own, with(&[("client_id", "other")])),
            (own, right[..1].to_vec()),
            (own, right[1..].to_vec()),
        ] {
            assert_refused(&token(&visitor, client, &fields).await, bad_request, "invalid_request");
        }
        for authorization in ["Basic %%%", "Basic bm9jb2xvbg==", "Bearer abc", "Basic"] {
            let request = visitor.request(Method::POST, "/oauth2/token").header("authorization", authorization);
            let mut form = vec![("grant_type", "authorization_code")];
            form.extend_from_slice(&right);
            assert_refused(&send(request.form(&form)).await, unauthorized, "invalid_client");
        }
        assert_eq!(visitor.redeem(&code).await.status, StatusCode::OK);
        house.close().await;
    }

    /// NET-04: a parameter sent twice is refused, equal or not, and burns nothing.
    async fn net_04_a_parameter_sent_twice_is_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let code = code(&visitor, &visitor.confirmed("ann").await).await;
        let right = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", VERIFIER),
            ("redirect_uri", REDIRECT_URI),
            ("client_id", CLIENT),
        ];
        for twice in right {
            for value in [twice.1, "x", ""] {
                let form = [&right[..], &[(twice.0, value)]].concat();
                let request = visitor.request(Method::POST, "/oauth2/token").basic_auth(CLIENT, Some(CLIENT_SECRET));
                assert_refused(&send(request.form(&form)).await, StatusCode::BAD_REQUEST, "invalid_request");
            }
        }
        assert_eq!(visitor.redeem(&code).await.status, StatusCode::OK);
        house.close().await;
    }

    /// Each `complete` replaces the code before it; the void one harms nothing.
    async fn completing_twice_voids_the_first_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let (first, second) = (code(&visitor, &held).await, code(&visitor, &held).await);
        assert_ne!(first, second);
        assert_refused(&visitor.redeem(&first).await, StatusCode::BAD_REQUEST, "invalid_grant");
        let tokens = visitor.redeem(&second).await;
        assert_eq!(tokens.status, StatusCode::OK);
        assert_refused(&visitor.redeem(&first).await, StatusCode::BAD_REQUEST, "invalid_grant");
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.status, StatusCode::OK);
        let over = visitor.post(&held, "complete").await;
        assert_eq!((over.status, over.text("stage")), (StatusCode::CONFLICT, "redeemed"));
        house.close().await;
    }

    /// An app without a secret redeems by its verifier alone, and only its own codes.
    async fn a_public_client_redeems_by_its_verifier(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let mut body = Visitor::begin_body();
        body["client_id"] = "app".into();
        let request = visitor.request(Method::POST, "/api/v1/logins").header("origin", "http://localhost:10");
        let held = Held::of(&send(request.json(&body)).await);
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        let code = code(&visitor, &held).await;
        let fields =
            [("client_id", "app"), ("code", &code), ("code_verifier", VERIFIER), ("redirect_uri", REDIRECT_URI)];
        let tokens = token(&visitor, None, &fields).await;
        assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
        assert_eq!(tokens.text("token_type"), "Bearer");
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.status, StatusCode::OK);
        house.close().await;
    }
}
