//! `qrcode/create`, `showqrcode`, `user/info` and `getcallbackip` over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use serde_json::{Value, json};

use super::without_rid;
use crate::App;
use crate::model::{openid, unionid};
use crate::testing::*;

const SERVICE: &str = "wx00000000000000c3";

fn account() -> App {
    App { open_platform: Some("main".to_owned()), ..App::service_account(SERVICE, SECRET, "Account") }
}

async fn rig() -> (Rig, String) {
    let rig = Rig::start().await;
    rig.sandbox.register_app(account());
    let token = rig.token_of(SERVICE).await;
    (rig, token)
}

async fn create(rig: &Rig, token: &str, body: Value) -> Seen {
    rig.post(&format!("/cgi-bin/qrcode/create?access_token={token}"), &body).await
}

fn text(scene: &str) -> Value {
    json!({"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}})
}

/// What the scan of a code by a new follower tells `user/info`.
async fn scene_of(rig: &Rig, token: &str, made: &Value) -> (Value, Value) {
    rig.sandbox.set_following(SERVICE, "ming", false);
    rig.act(&json!({"person": "ming", "action": "scan", "text": made["url"]})).await;
    rig.act(&json!({"person": "ming", "action": "follow", "appid": SERVICE})).await;
    let path = format!("/cgi-bin/user/info?access_token={token}&openid={}", openid(SERVICE, "ming"));
    let info = rig.get(&path).await.json();
    (info["qr_scene"].clone(), info["qr_scene_str"].clone())
}

#[tokio::test]
async fn a_code_has_ticket_life_and_an_escaped_address() {
    let (rig, token) = rig().await;
    let seen = create(&rig, &token, text("test")).await;
    assert_eq!(seen.content_type, "application/json; encoding=utf-8");
    assert!(seen.text().contains(r"http:\/\/weixin.qq.com\/q\/02"));
    let made = seen.json();
    assert!(made["expire_seconds"] == 600 && made.get("errcode").is_none());
    let ticket = made["ticket"].as_str().unwrap();
    let bytes = STANDARD.decode(ticket).unwrap();
    assert_eq!((bytes.len(), &bytes[..2], bytes[4]), (72, [0x81, 0x01].as_slice(), 0x3c));
    assert_eq!(bytes[68..], 600_u32.to_le_bytes());
    assert!(rig.violations().await.is_empty());
    let short =
        create(&rig, &token, json!({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 5}}}))
            .await;
    assert_eq!(short.json()["expire_seconds"], 60);
    let permanent =
        json!({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}});
    assert!(create(&rig, &token, permanent).await.json().get("expire_seconds").is_none());
}

#[tokio::test]
async fn scenes_come_back_as_they_went_or_as_the_odd_values_seen_in_life() {
    let (rig, token) = rig().await;
    let number =
        |name: &str, id: u64| json!({"action_name": name, "action_info": {"scene": {"scene_id": id}}});
    let wrong = json!({"action_name": "QR_STR_SCENE", "action_info": {"scene_str": "test"}});
    for (body, expected) in [
        (text("qrscene_x"), (json!(0), json!("qrscene_x"))),
        (number("QR_SCENE", 123), (json!(123), json!(""))),
        (number("QR_SCENE", 5_000_000_000), (json!(4_294_967_295_u32), json!(""))),
        (number("QR_LIMIT_SCENE", 100_000), (json!(100_000), json!(""))),
        (number("QR_LIMIT_SCENE", 100_001), (json!(0), json!(""))),
        (wrong, (json!(0), json!(""))),
    ] {
        let made = create(&rig, &token, body.clone()).await.json();
        assert_eq!(scene_of(&rig, &token, &made).await, expected, "{body}");
    }
}

