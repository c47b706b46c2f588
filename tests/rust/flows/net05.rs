//! NET-05: the security headers of every answer on every surface, and no third party on any page.

use poem::Endpoint as _;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use saoma::config::{Config, Source};
use saoma::demo::shop;
use saoma::{Listeners, Outside, Server, SystemClock, catalogue};
use saoma_core::entropy::SystemEntropy;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, ORIGIN};
use saoma_tests::shared_keys::SharedKeys;
use saoma_tests::visitor::{VERIFIER, Visitor, send};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Every answer, by whatever listener.
const COMMON: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
];

/// A page has a style sheet and a sign.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'none'";

/// An admin's page has forms and a script of ours too, and draws the code for an app into itself.
const ADMIN_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The headers every answer of the API has.
pub(super) fn assert_common(headers: &HeaderMap) {
    assert_headers(headers, false);
}

pub(super) fn assert_headers(headers: &HeaderMap, is_page: bool) {
    for (name, value) in COMMON {
        let value = if is_page && name == "content-security-policy" { PAGE_POLICY } else { value };
        assert_eq!(headers.get(name).map(|v| v.to_str().unwrap()), Some(value), "{name}");
    }
    assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"));
}

every_database! {
    /// Success, refusal, preflight, picture, stream, OAuth, admin, and what does not exist.
    async fn net_05_every_answer_has_the_security_headers(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.confirmed("ann").await;
        let code = visitor.post(&held, "complete").await.text("code").to_owned();
        let login = format!("/api/v1/logins/{}", held.id);
        let picture = visitor.begin().await.image_url.replace(&house.saoma, "");
        let get = |path: &str| visitor.request(Method::GET, path);
        let post = |path: &str| visitor.request(Method::POST, path);
        let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
        let surfaces = [
            ("client", get("/api/v1/clients/shop"), 200, "no-store"),
            ("unknown client", get("/api/v1/clients/nobody"), 404, "no-store"),
            ("begin", post("/api/v1/logins").header("origin", ORIGIN).json(&Visitor::begin_body()), 201, "no-store"),
            ("no JSON", post("/api/v1/logins").header("content-type", "application/json").body("{"), 400, "no-store"),
            ("no media type", post("/api/v1/logins").body("{"), 415, "no-store"),
            ("read", get(&login).bearer_auth(&held.secret), 200, "no-store"),
            ("no credential", get(&login), 401, "no-store"),
            ("complete", post(&format!("{login}/complete")).bearer_auth(&held.secret), 200, "no-store"),
            ("picture", get(&picture), 200, "no-store"),
            ("no picture", get("/api/v1/qr/none"), 404, "no-store"),
            ("scan", post("/api/v1/companion/scan").json(&serde_json::json!({"scene": "x", "js_code": "y"})), 404, "no-store"),
            ("token", post("/oauth2/token").basic_auth(CLIENT, Some(CLIENT_SECRET)).form(&form), 400, "no-store"),
            ("userinfo", get("/oauth2/userinfo"), 401, "no-store"),
            ("preflight", visitor.request(Method::OPTIONS, "/api/v1/logins").header("origin", ORIGIN).header("access-control-request-method", "POST"), 204, "no-store"),
            ("no page", get("/nothing"), 404, "no-store"),
            ("front page", get("/"), 200, "no-store"),
            ("no call", get("/api/v1/nothing"), 404, "no-store"),
            ("method", visitor.request(Method::DELETE, &login), 405, "no-store"),
            ("healthz", visitor.http.get(format!("{}/healthz", house.admin)), 200, "no-store"),
            ("readyz", visitor.http.get(format!("{}/readyz", house.admin)), 200, "no-store"),
            // Last: it ends with the house.
            ("events", get(&format!("{login}/events")).bearer_auth(&held.secret), 200, "no-store"),
        ];
        for (what, request, status, cache) in surfaces {
            let answer = request.send().await.unwrap();
            println!("{what}: {} {:?}", answer.status(), answer.headers());
            assert_eq!(answer.status(), StatusCode::from_u16(status).unwrap(), "{what}");
            let media_type = answer.headers().get("content-type").map(|value| value.to_str().unwrap());
            assert_headers(answer.headers(), media_type.is_some_and(|value| value.starts_with("text/html")));
            assert_eq!(answer.headers()["cache-control"], cache, "{what}");
            assert!(!answer.headers().contains_key("strict-transport-security"), "{what}: http has no HSTS");
        }
        house.close().await;
    }

    /// Admins' pages send forms to themselves, with their own `Origin`; the rest is the same.
    async fn net_05_adm_12_the_admins_pages_have_the_security_headers(db: &Database) {
        let house = House::open(db.url()).await;
        let http = house.visitor().http;
        for (path, status) in [("/", 303), ("/log-in", 200), ("/websites", 303), ("/enrol/x", 404), ("/nothing", 404)] {
            let answer = http.get(format!("{}{path}", house.admin)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::from_u16(status).unwrap(), "{path}");
            let header = |name: &str| answer.headers()[name].to_str().unwrap();
            if status != 303 {
                assert_eq!(header("content-security-policy"), ADMIN_POLICY, "{path}");
                assert_eq!(header("referrer-policy"), "same-origin", "{path}");
            }
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
            assert_eq!(header("cache-control"), "no-store", "{path}");
        }
        house.close().await;
    }

    /// Under https every answer asks the browser to stay with https.
    async fn net_05_https_is_kept(db: &Database) {
        let folder = tempfile::tempdir().unwrap();
        let toml = format!("[server]\npublic_url = \"https://login.example.com\"\n[database]\nurl = \"{}\"\n", db.url());
        let config = Config::load(&Source::Text { toml, folder: folder.path().to_owned() }, &catalogue()).unwrap();
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listeners = Listeners::bind(free, free).await.unwrap();
        let saoma = format!("http://{}", listeners.public.local_addr().unwrap());
        let outside = Outside {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            keys: Arc::new(SharedKeys::default()),
        };
        let server = Server::start(&config, outside, listeners).await.unwrap();
        let visitor = Visitor::new(&saoma, "");
        for path in ["/", "/api/v1/clients/shop", "/oauth2/userinfo"] {
            let answer = send(visitor.request(Method::GET, path)).await;
            assert_headers(&answer.headers, path == "/");
            assert_eq!(answer.headers["strict-transport-security"], "max-age=31536000");
        }
        server.stop().await;
    }
}

