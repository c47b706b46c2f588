//! Which pages may begin, read and finish a Login, and who may without a page.

use crate::flows::net05::assert_common;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, ORIGIN, Plan};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use serde_json::json;

const OTHER_ORIGIN: &str = "http://localhost:10";
const OTHER_SECRET: &str = "another-client-secret-of-more-than-32-chars";

/// A house with a second website.
async fn house(db: &Database) -> House {
    let extra_toml = format!(
        r#"
[[client]]
client_id = "other"
name = "Other Shop"
type = "confidential"
secrets = ["{OTHER_SECRET}"]
origins = ["{OTHER_ORIGIN}"]
providers = ["mini"]
"#
    );
    House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await
}

/// Origins that look like the website's and are not.
const FOREIGN: [&str; 9] = [
    "https://evil.example",
    "null",
    "",
    "http://localhost:9/",
    "http://localhost:9.evil.example",
    "http://LOCALHOST:9",
    "https://localhost:9",
    "http://localhost",
    "http://shop.localhost:9",
];

fn assert_unreadable(answer: &Answer, origin: &str) {
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"), "{origin}");
    assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
    assert_common(&answer.headers);
}

async fn begin_from(visitor: &Visitor, origin: &str) -> Answer {
    let request = visitor.request(Method::POST, "/api/v1/logins").header("origin", origin);
    send(request.json(&Visitor::begin_body())).await
}

async fn call_from(visitor: &Visitor, held: &Held, origin: &str, method: Method, rest: &str) -> Answer {
    let request = visitor.request(method, &format!("/api/v1/logins/{}{rest}", held.id));
    send(request.bearer_auth(&held.secret).header("origin", origin)).await
}

const CALLS: [(Method, &str); 5] = [
    (Method::GET, ""),
    (Method::GET, "?after_version=9&wait=25"),
    (Method::GET, "/events"),
    (Method::POST, "/cancel"),
    (Method::POST, "/complete"),
];