#[tokio::test]
async fn each_refusal_of_a_code() {
    let (rig, token) = rig().await;
    let with = |field: &str, value: Value| {
        let mut body = text("a");
        body[field] = value;
        body
    };
    for (body, errcode) in [
        (with("action_name", json!("QR_SOMETHING")), 40035),
        (with("expire_seconds", json!(0)), 40035),
        (text(""), 40035),
        (text(&"a".repeat(65)), 40035),
        (with("action_info", json!("x")), 40053),
        (with("action_info", json!({"scene": {}})), 40053),
        (with("action_info", json!({"scene": {"scene_id": 7}})), 40053),
        (text(&"a".repeat(64)), 0),
    ] {
        assert_eq!(create(&rig, &token, body.clone()).await.errcode(), errcode, "{body}");
    }
    let path = format!("/cgi-bin/qrcode/create?access_token={token}");
    assert_eq!(rig.send(Method::POST, &path, "a=b").await.errcode(), 47001);
    assert_eq!(rig.send(Method::POST, &path, r#"{"action_name":"\u0051R"}"#).await.errcode(), 40033);
    assert_eq!(rig.get(&path).await.errcode(), 43002);
    assert_eq!(rig.post("/cgi-bin/qrcode/create", &text("a")).await.errcode(), 41001);
    create(&rig, &token, with("expire_seconds", json!(9_999_999))).await;
    assert_eq!(rig.violations().await, ["expire_seconds above 30 days"]);
}

#[tokio::test]
async fn only_verified_service_accounts_and_test_numbers_may() {
    let (rig, token) = rig().await;
    let mini = rig.token().await;
    let refused = create(&rig, &mini, text("a")).await;
    assert_eq!(refused.errcode(), 48001);
    let errmsg = refused.json()["errmsg"].as_str().unwrap().to_owned();
    assert_eq!(without_rid(&errmsg, " rid: "), "api unauthorized");
    rig.sandbox.register_app(App { verified: false, ..account() });
    assert_eq!(create(&rig, &token, text("a")).await.errcode(), 48001);
    rig.sandbox.register_app(App { verified: false, test_account: true, ..account() });
    rig.control(Method::PUT, "/quotas", &json!({"account_codes_per_day": 20})).await;
    let codes =
        [create(&rig, &token, text("a")).await.errcode(), create(&rig, &token, text("a")).await.errcode()];
    assert_eq!((codes, create(&rig, &token, text("a")).await.errcode()), ([0, 0], 45009));
}

#[tokio::test]
async fn permanent_codes_run_out() {
    let (rig, token) = rig().await;
    rig.control(Method::PUT, "/quotas", &json!({"permanent_codes": 1})).await;
    let body = json!({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}});
    assert_eq!(create(&rig, &token, body.clone()).await.errcode(), 0);
    assert_eq!(create(&rig, &token, body).await.errcode(), 45029);
    assert_eq!(create(&rig, &token, text("a")).await.errcode(), 0);
}

#[tokio::test]
async fn an_unknown_ticket_is_not_found() {
    let (rig, token) = rig().await;
    create(&rig, &token, text("a")).await;
    for ticket in [
        "",
        "?ticket=nonsense",
        "?ticket=gQGJ7zwAAAAAAAAAAS5odHRwOi8vd2VpeGluLnFxLmNvbS9xLzAyaV9DRTU0WlljNEUxa0hROXh3Y1EAAgTTcUlgAwRYAgAA",
    ] {
        assert_eq!(rig.get(&format!("/cgi-bin/showqrcode{ticket}")).await.status, 404, "{ticket}");
    }
}

#[tokio::test]
async fn a_follower_is_known_without_name_or_picture_and_a_stranger_hardly() {
    let (rig, token) = rig().await;
    let info = async |openid: &str| {
        rig.get(&format!("/cgi-bin/user/info?access_token={token}&openid={openid}&lang=en")).await
    };
    let ming = openid(SERVICE, "ming");
    assert_eq!(info(&ming).await.json(), json!({"subscribe": 0, "openid": ming}));
    rig.sandbox.set_following(SERVICE, "ming", true);
    let seen = info(&ming).await;
    assert_eq!(seen.content_type, "application/json; encoding=utf-8");
    let known = seen.json();
    assert_eq!((&known["subscribe"], &known["unionid"]), (&json!(1), &json!(unionid("main", "ming"))));
    assert_eq!((&known["subscribe_scene"], &known["language"]), (&json!("ADD_SCENE_SEARCH"), &json!("en")));
    assert!(
        known.get("nickname").is_none()
            && known.get("headimgurl").is_none()
            && known.get("errcode").is_none()
    );
    rig.sandbox.register_app(App { open_platform: None, ..account() });
    assert!(info(&ming).await.json().get("unionid").is_none());
    assert_eq!([info(&openid(APPID, "ming")).await.errcode(), info("").await.errcode()], [40003, 41009]);
    rig.control(Method::PUT, "/quotas", &json!({"user_infos_per_day": 0})).await;
    assert_eq!(info(&ming).await.errcode(), 45009);
}

#[tokio::test]
async fn callback_addresses_and_faults_on_the_new_calls() {
    let (rig, token) = rig().await;
    let seen = rig.get(&format!("/cgi-bin/getcallbackip?access_token={token}")).await;
    assert_eq!(seen.json()["ip_list"][0], "127.0.0.1");
    assert_eq!(rig.get("/cgi-bin/getcallbackip?access_token=x").await.errcode(), 40014);
    rig.fault("/cgi-bin/qrcode/create", &json!({"errcode": -1}), 1).await;
    assert_eq!(create(&rig, &token, text("a")).await.errcode(), -1);
    rig.fault("/mmopen/vi_32/{picture}", &json!({"status": 503}), 1).await;
    assert_eq!(rig.get("/mmopen/vi_32/x/132").await.status, 503);
    assert_eq!(rig.get("/mmopen/vi_32/x/132").await.status, 404);
    let calls = rig.control(Method::GET, "/calls", &json!({})).await.json();
    assert_eq!(
        (&calls["calls"][0]["path"], &calls["counts"]["/cgi-bin/qrcode/create"]),
        (&json!("/mmopen/vi_32/{picture}"), &json!(1))
    );
    assert_eq!(calls["calls"][2]["appid"], json!(null));
}