const SAOMA: &str = "http://127.0.0.1:8080";
const SHOP: &str = "http://localhost:8070";
const PHONE: &str = "http://127.0.0.1:8090";

/// The shop's pages: a policy without inline script, and nothing from anybody else.
#[tokio::test]
async fn net_05_the_shops_pages_ask_no_third_party() {
    let shop = shop::endpoint(shop::ShopConfig {
        base: SHOP.parse().unwrap(),
        saoma: SAOMA.parse().unwrap(),
        client_id: CLIENT.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        phone: Some(PHONE.parse().unwrap()),
    })
    .unwrap();
    let addresses = regex::Regex::new(r#"(?:https?:)?//[^\s"'<>)\\]+"#).unwrap();
    let mut pages = 0;
    for path in [
        "/",
        "/login",
        "/account",
        "/callback",
        "/nothing",
        "/assets/shop.css",
        "/assets/tokens.css",
        "/assets/js/theme.js",
        "/assets/js/phone-window.js",
    ] {
        let request = poem::Request::builder().uri(path.parse().unwrap()).finish();
        let mut response = shop.get_response(request).await;
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = format!(
            "default-src 'none'; script-src 'self' {SAOMA}/kit/; style-src 'self'; img-src 'self' {SAOMA}; \
             connect-src 'self' {SAOMA}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(header("content-security-policy"), Some(policy), "{path}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"));
        assert_eq!(header("cross-origin-opener-policy").as_deref(), Some("same-origin"));
        let body = response.take_body().into_string().await.unwrap();
        pages += usize::from(body.contains("<html"));
        for found in addresses.find_iter(&body).map(|found| found.as_str()) {
            let known = [SAOMA, SHOP, PHONE, "http://www.w3.org/2000/svg"]
                .iter()
                .any(|known| found.starts_with(known));
            // A comment in a script begins with two slashes and a blank.
            assert!(known || !found.contains("://"), "{path} names {found}");
        }
        for inline in [" style=\"", " onclick=", " onload=", "<style", "javascript:"] {
            assert!(!body.contains(inline), "{path} has {inline}, which its policy forbids");
        }
    }
    assert!(pages >= 3, "pages are pages");
}
