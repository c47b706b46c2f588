//! The `sns` calls of web logins over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use serde_json::{Value, json};
use url::Url;

use super::without_rid;
use crate::model::{openid, unionid, virtual_openid};
use crate::testing::*;
use crate::{App, Person};

const SERVICE: &str = "wx00000000000000c3";
const SITE: &str = "wx00000000000000d4";

async fn rig() -> Rig {
    let rig = Rig::start().await;
    let (domains, open_platform) = (vec!["localhost".to_owned()], Some("main".to_owned()));
    for app in [App::service_account(SERVICE, SECRET, "Account"), App::website(SITE, SECRET, "Site")] {
        let (domains, open_platform) = (domains.clone(), open_platform.clone());
        rig.sandbox.register_app(App { open_platform, domains, ..app });
    }
    rig
}

/// A code of the silent or the asked scope.
async fn web_code(rig: &Rig, person: &str, scope: &str) -> String {
    let query = format!(
        "appid={SERVICE}&redirect_uri=http%3A%2F%2Flocalhost%2Fb&response_type=code&scope={scope}&state=a"
    );
    let mut seen = rig.browse(person, &format!("/connect/oauth2/authorize?{query}")).await;
    if seen.status == 200 {
        let question = seen.text().split("name=\"question\" value=\"").nth(1).unwrap()[..16].to_owned();
        let cookie = format!("sandbox_person={person}");
        let form = format!("question={question}&decision=allow");
        seen = rig.send_with(Method::POST, "/connect/oauth2/consent", &[("cookie", &cookie)], form).await;
    }
    let address = Url::parse(seen.header("location")).unwrap();
    address.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
}

/// A code of a website's login page.
async fn site_code(rig: &Rig, person: &str) -> String {
    let query = format!(
        "appid={SITE}&redirect_uri=http%3A%2F%2Flocalhost%2Fb&response_type=code&scope=snsapi_login&f=xml"
    );
    let page = rig.get(&format!("/connect/qrconnect?{query}")).await;
    let uuid = page.text().split("CDATA[").nth(1).unwrap()[..16].to_owned();
    let text = format!("https://open.weixin.qq.com/connect/confirm?uuid={uuid}");
    rig.act(&json!({"person": person, "action": "scan", "text": text})).await;
    rig.act(&json!({"person": person, "action": "website_confirm", "uuid": uuid})).await;
    let script = rig.get(&format!("/connect/l/qrconnect?uuid={uuid}")).await.text().to_owned();
    script.split('\'').nth(1).unwrap().to_owned()
}

async fn exchange(rig: &Rig, appid: &str, code: &str) -> Seen {
    let query = format!("appid={appid}&secret={SECRET}&code={code}&grant_type=authorization_code");
    rig.get(&format!("/sns/oauth2/access_token?{query}")).await
}

async fn userinfo(rig: &Rig, given: &Value, openid: &str) -> Seen {
    let token = given["access_token"].as_str().unwrap();
    rig.get(&format!("/sns/userinfo?access_token={token}&openid={openid}&lang=zh_CN")).await
}

#[tokio::test]
async fn a_website_login_gives_name_picture_and_unionid() {
    let rig = rig().await;
    let seen = exchange(&rig, SITE, &site_code(&rig, "ming").await).await;
    assert_eq!(seen.content_type, "text/plain");
    let given = seen.json();
    assert_eq!((&given["openid"], &given["scope"]), (&json!(openid(SITE, "ming")), &json!("snsapi_login")));
    assert_eq!((&given["unionid"], &given["expires_in"]), (&json!(unionid("main", "ming")), &json!(7200)));
    assert!(given.get("errcode").is_none() && given.get("is_snapshotuser").is_none());
    let seen = userinfo(&rig, &given, &openid(SITE, "ming")).await;
    assert_eq!(seen.content_type, "text/plain");
    let info = seen.json();
    assert_eq!(
        (&info["nickname"], &info["sex"], &info["unionid"]),
        (&json!("小明"), &json!(0), &given["unionid"])
    );
    let picture = info["headimgurl"].as_str().unwrap();
    let path = picture.strip_prefix(&format!("http://{}", rig.sandbox.addr())).unwrap();
    for (size, side) in [("132", 132), ("46", 46), ("0", 640)] {
        let seen = rig.get(&path.replace("/132", &format!("/{size}"))).await;
        assert_eq!(seen.content_type, "image/jpeg");
        assert_eq!(image::load_from_memory(&seen.body).unwrap().width(), side);
    }
    assert_eq!(rig.get(&path.replace("/132", "/133")).await.status, 404);
    rig.sandbox.add_person(Person { has_avatar: false, ..Person::new("ming", "小明") });
    assert_eq!(userinfo(&rig, &given, &openid(SITE, "ming")).await.json()["headimgurl"], "");
    assert_eq!(rig.get(path).await.status, 404);
}