every_database! {
    /// Without `Origin` only a back end may begin, and it proves which one it is.
    async fn a_begin_without_origin_needs_client_authentication(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let begin = |credentials: Option<(&'static str, &'static str)>| {
            let request = visitor.request(Method::POST, "/api/v1/logins").json(&Visitor::begin_body());
            send(match credentials {
                Some((id, secret)) => request.basic_auth(id, Some(secret)),
                None => request,
            })
        };
        let bare = begin(None).await;
        assert_eq!((bare.status, bare.code()), (StatusCode::UNAUTHORIZED, "client_authentication_required"));
        for wrong in [(CLIENT, "wrong"), (CLIENT, OTHER_SECRET), ("nobody", CLIENT_SECRET), ("other", OTHER_SECRET)] {
            let answer = begin(Some(wrong)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "client_authentication_failed"));
        }
        assert!(db.lines("SELECT id AS line FROM logins").await.is_empty());
        let held = Held::of(&begin(Some((CLIENT, CLIENT_SECRET))).await);
        assert_eq!(held.secret.len(), 43);
        visitor.confirm(&visitor.scan(&held, "ann").await).await;
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// Only a back end may say whose browser it is.
    async fn a_page_cannot_say_whose_browser_it_is(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let mut body = Visitor::begin_body();
        body["browser"] = json!({"ip": "203.0.113.9", "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"});
        let page = visitor.try_begin(&body).await;
        assert_eq!((page.status, page.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"));
        let request = visitor.request(Method::POST, "/api/v1/logins").basic_auth(CLIENT, Some(CLIENT_SECRET));
        let held = Held::of(&send(request.json(&body)).await);
        let scan = visitor.try_scan(&visitor.scene(&held).await, &visitor.js_code("ann").await).await;
        assert_eq!(scan.json["requester"]["browser"], "Firefox, Linux");
        assert!(db.lines("SELECT requester AS line FROM logins").await[0].contains("203.0.113.9"));
        house.close().await;
    }

    /// A page of another site begins nothing, reads nothing, ends nothing, not even with the secret.
    async fn a_foreign_origin_is_refused(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        for origin in FOREIGN {
            assert_unreadable(&begin_from(&visitor, origin).await, origin);
            let mut credentials = visitor.request(Method::POST, "/api/v1/logins").basic_auth(CLIENT, Some(CLIENT_SECRET));
            credentials = credentials.header("origin", origin).json(&Visitor::begin_body());
            assert_unreadable(&send(credentials).await, origin);
            for (method, rest) in CALLS {
                let answer = call_from(&visitor, &held, origin, method, rest).await;
                assert_unreadable(&answer, origin);
                assert!(answer.json.get("login_id").is_none() && answer.json.get("code").unwrap() == "origin_not_allowed");
            }
        }
        assert_eq!(visitor.stage(&held).await, "confirmed");
        assert_eq!(db.lines("SELECT id AS line FROM logins").await.len(), 1);
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// A page of another registered website is as foreign to this one's Logins.
    async fn another_clients_origin_is_refused(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let begin = begin_from(&visitor, OTHER_ORIGIN).await;
        assert_eq!((begin.status, begin.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"));
        for (method, rest) in CALLS {
            let answer = call_from(&visitor, &held, OTHER_ORIGIN, method, rest).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "origin_not_allowed"), "{rest}");
        }
        assert_eq!(visitor.stage(&held).await, "confirmed");
        // A refused page has touched nothing: the code that was given before it is still good.
        let code = call_from(&visitor, &held, ORIGIN, Method::POST, "/complete").await;
        let refused = call_from(&visitor, &held, OTHER_ORIGIN, Method::POST, "/complete").await;
        assert_eq!(refused.code(), "origin_not_allowed");
        assert_eq!(visitor.redeem(code.text("code")).await.status, StatusCode::OK);
        house.close().await;
    }

    /// Preflights: the union of all websites' origins, on calls that pages make; never with cookies.
    async fn preflights_open_only_what_pages_call(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let preflight = |path: &'static str, origin: &'static str| {
            let request = visitor.request(Method::OPTIONS, path).header("origin", origin);
            let request = request.header("access-control-request-method", "POST");
            send(request.header("access-control-request-headers", "authorization,content-type,last-event-id"))
        };
        for path in ["/api/v1/logins", "/api/v1/logins/lgn_x/events", "/api/v1/clients/shop", "/oauth2/token", "/oauth2/userinfo"] {
            for origin in [ORIGIN, OTHER_ORIGIN] {
                let answer = preflight(path, origin).await;
                assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
                assert_eq!(answer.headers["access-control-allow-origin"], origin);
                assert_eq!(answer.headers["access-control-allow-methods"], "GET, POST");
                assert_eq!(answer.headers["access-control-allow-headers"], "authorization, content-type, last-event-id");
                assert_eq!(answer.headers["access-control-expose-headers"], "retry-after");
                assert!(answer.headers.get_all("vary").iter().any(|value| value == "origin"));
                assert!(!answer.headers.contains_key("access-control-allow-credentials"));
            }
            for origin in FOREIGN {
                assert_unreadable(&preflight(path, origin).await, origin);
            }
        }
        for path in ["/api/v1/companion/scan", "/api/v1/companion/confirm", "/api/v1/companion/deny", "/"] {
            assert_unreadable(&preflight(path, ORIGIN).await, path);
        }
        house.close().await;
    }

    /// LOG-15: reading and following need the browser secret; the Client's own pages may read the answers.
    async fn log_15_status_needs_the_secret_and_cors_is_for_the_clients_origins(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let begun = begin_from(&visitor, ORIGIN).await;
        let held = Held::of(&begun);
        for rest in ["", "?after_version=9&wait=25", "/events"] {
            let request = visitor.request(Method::GET, &format!("/api/v1/logins/{}{rest}", held.id));
            let bare = send(request.header("origin", ORIGIN)).await;
            assert_eq!((bare.status, bare.code()), (StatusCode::UNAUTHORIZED, "credential_required"), "{rest}");
            assert_eq!(bare.headers["www-authenticate"], "Bearer realm=\"saoma\"");
        }
        for secret in ["?access_token=", "?browser_secret=", "?secret="] {
            let path = format!("/api/v1/logins/{}{secret}{}", held.id, held.secret);
            assert_eq!(send(visitor.request(Method::GET, &path)).await.status, StatusCode::UNAUTHORIZED);
        }
        let read = call_from(&visitor, &held, ORIGIN, Method::GET, "").await;
        for answer in [&begun, &read] {
            assert!(answer.status.is_success());
            assert_eq!(answer.headers["access-control-allow-origin"], ORIGIN);
            assert!(answer.headers.get_all("vary").iter().any(|value| value == "origin"));
            assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        }
        assert!(read.json.get("browser_secret").is_none());
        house.close().await;
    }
}
