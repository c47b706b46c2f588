//! NET-05, OP-15, T14 over every page that websites send people to: what its headers forbid, that it asks no third
//! party for anything, that it sends nobody on by 307, that other sites can neither read nor frame it, and that
//! nothing a stranger wrote runs in it.

use super::{AT_SECOND, open};
use regex::Regex;
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN, Plan};
use saoma_tests::relying_party::{
    SiteBrowser, answered, hidden, html, location, posted, request_with, tokens, unescaped, usual_request,
};
use saoma_tests::visitor::{Answer, send};

/// Somebody's way over all pages: each with what it is.
async fn all_pages(house: &House) -> Vec<(&'static str, Answer)> {
    let mut browser = SiteBrowser::new(house);
    let login = browser.to_login_page(&usual_request()).await;
    let mut pages = vec![("login", browser.get(&login).await)];
    browser.confirm_at(&login, "ann").await;
    let code = answered(&browser.get(&login).await)["code"].clone();
    let (reply, _) = tokens(&browser.visitor, &code).await;
    pages.push(("answered before", browser.get(&login).await));
    let consent = browser.to_login_page(&request_with(&AT_SECOND)).await;
    pages.push(("consent", browser.get(&consent).await));
    let form = [("response_mode", "form_post")];
    pages.push(("form post", browser.authorize(&request_with(&form)).await));
    pages.push(("form post of an error", browser.authorize(&request_with(&[form[0], ("scope", "")])).await));
    pages.push(("logout", browser.get("/oauth2/logout").await));
    let csrf = hidden(&pages.last().unwrap().1, "csrf");
    for (what, decision) in [("still here", "stay"), ("logged out", "leave")] {
        pages.push((what, browser.post("/oauth2/logout", &[("csrf", &csrf), ("decision", decision)]).await));
    }
    let forged = browser.get("/oauth2/logout?id_token_hint=x").await;
    pages.push(("logout refused", forged));
    let elsewhere = request_with(&[("prompt", "login"), ("id_token_hint", reply.text("id_token"))]);
    let again = browser.to_login_page(&elsewhere).await;
    pages.push(("login of one who was named", browser.get(&again).await));
    browser.confirm_at(&again, "bob").await;
    pages.push(("somebody else than was named", browser.get(&again).await));
    pages.push(("forged decision", browser.post(&again, &[("csrf", "x"), ("decision", "allow")]).await));
    for (what, path) in [
        ("device", "/device"),
        ("device, filled in", "/device?user_code=BCDF-GHJK"),
        ("device done", "/device/done"),
        ("device denied", "/device/done?error=access_denied"),
        ("unknown client", "/oauth2/authorize?client_id=nobody"),
        ("unregistered address", "/oauth2/authorize?client_id=shop&redirect_uri=http://evil.example/"),
        ("twice", "/oauth2/authorize?client_id=shop&client_id=shop"),
        ("no such login", "/login/azr_0000000000000000000000"),
        ("no text", "/login/%ff"),
        ("nobody's page", "/confirm/%ff"),
        ("nobody's callback", "/callback/%ff"),
    ] {
        pages.push((what, browser.get(path).await));
    }
    pages.push(("wrong device code", browser.post("/device", &[("user_code", "BBBB-BBBB")]).await));
    pages
}

/// What NET-05 wants of a page of this server; the website's own address is the only other one it may know.
fn assert_page(answer: &Answer, own: &str, what: &str) {
    let header = |name: &str| answer.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/html; charset=utf-8", "{what}: {}", answer.status);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(header(name), value, "{what}");
    }
    // `no-referrer` would make browsers send `Origin: null` with the page's own form.
    assert!(["no-referrer", "same-origin"].contains(&header("referrer-policy")), "{what}");
    for name in ["access-control-allow-origin", "server", "x-powered-by"] {
        assert!(!answer.headers.contains_key(name), "{what}: {name}");
    }
    assert_policy(answer, header("content-security-policy"), what);
    let page = unescaped(&html(answer));
    // A form that is shown again says what is wrong with what was typed.
    if answer.status.as_u16() >= 400 && !page.contains("<form") {
        assert!(page.contains("<p class=\"code\">"), "{what}: {} without a code", answer.status);
    }
    let addresses = Regex::new(r#"(?:https?:|["'=(])//[^\s"'<>)\\]+"#).unwrap();
    for found in addresses.find_iter(&page).map(|found| found.as_str()) {
        let known = [own, "http://localhost:9", "http://www.w3.org/2000/svg"];
        assert!(known.iter().any(|known| found.starts_with(known)), "{what} names {found}");
    }
}