#[tokio::test]
async fn the_silent_scope_tells_followers_unionid_only_and_no_name() {
    let rig = rig().await;
    let given = exchange(&rig, SERVICE, &web_code(&rig, "ming", "snsapi_base").await).await.json();
    assert_eq!((&given["openid"], given.get("unionid")), (&json!(openid(SERVICE, "ming")), None));
    assert_eq!(userinfo(&rig, &given, &openid(SERVICE, "ming")).await.errcode(), 48001);
    rig.sandbox.set_following(SERVICE, "ming", true);
    let given = exchange(&rig, SERVICE, &web_code(&rig, "ming", "snsapi_base").await).await.json();
    assert_eq!(given["unionid"], unionid("main", "ming"));
    let given = exchange(&rig, SERVICE, &web_code(&rig, "hong", "snsapi_userinfo").await).await.json();
    assert_eq!(
        (&given["unionid"], &given["scope"]),
        (&json!(unionid("main", "hong")), &json!("snsapi_userinfo"))
    );
    assert_eq!(userinfo(&rig, &given, &openid(SERVICE, "hong")).await.json()["nickname"], "小红");
    rig.control(Method::PUT, "/wire_rules", &json!({"scope_trailing_comma": true})).await;
    let given = exchange(&rig, SERVICE, &web_code(&rig, "hong", "snsapi_base").await).await.json();
    assert_eq!(given["scope"], "snsapi_base,");
}

#[tokio::test]
async fn a_code_works_once_for_its_app_in_its_time() {
    let rig = rig().await;
    let code = web_code(&rig, "ming", "snsapi_base").await;
    assert_eq!(exchange(&rig, SITE, &code).await.errcode(), 40029);
    assert_eq!(exchange(&rig, SERVICE, &code).await.errcode(), 0);
    let used = exchange(&rig, SERVICE, &code).await;
    let errmsg = used.json()["errmsg"].as_str().unwrap().to_owned();
    assert_eq!((used.errcode(), without_rid(&errmsg, ", rid: ")), (40163, "code been used"));
    let (web, site) = (web_code(&rig, "ming", "snsapi_base").await, site_code(&rig, "ming").await);
    rig.advance(300).await;
    assert_eq!(exchange(&rig, SERVICE, &web).await.errcode(), 42003);
    let late = site_code(&rig, "ming").await;
    assert_eq!(exchange(&rig, SITE, &site).await.errcode(), 0);
    rig.advance(600).await;
    rig.control(Method::PUT, "/wire_rules", &json!({"expired_code": 40029})).await;
    assert_eq!(exchange(&rig, SITE, &late).await.errcode(), 40029);
}

#[tokio::test]
async fn each_refusal_of_an_exchange() {
    let rig = rig().await;
    for (query, errcode) in [
        (String::new(), 41002),
        (format!("appid={SITE}"), 41004),
        (format!("appid={SITE}&secret={SECRET}"), 41008),
        (format!("appid={SITE}&secret={SECRET}&code=x"), 40002),
        (format!("appid=wx1&secret={SECRET}&code=x&grant_type=authorization_code"), 40013),
        (format!("appid={SITE}&secret=x&code=x&grant_type=authorization_code"), 40125),
        (format!("appid={SITE}&secret={SECRET}&code=x&grant_type=authorization_code"), 40029),
    ] {
        assert_eq!(rig.get(&format!("/sns/oauth2/access_token?{query}")).await.errcode(), errcode, "{query}");
    }
    assert_eq!(rig.post("/sns/oauth2/access_token", &json!({})).await.errcode(), 43001);
}

