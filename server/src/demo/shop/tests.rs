//! The shop as a whole, called without a socket; a stand-in answers for Saoma on a loopback port.

mod stand_in;

use std::collections::BTreeMap;
use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, Request, Response, Server};
use serde_json::{Value, json};

use super::endpoint;
use super::saoma::challenge;
use stand_in::{Key, LATE, OWN_KEY, Seen, config, routes};

/// The stand-in on a loopback port until the test ends, and what it was sent.
async fn saoma() -> (url::Url, Seen) {
    let seen = Seen::default();
    let app = routes(Arc::clone(&seen));
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let port = acceptor.local_addr()[0].as_socket_addr().unwrap().port();
    #[expect(clippy::disallowed_methods, reason = "a stand-in that ends with its test")]
    let _running = tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    (format!("http://127.0.0.1:{port}/").parse().unwrap(), seen)
}

fn cookie(response: &Response) -> String {
    let value = response.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    value.split(';').next().unwrap().to_owned()
}

fn wish(origin: &'static str, body: impl Into<poem::Body>) -> Request {
    Request::builder()
        .method(poem::http::Method::POST)
        .uri_str("/login/start")
        .header("origin", origin)
        .header("user-agent", "Firefox")
        .body(body)
}

const OWN: &str = "http://localhost:8070";