/// Nothing is allowed but what the page has, and scripts by their nonce only.
fn assert_policy(answer: &Answer, policy: &str, what: &str) {
    let page = html(answer);
    let directives: Vec<_> = policy.split("; ").collect();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "style-src 'self'",
        "img-src 'self'",
    ] {
        assert!(directives.contains(&part), "{what}: {policy}");
    }
    assert!(directives.iter().any(|part| part.starts_with("form-action ")), "{what}: {policy}");
    for lax in ["unsafe", "*", "data:", "https:", "strict-dynamic"] {
        assert!(!policy.contains(lax), "{what}: {policy}");
    }
    let scripts = directives.iter().find_map(|part| part.strip_prefix("script-src "));
    let nonce = scripts.map(|scripts| scripts.strip_prefix("'nonce-").unwrap().strip_suffix('\'').unwrap());
    assert!(nonce.is_none_or(|nonce| nonce.len() == 22), "{what}: {policy}");
    assert_eq!(nonce.is_some(), page.contains("<script"), "{what}: {policy}");
    for script in page.split("<script").skip(1) {
        let tag = script.split_once('>').unwrap().0;
        assert!(tag.contains(&format!("nonce=\"{}\"", nonce.unwrap())), "{what}: {tag}");
    }
    for inline in [" style=\"", " onclick=", " onload=", "<style", "javascript:", "<iframe", "<object"] {
        assert!(!page.contains(inline), "{what} has {inline}, which its policy forbids");
    }
}

/// What runs where it is not escaped.
const PAYLOAD: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{1234567*3}}";

