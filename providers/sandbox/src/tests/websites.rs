//! The two OAuth pages with a browser's eyes: silent and asked consent, the qrconnect page and its poll, the codes they give.

use hyper::Method;
use serde_json::{Value, json};
use url::Url;

use super::server::SERVICE;
use crate::App;
use crate::testing::*;

pub(super) const SITE: &str = "wx00000000000000d4";

async fn rig() -> Rig {
    let rig = Rig::start().await;
    let domains = vec!["localhost".to_owned()];
    let open_platform = Some("main".to_owned());
    rig.sandbox.register_app(App {
        domains: domains.clone(),
        open_platform: open_platform.clone(),
        ..App::service_account(SERVICE, SECRET, "A & B")
    });
    rig.sandbox.register_app(App { open_platform, domains, ..App::website(SITE, SECRET, "Site") });
    rig
}

const BACK: &str = "http%3A%2F%2Flocalhost%3A8070%2Fback%3Fx%3D1";

fn authorize(scope: &str, state: &str) -> String {
    format!(
        "/connect/oauth2/authorize?appid={SERVICE}&redirect_uri={BACK}&response_type=code&scope={scope}&state={state}"
    )
}

fn qrconnect() -> String {
    format!(
        "/connect/qrconnect?appid={SITE}&redirect_uri={BACK}&response_type=code&scope=snsapi_login&state=s-1"
    )
}

