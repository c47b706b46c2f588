//! A website's picture by its form, and the button that tries its ways: what is taken, what is told, who may.

use super::api_callers::{enrolled, house, invited};
use reqwest::{Method, StatusCode, header};
use saoma_core::admin::Role;
use saoma_tests::admin::{AdminBrowser, Page, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::http;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnothing more is looked at";
const PATH: &str = "/websites/own/logo";
const LINE: &str = "saoma-test-boundary";

/// Sends a file as browsers do.
async fn upload(browser: &mut AdminBrowser, csrf: &str, version: &str, file: &[u8]) -> Page {
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf), ("version", version)] {
        let part = format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\nContent-Type: image/png";
    body.extend(format!("--{LINE}\r\n{head}\r\n\r\n").into_bytes());
    body.extend_from_slice(file);
    body.extend(format!("\r\n--{LINE}--\r\n").into_bytes());
    let request = browser.request(Method::POST, PATH).header(header::ORIGIN, &browser.base);
    let kind = format!("multipart/form-data; boundary={LINE}");
    let request = request.header(header::CONTENT_TYPE, kind).body(body);
    browser.send(request).await
}

const NEW: [(&str, &str); 6] = [
    ("stack", "node"),
    ("name", "My Blog"),
    ("client_id", "own"),
    ("origin", "https://blog.example"),
    ("redirect_uri", "https://blog.example/callback"),
    ("provider.mini", "on"),
];

async fn register(browser: &mut AdminBrowser, csrf: &str) -> Page {
    let mut fields = vec![("csrf", csrf)];
    fields.extend(NEW);
    browser.post("/websites/new", &fields).await
}

every_database! {
    async fn a_logo_is_taken_shown_and_taken_away(db: &Database) {
        let house = house(db).await;
        let held = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let (mut browser, csrf) = (held.browser, held.csrf);
        register(&mut browser, &csrf).await;
        assert_eq!(browser.get(PATH).await.status, StatusCode::NOT_FOUND);
        for wrong in [b"GIF89a".to_vec(), Vec::new(), vec![0x89; 300 * 1024], vec![0; 2 * 1024 * 1024]] {
            let back = upload(&mut browser, &csrf, "1", &wrong).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", wrong.len(), back.html);
            assert!(back.html.contains("Choose a PNG or JPEG"), "{}", back.html);
        }
        let whole = [PNG, &vec![7; 256 * 1024 - PNG.len()]].concat();
        let taken = upload(&mut browser, &csrf, "1", &whole).await;
        assert_eq!(taken.location(), "/websites/own?tab=look&saved", "{}", taken.html);
        let shown = browser.request(Method::GET, PATH).send().await.unwrap();
        assert_eq!(shown.headers()[header::CONTENT_TYPE], "image/png");
        assert_eq!(shown.bytes().await.unwrap(), whole);
        let stale = upload(&mut browser, &csrf, "1", PNG).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let forged = upload(&mut browser, "x", "2", PNG).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let public = http::get(&format!("{}/api/v1/clients/own/logo", house.saoma)).await;
        assert_eq!(public.status(), StatusCode::OK);
        let gone = browser.post("/websites/own/logo/remove", &[("csrf", &csrf), ("version", "2")]).await;
        assert_eq!(gone.location(), "/websites/own?tab=look&saved", "{}", gone.html);
        assert_eq!(browser.get(PATH).await.status, StatusCode::NOT_FOUND);
        house.close().await;
    }

    async fn a_logo_from_elsewhere_is_refused_however_long_it_is(db: &Database) {
        let house = house(db).await;
        let held = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let mut browser = held.browser;
        let kind = format!("multipart/form-data; boundary={LINE}");
        for length in [10, 600 * 1024] {
            let request = browser.request(Method::POST, PATH).header(header::ORIGIN, "https://evil.example");
            let request = request.header(header::CONTENT_TYPE, kind.as_str()).body(vec![b'x'; length]);
            assert_eq!(browser.send(request).await.status, StatusCode::FORBIDDEN, "{length}");
        }
        house.close().await;
    }

    async fn who_may_rehearse_is_offered_to_try_a_website(db: &Database) {
        let house = house(db).await;
        let mut owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let begin = "action=\"/providers/mini/doctor/rehearsals\"";
        let ready = register(&mut owner.browser, &owner.csrf).await;
        assert!(ready.html.replace("&#x2F;", "/").contains(begin), "{}", ready.html);
        let page = owner.browser.get("/websites/own").await;
        assert!(page.html.contains(begin) && page.html.contains("Try it now"), "{}", page.html);
        let begun = [("csrf", owner.csrf.as_str())];
        let begun = owner.browser.post("/providers/mini/doctor/rehearsals", &begun).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER);
        let mut support = invited(&house, &owner, Role::Support, "sue").await;
        let page = support.browser.get("/websites/own").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.html.contains("rehearsals"), "{}", page.html);
        house.close().await;
    }
}
