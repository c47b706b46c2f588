//! Schemes, URL Links and phone numbers over the wire.

use hyper::Method;
use serde_json::{Value, json};

use crate::model::openid;
use crate::testing::*;

async fn made(rig: &Rig, call: &str, body: &Value) -> Seen {
    rig.post(&format!("/wxa/{call}?access_token={}", rig.token().await), body).await
}

#[tokio::test]
async fn a_link_opens_the_page_with_its_scene_until_it_lapses() {
    let stub =
        Stub::start(|_, _| (200, "application/json", json!({"companion_token": "t"}).to_string())).await;
    let rig = Rig::start().await;
    rig.sandbox.register_app(crate::App { companion_url: Some(stub.base.clone()), ..app() });
    let place =
        json!({"path": format!("/{PAGE}"), "query": format!("scene={SCENE}&x=1"), "env_version": "release"});
    let scheme = made(&rig, "generatescheme", &json!({"jump_wxa": place})).await.json();
    let mut link = place.clone();
    link["expire_type"] = json!(1);
    link["expire_interval"] = json!(1);
    let link = made(&rig, "generate_urllink", &link).await.json();
    let scheme = scheme["openlink"].as_str().unwrap();
    let link = link["url_link"].as_str().unwrap();
    assert!(
        scheme.starts_with("weixin://dl/business/?t=") && link.starts_with("https://wxaurl.cn/"),
        "{scheme} {link}"
    );
    let open = async |text: &str| rig.act(&json!({"person": "ming", "action": "scan", "text": text})).await;
    for text in [scheme, link] {
        assert_eq!(open(text).await.json()["scene"], SCENE);
        assert_eq!(stub.last().1["scene"], SCENE);
    }
    rig.advance(86_400).await;
    assert_eq!(open(link).await.code(), "code_expired");
    assert_eq!(open(scheme).await.status, 200, "thirty days, when nothing is said");
    assert_eq!(open("https://wxaurl.cn/nobodys").await.code(), "unknown_code");
}

#[tokio::test]
async fn links_are_refused_as_published() {
    let rig = Rig::start().await;
    let at = crate::clock::Clock::default().now().unix_seconds();
    for (place, errcode) in [
        (json!({"path": "/pages/none/index"}), 40165),
        (json!({"path": "/pages/login/index?x=1"}), 40165),
        (json!({"query": "scene=é"}), 40212),
        (json!({"query": "a".repeat(1025)}), 40212),
        (json!({"env_version": "beta"}), 85402),
        (json!({"expire_type": 0, "expire_time": at + 30}), 85401),
        (json!({"expire_type": 0, "expire_time": i64::MIN}), 85401),
        (json!({"expire_type": 1, "expire_interval": 31}), 85401),
        (json!({"expire_type": 1, "expire_interval": i64::MAX}), 85401),
        (json!({"expire_type": 2}), 85401),
        (json!({}), 0),
    ] {
        assert_eq!(made(&rig, "generate_urllink", &place).await.errcode(), errcode, "{place}");
    }
    let put = async |body: &Value| {
        let mut whole = json!({"secret": SECRET, "name": "A", "pages": [PAGE]});
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        assert_eq!(rig.control(Method::PUT, &format!("/apps/{APPID}"), &whole).await.status, 204);
    };
    put(&json!({"pages": []})).await;
    assert_eq!(made(&rig, "generatescheme", &json!({})).await.errcode(), 85079);
    put(&json!({"verified": false})).await;
    assert_eq!(made(&rig, "generatescheme", &json!({})).await.errcode(), 40002);
}

#[tokio::test]
async fn a_phone_number_is_told_once_to_its_own_app() {
    let rig = Rig::start().await;
    let give = async |appid: &str| {
        let body = json!({"person": "ming", "appid": appid});
        rig.control(Method::POST, "/phone_codes", &body).await.json()["code"].as_str().unwrap().to_owned()
    };
    let ask = async |body: Value| made(&rig, "business/getuserphonenumber", &body).await;
    let code = give(APPID).await;
    assert_eq!(ask(json!({"code": code, "openid": "oAnother"})).await.errcode(), 40003);
    let told = ask(json!({"code": code, "openid": openid(APPID, "ming")})).await.json();
    let number = told["phone_info"]["purePhoneNumber"].as_str().unwrap().to_owned();
    assert_eq!((number.len(), &told["phone_info"]["countryCode"]), (11, &json!("86")));
    assert_eq!(told["phone_info"]["watermark"]["appid"], APPID);
    assert_eq!(ask(json!({"code": code})).await.errcode(), 40163);
    let again = ask(json!({"code": give(APPID).await})).await.json();
    assert_eq!(again["phone_info"]["purePhoneNumber"], number.as_str());
    assert_eq!(ask(json!({"code": give(OTHER_APPID).await})).await.errcode(), 40013);
    assert_eq!(ask(json!({"code": "nonsense"})).await.errcode(), 40029);
    assert_eq!(ask(json!({})).await.errcode(), 41008);
    let late = give(APPID).await;
    rig.advance(300).await;
    assert_eq!(ask(json!({"code": late})).await.errcode(), 40029);
}