/// What stands in a page's attribute.
fn attribute(page: &str, name: &str) -> String {
    page.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn query_of(seen: &Seen) -> Vec<(String, String)> {
    Url::parse(seen.header("location")).unwrap().query_pairs().into_owned().collect()
}

/// The number of the mistake that a page shows.
fn mistake(seen: &Seen) -> String {
    assert_eq!((seen.status, seen.content_type.as_str()), (200, "text/html; charset=utf-8"));
    attribute(seen.text(), "data-errcode")
}

async fn poll(rig: &Rig, uuid: &str, last: &str) -> String {
    rig.get(&format!("/connect/l/qrconnect?uuid={uuid}&_=1{last}")).await.text().to_owned()
}

#[tokio::test]
async fn the_silent_scope_comes_back_at_once_with_code_and_state() {
    let rig = rig().await;
    let seen = rig.browse("ming", &authorize("snsapi_base", "abc")).await;
    assert_eq!(seen.status, 302);
    assert!(seen.header("location").starts_with("http://localhost:8070/back?x=1&code="));
    let query = query_of(&seen);
    assert_eq!((query[1].1.len(), query[2].1.as_str()), (32, "abc"));
    let outside = rig.get(&authorize("snsapi_base", "abc")).await;
    assert!(outside.status == 200 && outside.text().contains("请在微信客户端打开链接"));
    assert!(
        outside.text().contains("A &amp; B")
            && outside.header("content-security-policy").contains("default-src 'none'")
    );
    let nobody = rig.browse("nobody", &authorize("snsapi_base", "abc")).await;
    assert!(nobody.text().contains("Open this link in WeChat"));
}

#[tokio::test]
async fn consent_is_asked_once_and_a_refusal_gives_no_code() {
    let rig = rig().await;
    let decide = async |decision: &str, cookie: &str| {
        let page = rig.browse("ming", &authorize("snsapi_userinfo", "abc")).await;
        assert!(page.text().contains("小明") && page.text().contains("A &amp; B"));
        let question =
            page.text().split("name=\"question\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let form = format!("question={question}&decision={decision}");
        let post = async |headers: &[(&str, &str)]| {
            rig.send_with(Method::POST, "/connect/oauth2/consent", headers, form.clone()).await
        };
        assert_eq!(mistake(&post(&[("cookie", cookie), ("origin", "https://evil.example")]).await), "10008");
        let first = post(&[("cookie", cookie)]).await;
        assert_eq!(mistake(&post(&[("cookie", cookie)]).await), "10008");
        first
    };
    let allowed = decide("allow", "sandbox_person=ming").await;
    assert_eq!((allowed.status, query_of(&allowed)[2].1.as_str()), (303, "abc"));
    let refused = decide("refuse", "sandbox_person=ming").await;
    assert!(refused.status == 200 && refused.text().contains("You refused"));
    assert_eq!(mistake(&decide("allow", "sandbox_person=hong").await), "10008");
    rig.control(Method::PUT, "/wire_rules", &json!({"cancel_redirects": true})).await;
    let refused = decide("refuse", "sandbox_person=ming").await;
    assert_eq!(refused.header("location"), "http://localhost:8070/back?x=1&state=abc");
}

#[tokio::test]
async fn mistakes_of_the_authorize_page_are_pages() {
    let rig = rig().await;
    let good = authorize("snsapi_base", "abc");
    let swapped = good.replace("&state=abc", "").replace("?appid", "?state=abc&appid");
    for (path, number) in [
        (good.replace(SERVICE, "wx1"), "40013"),
        (good.replace(SERVICE, SITE), "10005"),
        (good.replace("snsapi_base", "snsapi_login"), "10005"),
        (good.replace("localhost", "127.0.0.1"), "10003"),
        (good.replace("response_type=code", "response_type=token"), "10008"),
        (good.replace("state=abc", "state=a-b"), "10008"),
        (good.replace("state=abc", &format!("state={}", "a".repeat(129))), "10008"),
        (swapped, "10008"),
    ] {
        assert_eq!(mistake(&rig.browse("ming", &path).await), number, "{path}");
    }
    let extra = format!("{good}&connect_redirect=1");
    assert_eq!(rig.browse("ming", &extra).await.status, 302);
    let app = App {
        domains: vec!["localhost".to_owned()],
        verified: false,
        ..App::service_account(SERVICE, SECRET, "A")
    };
    rig.sandbox.register_app(app.clone());
    assert_eq!(mistake(&rig.browse("ming", &good).await), "10005");
    rig.sandbox.register_app(App { test_account: true, ..app });
    assert_eq!(rig.browse("ming", &good).await.status, 302);
    assert_eq!(rig.send(Method::POST, &good, "").await.status, 405);
}

#[tokio::test]
async fn a_login_page_learns_of_scan_and_confirmation() {
    let rig = rig().await;
    let page = rig.get(&qrconnect()).await;
    let uuid = attribute(page.text(), "data-uuid");
    assert_eq!(attribute(page.text(), "data-redirect"), "http://localhost:8070/back?x=1");
    assert_eq!((attribute(page.text(), "data-state").as_str(), uuid.len()), ("s-1", 16));
    let picture = rig.get(&format!("/connect/qrcode/{uuid}")).await;
    assert_eq!(picture.content_type, "image/jpeg");
    let text = format!("https://open.weixin.qq.com/connect/confirm?uuid={uuid}");
    assert_eq!(crate::picture::read(&picture.body).unwrap(), [text.as_str()]);

    let act = async |person: &str, action: &str| {
        rig.act(&json!({"person": person, "action": action, "uuid": uuid})).await
    };
    let scan = async |person: &str| rig.act(&json!({"person": person, "action": "scan", "text": text})).await;
    assert_eq!(act("ming", "website_confirm").await.code(), "nothing_scanned");
    let (waited, scanned) = tokio::join!(poll(&rig, &uuid, ""), scan("ming"));
    assert_eq!(scanned.json(), json!({"kind": "website", "appid": SITE, "app_name": "Site", "uuid": uuid}));
    assert_eq!(waited, "window.wx_errcode=404;window.wx_code='';");
    assert_eq!(scan("hong").await.code(), "code_taken");
    assert_eq!(act("hong", "website_confirm").await.code(), "nothing_scanned");
    let (waited, confirmed) = tokio::join!(poll(&rig, &uuid, "&last=404"), act("ming", "website_confirm"));
    assert_eq!(confirmed.json()["status"], "confirmed");
    let code = waited.strip_prefix("window.wx_errcode=405;window.wx_code='").unwrap();
    assert_eq!(code.strip_suffix("';").unwrap().len(), 32);
    assert_eq!(
        [scan("ming").await.code(), act("ming", "website_cancel").await.code()],
        ["already_answered"; 2]
    );
}

#[tokio::test]
async fn a_login_page_learns_of_a_refusal_and_of_time() {
    let rig = rig().await;
    let uuid = attribute(rig.get(&qrconnect()).await.text(), "data-uuid");
    let text = format!("https://open.weixin.qq.com/connect/confirm?uuid={uuid}");
    rig.act(&json!({"person": "ming", "action": "scan", "text": text})).await;
    let cancelled = rig.act(&json!({"person": "ming", "action": "website_cancel", "uuid": uuid})).await;
    assert_eq!(cancelled.json()["status"], "cancelled");
    assert!(poll(&rig, &uuid, "").await.starts_with("window.wx_errcode=403;"));

    let seen = rig.get(&format!("{}&f=xml", qrconnect())).await;
    let uuid = seen.text().split("<![CDATA[").nth(1).unwrap().split("]]>").next().unwrap().to_owned();
    let text = format!("https://open.weixin.qq.com/connect/confirm?uuid={uuid}");
    let scan = json!({"person": "ming", "action": "scan", "text": text});
    rig.act(&scan).await;
    let (waited, ()) = tokio::join!(poll(&rig, &uuid, "&last=404"), rig.advance(300));
    assert!(waited.starts_with("window.wx_errcode=402;"));
    assert_eq!(rig.act(&scan).await.code(), "code_expired");
    let late = rig.act(&json!({"person": "ming", "action": "website_confirm", "uuid": uuid})).await;
    assert_eq!(late.code(), "code_expired");
    assert!(poll(&rig, "nonsense", "").await.starts_with("window.wx_errcode=402;"));
    assert_eq!(rig.get("/connect/qrcode/nonsense").await.status, 404);
}

#[tokio::test]
async fn mistakes_of_the_login_page_are_pages_in_either_language() {
    let rig = rig().await;
    let good = qrconnect();
    for (path, number) in [
        (good.replace(SITE, "wx1"), "40013"),
        (good.replace(SITE, SERVICE), "10005"),
        (good.replace("snsapi_login", "snsapi_base"), "10005"),
        (good.replace("localhost", "evil.example"), "10003"),
        (good.replace("redirect_uri=", "redirect="), "10003"),
        (good.replace("response_type=code&", ""), "10008"),
    ] {
        assert_eq!(mistake(&rig.get(&path).await), number, "{path}");
    }
    assert!(rig.get(&good).await.text().contains("<html lang=\"zh-CN\">"));
    assert!(rig.get(&format!("{good}&lang=en")).await.text().contains("<html lang=\"en\">"));
    for (path, kind) in [("style.css", "text/css"), ("qrconnect.js", "text/javascript")] {
        assert!(rig.get(&format!("/connect/pages/{path}")).await.content_type.starts_with(kind));
    }
    assert_eq!(rig.get("/connect/pages/consent.html").await.status, 404);
}

#[tokio::test]
async fn quick_login_confirms_without_a_scan() {
    let rig = rig().await;
    let page = rig.browse("ming", &qrconnect()).await;
    assert_eq!(attribute(page.text(), "data-quick"), "小明");
    let without = rig.browse("ming", &format!("{}&fast_login=0", qrconnect())).await;
    assert_eq!(attribute(without.text(), "data-quick"), "");
    let uuid = attribute(page.text(), "data-uuid");
    let post = async |headers: &[(&str, &str)]| {
        rig.send_with(Method::POST, "/connect/quick", headers, format!("uuid={uuid}")).await
    };
    assert_eq!(mistake(&post(&[]).await), "10008");
    assert_eq!(mistake(&post(&[("cookie", "sandbox_person=ming"), ("origin", "null")]).await), "10008");
    assert_eq!(post(&[("cookie", "sandbox_person=ming")]).await.json(), json!({"confirmed": true}));
    assert!(poll(&rig, &uuid, "").await.starts_with("window.wx_errcode=405;"));
    assert_eq!(mistake(&post(&[("cookie", "sandbox_person=ming")]).await), "10008");
}

#[tokio::test]
async fn the_pretend_browser_remembers_whose_it_is() {
    let rig = rig().await;
    let open = async |query: &str| rig.get(&format!("/_sandbox/v1/browser?{query}")).await;
    let seen = open("person=ming&url=http://127.0.0.1:8080/confirm/x").await;
    assert_eq!((seen.status, seen.header("location")), (303, "http://127.0.0.1:8080/confirm/x"));
    assert_eq!(seen.header("set-cookie"), "sandbox_person=ming; Path=/connect; HttpOnly; SameSite=Lax");
    assert_eq!(open("person=nobody&url=http://127.0.0.1/").await.code(), "unknown_person");
    assert_eq!(open("person=ming&url=https://example.org/").await.code(), "url_not_loopback");
    let refused = rig.control(Method::PUT, "/wire_rules", &json!({"expired_code": 1})).await;
    assert_eq!(refused.code(), "bad_rules");
    let calls: Value = rig.get("/_sandbox/v1/calls").await.json();
    assert_eq!(calls["violations"], 0);
}