/// Begins; answers the session and what Saoma was asked.
async fn start(shop: &impl Endpoint<Output = Response>, seen: &Seen) -> (String, BTreeMap<String, String>) {
    let request = wish(OWN, r#"{"provider":"mini","locale":"en"}"#);
    let mut response = shop.get_response(request).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let set_cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(set_cookie.contains("HttpOnly") && set_cookie.contains("SameSite=Lax"), "{set_cookie}");
    let session = cookie(&response);
    let begun = seen.lock().unwrap().pop().unwrap();
    let body = response.take_body().into_string().await.unwrap();
    assert!(body.contains("lgn_1") && body.contains("bs"), "{body}");
    assert!(!body.contains(&begun["state"]), "the state is the session's");
    (session, begun)
}

async fn visit(shop: &impl Endpoint<Output = Response>, path: &str, session: &str) -> Response {
    shop.get_response(Request::builder().uri_str(path).header("cookie", session).finish()).await
}

#[tokio::test]
async fn a_visitor_signs_in_is_greeted_and_signs_out() {
    let (saoma, seen) = saoma().await;
    let issuer = saoma.as_str().trim_end_matches('/').to_owned();
    let shop = endpoint(config(saoma)).unwrap();
    let (session, begun) = start(&shop, &seen).await;
    let state = &begun["state"];
    for (key, value) in [
        ("client_id", "shop"),
        ("provider", "mini"),
        ("redirect_uri", "http://localhost:8070/callback"),
        ("locale", "en"),
        ("user_agent", "Firefox"),
        ("authorization", "Basic c2hvcDpzZWNyZXQ="),
    ] {
        assert_eq!(begun[key], value, "{key}");
    }

    let back = visit(&shop, &format!("/callback?code=good&state={state}&iss={issuer}"), &session).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    assert_eq!(back.headers()["location"], "/account");
    let signed_in = cookie(&back);
    // T11: the session before the login is dead, its successor has another id.
    assert_ne!(signed_in, session);

    let form = seen.lock().unwrap().pop().unwrap();
    assert_eq!(challenge(&form["code_verifier"]), begun["code_challenge"]);
    assert_eq!(form["redirect_uri"], "http://localhost:8070/callback");
    assert_eq!(form["authorization"], "Basic c2hvcDpzZWNyZXQ=");

    let mut account = visit(&shop, "/account?lang=zh-CN", &signed_in).await;
    let html = account.take_body().into_string().await.unwrap();
    assert!(html.contains("小美") && html.contains("微信小程序"), "{html}");
    assert_eq!(visit(&shop, "/account", &session).await.status(), StatusCode::SEE_OTHER);

    let logout = |site: &'static str| {
        Request::builder()
            .method(poem::http::Method::POST)
            .uri_str("/logout")
            .header("cookie", &signed_in)
            .header("origin", "null")
            .header("sec-fetch-site", site)
            .finish()
    };
    assert_eq!(shop.get_response(logout("same-site")).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(visit(&shop, "/account", &signed_in).await.status(), StatusCode::OK);
    assert_eq!(shop.get_response(logout("same-origin")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(visit(&shop, "/account", &signed_in).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_two_ways_of_the_login_page_begin_in_one_session_whichever_comes_first() {
    let (saoma, seen) = saoma().await;
    let issuer = saoma.as_str().trim_end_matches('/').to_owned();
    let shop = endpoint(config(saoma)).unwrap();
    let session = cookie(&visit(&shop, "/login", "").await);
    let mut wish = wish(OWN, r#"{"provider":"mini"}"#);
    wish.headers_mut().insert(header::COOKIE, session.parse().unwrap());
    // Both are on their way at once, with the cookie that the page gave.
    let (by_code, by_link) = (shop.get_response(wish).await, visit(&shop, "/login/openid", &session).await);
    assert_eq!([&by_code, &by_link].map(cookie), [session.as_str(), session.as_str()]);
    let state = seen.lock().unwrap().pop().unwrap()["state"].clone();
    let link: url::Url = by_link.headers()["location"].to_str().unwrap().parse().unwrap();
    let (_, linked) = link.query_pairs().find(|(name, _)| name == "state").unwrap();
    for state in [&state, linked.as_ref()] {
        let back = format!("/callback?error=access_denied&state={state}&iss={issuer}");
        assert_eq!(visit(&shop, &back, &session).await.status(), StatusCode::FORBIDDEN, "it is known");
    }
}

#[tokio::test]
async fn a_callback_that_is_not_ours_never_reaches_the_token_endpoint() {
    let (saoma, seen) = saoma().await;
    let issuer = saoma.as_str().trim_end_matches('/').to_owned();
    let shop = endpoint(config(saoma)).unwrap();
    let (session, begun) = start(&shop, &seen).await;
    let state = &begun["state"];
    let (other, _) = start(&shop, &seen).await;

    let forged = [
        (format!("/callback?code=good&iss={issuer}"), &session),
        (format!("/callback?code=good&state=x&iss={issuer}"), &session),
        (format!("/callback?code=good&state={state}&iss={issuer}"), &other),
        (format!("/callback?code=good&state={state}&iss=http://evil.example"), &session),
        // The attempt above was spent by the wrong issuer.
        (format!("/callback?code=good&state={state}&iss={issuer}"), &session),
    ];
    for (path, session) in forged {
        assert_eq!(visit(&shop, &path, session).await.status(), StatusCode::BAD_REQUEST, "{path}");
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_refused_code_and_a_declined_login_are_told() {
    let (saoma, seen) = saoma().await;
    let issuer = saoma.as_str().trim_end_matches('/').to_owned();
    let shop = endpoint(config(saoma)).unwrap();
    for (query, status) in [
        ("code=spent", StatusCode::BAD_GATEWAY),
        ("code=anothers", StatusCode::BAD_GATEWAY),
        ("code=of-another-website", StatusCode::BAD_GATEWAY),
        ("error=access_denied", StatusCode::FORBIDDEN),
    ] {
        let (session, begun) = start(&shop, &seen).await;
        let state = &begun["state"];
        let path = format!("/callback?{query}&state={state}&iss={issuer}");
        assert_eq!(visit(&shop, &path, &session).await.status(), status);
    }
}

#[tokio::test]
async fn a_logout_elsewhere_is_heard_and_only_of_saoma() {
    let (saoma, seen) = saoma().await;
    let issuer = saoma.as_str().trim_end_matches('/').to_owned();
    let shop = endpoint(config(saoma)).unwrap();
    let (session, begun) = start(&shop, &seen).await;
    let back = format!("/callback?code=good&state={}&iss={issuer}", begun["state"]);
    let session = cookie(&visit(&shop, &back, &session).await);
    let tell = |told: String| {
        let request = Request::builder().method(poem::http::Method::POST).uri_str(super::BACK_CHANNEL_LOGOUT);
        shop.get_response(request.body(format!("logout_token={told}")))
    };
    let good = json!({
        "iss": issuer, "aud": "shop", "sub": "usr_1", "sid": "s1", "exp": LATE,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let stranger = Key::new();
    for (why, told) in [
        ("no token", String::new()),
        ("another's key", stranger.sign("logout+jwt", &good)),
        ("an id token", OWN_KEY.sign("JWT", &good)),
        ("another issuer", OWN_KEY.sign("logout+jwt", &with("iss", json!("http://evil.example")))),
        ("another website", OWN_KEY.sign("logout+jwt", &with("aud", json!("books")))),
        ("too old", OWN_KEY.sign("logout+jwt", &with("exp", json!(1)))),
        ("no event", OWN_KEY.sign("logout+jwt", &with("events", json!({})))),
        ("a nonce", OWN_KEY.sign("logout+jwt", &with("nonce", json!("n")))),
    ] {
        assert_eq!(tell(told).await.status(), StatusCode::BAD_REQUEST, "{why}");
        assert_eq!(visit(&shop, "/account", &session).await.status(), StatusCode::OK, "{why}");
    }
    let elsewhere = OWN_KEY.sign("logout+jwt", &with("sid", json!("s2")));
    assert_eq!(tell(elsewhere).await.status(), StatusCode::OK);
    assert_eq!(visit(&shop, "/account", &session).await.status(), StatusCode::OK);
    for _ in 0..2 {
        assert_eq!(tell(OWN_KEY.sign("logout+jwt", &good)).await.status(), StatusCode::OK);
        assert_eq!(visit(&shop, "/account", &session).await.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn an_attempt_begins_only_from_our_own_page_with_a_small_body() {
    let shop = endpoint(config("http://127.0.0.1:9/".parse().unwrap())).unwrap();
    let way = r#"{"provider":"mini"}"#;
    let far = format!(r#"{{"provider":"{}"}}"#, "x".repeat(41));
    assert_eq!(shop.get_response(wish("http://localhost:1", way)).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(shop.get_response(wish(OWN, "{")).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(shop.get_response(wish(OWN, far)).await.status(), StatusCode::BAD_REQUEST);
    let huge = shop.get_response(wish(OWN, "x".repeat(2000))).await;
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // Nobody answers at Saoma's address: no code, so that the page speaks of the network.
    let alone = shop.get_response(wish(OWN, way)).await;
    assert_eq!(alone.status(), StatusCode::BAD_GATEWAY);
    assert!(!alone.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_refusal_of_saoma_is_handed_on_and_leaves_no_session() {
    let (saoma, _) = saoma().await;
    let shop = endpoint(config(saoma)).unwrap();
    let mut refused = shop.get_response(wish(OWN, r#"{"provider":"closed"}"#)).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "7");
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert!(!refused.headers().contains_key("set-cookie"));
    let body: Value = refused.take_body().into_json().await.unwrap();
    assert_eq!(body["code"], "vendor_unavailable");
    let mut offer = visit(&shop, "/login/start", "").await;
    let offer: Value = offer.take_body().into_json().await.unwrap();
    assert_eq!(offer["client_id"], "shop");
    assert_eq!(offer["titles"]["mini"], "WeChat Mini Program");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let shop = endpoint(config("http://127.0.0.1:9/".parse().unwrap())).unwrap();
    for path in ["/", "/login", "/account", "/callback", "/nowhere", "/assets/tokens.css", "/assets/none"] {
        let response = visit(&shop, path, "").await;
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("http://127.0.0.1:9"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        let stored = if path == "/assets/tokens.css" { "no-cache" } else { "no-store" };
        assert_eq!(headers["cache-control"], stored, "{path}");
    }
}

#[tokio::test]
async fn the_address_beats_the_cookie_and_the_cookie_beats_the_browser() {
    let shop = endpoint(config("http://127.0.0.1:9/".parse().unwrap())).unwrap();
    for (path, cookie, lang) in
        [("/", "", "zh-CN"), ("/", "shop_lang=en", "en"), ("/?lang=zh-CN", "shop_lang=en", "zh-CN")]
    {
        let request = Request::builder()
            .uri_str(path)
            .header("cookie", cookie)
            .header("accept-language", "zh-TW")
            .finish();
        let html = shop.get_response(request).await.take_body().into_string().await.unwrap();
        assert!(html.contains(&format!("<html lang=\"{lang}\"")), "{path} {cookie}");
    }
}

#[tokio::test]
async fn a_page_asked_for_by_another_name_is_the_shop_s_own() {
    let shop = endpoint(config("http://127.0.0.1:9/".parse().unwrap())).unwrap();
    for (path, to) in [("/login?x=1", "/login?x=1"), ("//evil.example/x", "//evil.example/x")] {
        let request = Request::builder().uri_str(path).header("host", "127.0.0.1:8070").finish();
        let answer = shop.get_response(request).await;
        assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(answer.headers()["location"], format!("{OWN}{to}"));
    }
}

#[tokio::test]
async fn home_is_home_and_what_is_nowhere_says_so() {
    let shop = endpoint(config("http://127.0.0.1:9/".parse().unwrap())).unwrap();
    for (path, status) in [
        ("/", StatusCode::OK),
        ("/login", StatusCode::OK),
        ("/account", StatusCode::SEE_OTHER),
        ("/nowhere/at/all", StatusCode::NOT_FOUND),
        ("/assets/templates/login.html", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(visit(&shop, path, "").await.status(), status, "{path}");
    }
}
