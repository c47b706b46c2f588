//! `sns/jscode2session` over the wire.

use hyper::Method;
use serde_json::json;

use super::without_rid;
use crate::model::{openid, unionid};
use crate::testing::*;

#[tokio::test]
async fn a_code_gives_the_openid_and_a_unionid_when_bound() {
    let rig = Rig::start().await;
    let seen = rig.session(APPID, &rig.js_code("ming", APPID).await).await;
    assert_eq!(seen.content_type, "text/plain");
    let body = seen.json();
    assert_eq!(body["openid"], openid(APPID, "ming"));
    assert_eq!(body["unionid"], unionid("main", "ming"));
    assert_eq!(body["session_key"].as_str().unwrap().len(), 24);
    assert!(body.get("errcode").is_none());
    let unbound = rig.session(OTHER_APPID, &rig.js_code("ming", OTHER_APPID).await).await.json();
    assert_eq!(unbound["openid"], openid(OTHER_APPID, "ming"));
    assert!(unbound.get("unionid").is_none());
}

#[tokio::test]
async fn a_code_works_once_for_its_app_within_five_minutes() {
    let rig = Rig::start().await;
    let code = rig.js_code("ming", APPID).await;
    assert_eq!(rig.session(OTHER_APPID, &code).await.errcode(), 40029);
    assert_eq!(rig.violations().await, ["code of another app"]);
    assert_eq!(rig.session(APPID, &code).await.errcode(), 0);
    let used = rig.session(APPID, &code).await;
    assert_eq!(used.errcode(), 40163);
    assert_eq!(rig.violations().await, ["code used again"]);
    let errmsg = used.json()["errmsg"].as_str().unwrap().to_owned();
    assert_eq!(without_rid(&errmsg, ", rid: "), "code been used");
    let late = rig.js_code("ming", APPID).await;
    rig.advance(300).await;
    assert_eq!(rig.session(APPID, &late).await.errcode(), 40029);
    assert_eq!(rig.session(APPID, "nonsense").await.errcode(), 40029);
}

#[tokio::test]
async fn each_refusal_of_an_argument() {
    let rig = Rig::start().await;
    let path = "/sns/jscode2session";
    for (query, errcode) in [
        (String::new(), 41002),
        (format!("appid={APPID}"), 41004),
        (format!("appid={APPID}&secret={SECRET}"), 41008),
        (format!("appid={APPID}&secret={SECRET}&js_code=x"), 40002),
        (format!("appid=wx1&secret={SECRET}&js_code=x&grant_type=authorization_code"), 40013),
        (format!("appid={APPID}&secret=x&js_code=x&grant_type=authorization_code"), 40125),
    ] {
        assert_eq!(rig.get(&format!("{path}?{query}")).await.errcode(), errcode, "{query}");
    }
    assert_eq!(rig.post(path, &json!({})).await.errcode(), 43001);
}

#[tokio::test]
async fn a_risky_person_and_a_hasty_one_are_refused() {
    let rig = Rig::start().await;
    assert_eq!(rig.session(APPID, &rig.js_code("risky", APPID).await).await.errcode(), 40226);
    rig.control(Method::PUT, "/quotas", &json!({"sessions_per_person_per_minute": 1})).await;
    assert_eq!(rig.session(APPID, &rig.js_code("ming", APPID).await).await.errcode(), 0);
    let hasty = rig.js_code("ming", APPID).await;
    assert_eq!(rig.session(APPID, &hasty).await.errcode(), 45011);
    assert_eq!(rig.session(APPID, &rig.js_code("hong", APPID).await).await.errcode(), 0);
    rig.advance(60).await;
    assert_eq!(rig.session(APPID, &hasty).await.errcode(), 0);
}