every_database! {
    async fn net_05_every_page_of_openid_connect_is_closed_to_everybody_else(db: &Database) {
        let house = open(db).await;
        let pages = all_pages(&house).await;
        for (what, page) in &pages {
            assert_page(page, &house.saoma, what);
        }
        let nonces: Vec<_> = pages.iter().filter_map(|(_, page)| {
            html(page).split_once("nonce=\"").map(|(_, rest)| rest[..22].to_owned())
        }).collect();
        assert!(nonces.len() >= 4);
        assert_eq!(nonces.len(), nonces.iter().collect::<std::collections::BTreeSet<_>>().len(), "a nonce of each page");
        house.close().await;
    }

    /// A 307 would post the person's own form, and what they typed, to the website.
    async fn op_15_nobody_is_sent_on_by_anything_but_303(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let request = usual_request();
        let fields: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut sent = vec![browser.post("/oauth2/authorize", &fields).await];
        sent.push(browser.authorize(&request).await);
        let page = location(&sent[1]);
        sent.push(browser.post(&page, &[("decision", "cancel")]).await);
        browser.confirm_at(&page, "ann").await;
        sent.push(browser.get(&page).await);
        sent.push(SiteBrowser::new(&house).get(&browser.to_login_page(&request_with(&AT_SECOND)).await).await);
        let consent = browser.to_login_page(&request_with(&AT_SECOND)).await;
        sent.push(browser.consent(&consent, "allow").await);
        sent.push(browser.get(&consent).await);
        sent.push(browser.post("/oauth2/logout", &[("state", "x")]).await);
        for (number, answer) in sent.iter().enumerate() {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{number}");
            assert!(answer.bytes.is_empty(), "{number}: nothing to read on the way");
            assert_eq!(answer.headers["cache-control"], "no-store", "{number}");
            assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{number}");
        }
        house.close().await;
    }

    /// Not even a page of a registered origin reads what is shown to people.
    async fn op_15_no_page_of_another_site_reads_or_frames_ours(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let login = browser.to_login_page(&usual_request()).await;
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(usual_request()).finish();
        let authorize = format!("/oauth2/authorize?{query}");
        for path in [authorize.as_str(), "/oauth2/authorize", &login, &format!("{login}/start"), "/oauth2/logout", "/device", "/device/done"] {
            for origin in [ORIGIN, "https://evil.example", "null", &house.saoma] {
                let asked = |method| browser.visitor.request(method, path).header("origin", origin);
                let preflight = asked(Method::OPTIONS).header("access-control-request-method", "POST");
                for answer in [send(asked(Method::GET)).await, send(preflight).await] {
                    for header in ["access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods"] {
                        assert!(!answer.headers.contains_key(header), "{path} {origin}: {header}");
                    }
                    let policy = answer.headers["content-security-policy"].to_str().unwrap();
                    assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
                }
            }
        }
        house.close().await;
    }

    async fn op_15_what_a_stranger_wrote_is_shown_as_text_or_not_at_all(db: &Database) {
        let extra_toml = "[[client]]\nclient_id = \"odd\"\nname = \"<b>Odd</b> & \\\"Co\\\"\"\ntype = \"confidential\"\n\
            secrets = [\"another-client-secret-of-more-than-32-chars\"]\nredirect_uris = [\"http://localhost:9/callback\"]\n\
            providers = [\"mini\"]\n".to_owned();
        let house = House::planned(db.url(), Plan { extra_toml, ..Plan::default() }).await;
        let mut browser = SiteBrowser::new(&house);
        let code = browser.log_in(&usual_request(), "ann").await["code"].clone();
        let (reply, _) = tokens(&browser.visitor, &code).await;
        let mut pages = Vec::new();
        for name in ["client_id", "redirect_uri", "state", "scope", "ui_locales", "prompt", "login_hint", "nonce", "response_mode"] {
            pages.push((name, browser.authorize(&request_with(&[("response_mode", "form_post"), (name, PAYLOAD)])).await));
        }
        let form = browser.authorize(&request_with(&[("response_mode", "form_post"), ("prompt", "none"), ("state", PAYLOAD)])).await;
        assert_eq!(posted(&form)["state"], PAYLOAD, "and comes back as it was sent");
        let odd = browser.to_login_page(&request_with(&[("client_id", "odd"), ("prompt", "login")])).await;
        let consent = browser.to_login_page(&request_with(&[("client_id", "odd")])).await;
        let escaped = url::form_urlencoded::byte_serialize(PAYLOAD.as_bytes()).collect::<String>();
        pages.extend([("form post", form), ("login", browser.get(&odd).await), ("consent", browser.get(&consent).await)]);
        for (what, path) in [
            ("error of nobody", format!("/oauth2/authorize?error={escaped}&error_description={escaped}")),
            ("logout", format!("/oauth2/logout?client_id={escaped}&state={escaped}&post_logout_redirect_uri={escaped}")),
            ("logout of odd", "/oauth2/logout?client_id=odd".to_owned()),
            ("logout hint", format!("/oauth2/logout?id_token_hint={escaped}")),
            ("logout address", format!("/oauth2/logout?id_token_hint={}&post_logout_redirect_uri={escaped}", reply.text("id_token"))),
            ("device", format!("/device?user_code={}", &escaped[..15])),
            ("device done", format!("/device/done?error={escaped}")),
            ("login id", format!("/login/{escaped}")),
        ] {
            pages.push((what, browser.get(&path).await));
        }
        pages.push(("device form", browser.post("/device", &[("user_code", "\"><b>x</b>")]).await));
        for (what, page) in &pages {
            let text = html(page);
            for alive in ["<script>alert", "<img src=x", "<b>Odd", "<b>x", "3703701"] {
                assert!(!text.contains(alive), "{what}: {text}");
            }
        }
        house.close().await;
    }
}