#[tokio::test]
async fn a_token_is_checked_used_and_renewed() {
    let rig = rig().await;
    let given = exchange(&rig, SITE, &site_code(&rig, "ming").await).await.json();
    let (token, refresh) =
        (given["access_token"].as_str().unwrap(), given["refresh_token"].as_str().unwrap());
    let (ming, hong) = (openid(SITE, "ming"), openid(SITE, "hong"));
    let auth = async |token: &str, openid: &str| {
        rig.get(&format!("/sns/auth?access_token={token}&openid={openid}")).await
    };
    assert_eq!(auth(token, &ming).await.json(), json!({"errcode": 0, "errmsg": "ok"}));
    for (token, openid, errcode) in
        [(token, hong.as_str(), 40003), ("x", &ming, 40001), ("", &ming, 41001), (token, "", 41009)]
    {
        assert_eq!(auth(token, openid).await.errcode(), errcode);
    }
    assert_eq!(userinfo(&rig, &given, &hong).await.errcode(), 40003);
    let renew = async |appid: &str, refresh: &str| {
        let query = format!("appid={appid}&grant_type=refresh_token&refresh_token={refresh}");
        rig.get(&format!("/sns/oauth2/refresh_token?{query}")).await
    };
    rig.advance(7000).await;
    assert_eq!(renew(SITE, refresh).await.json()["access_token"], token);
    rig.advance(7000).await;
    assert_eq!(auth(token, &ming).await.errcode(), 0);
    rig.advance(300).await;
    assert_eq!(auth(token, &ming).await.errcode(), 42001);
    let renewed = renew(SITE, refresh).await.json();
    assert!(
        renewed["access_token"] != token && renewed["refresh_token"] == refresh && renewed["openid"] == ming
    );
    for (appid, refresh, errcode) in
        [(SERVICE, refresh, 40030), (SITE, "x", 40030), (SITE, "", 41003), ("wx1", refresh, 40013)]
    {
        assert_eq!(renew(appid, refresh).await.errcode(), errcode);
    }
    assert_eq!(
        rig.get(&format!("/sns/oauth2/refresh_token?appid={SITE}&grant_type=x")).await.errcode(),
        40002
    );
    rig.advance(30 * 86_400).await;
    assert_eq!(renew(SITE, refresh).await.errcode(), 42002);
}

#[tokio::test]
async fn a_snapshot_is_nobody() {
    let rig = rig().await;
    rig.sandbox.add_person(Person { snapshot: true, ..Person::new("ming", "小明") });
    let given = exchange(&rig, SERVICE, &web_code(&rig, "ming", "snsapi_userinfo").await).await.json();
    assert_eq!((&given["is_snapshotuser"], given.get("unionid")), (&json!(1), None));
    assert_eq!(given["openid"], virtual_openid(SERVICE, "ming"));
    let site = exchange(&rig, SITE, &site_code(&rig, "ming").await).await.json();
    assert!(site.get("is_snapshotuser").is_none() && site["openid"] == openid(SITE, "ming"));
}

#[tokio::test]
async fn odd_bytes_of_a_nickname_come_as_they_are() {
    let rig = rig().await;
    let raw = b"\x14\x07zzz\xff\xee\x84\xbc";
    let body = json!({"name": "Odd", "nickname_raw_base64": STANDARD.encode(raw)});
    assert_eq!(rig.control(Method::PUT, "/persons/odd", &body).await.status, 204);
    let given = exchange(&rig, SITE, &site_code(&rig, "odd").await).await.json();
    let seen = userinfo(&rig, &given, &openid(SITE, "odd")).await;
    let expected = [b"\"nickname\":\"".as_slice(), raw, b"\""].concat();
    assert!(seen.body.windows(expected.len()).any(|window| window == expected));
    assert!(serde_json::from_slice::<Value>(&seen.body).is_err());
    assert!(String::from_utf8_lossy(&seen.body).contains(r#""headimgurl":"http:\/\/"#));
    let bad = json!({"name": "Odd", "nickname_raw_base64": "%"});
    assert_eq!(rig.control(Method::PUT, "/persons/odd", &bad).await.code(), "bad_base64");
}
