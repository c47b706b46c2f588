//! `wxa/getwxacodeunlimit` over the wire.

use hyper::Method;
use serde_json::json;

use super::without_rid;
use crate::picture;
use crate::testing::*;

#[tokio::test]
async fn the_picture_is_a_jpeg_of_the_asked_width_and_reads_back() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    let body = json!({
        "scene": SCENE, "page": PAGE, "check_path": true, "env_version": "release", "width": 430,
        "auto_color": false, "line_color": {"r": 0, "g": 0, "b": 0}, "is_hyaline": false,
    });
    let seen = rig.code_image(&token, &body).await;
    assert_eq!((seen.status, seen.content_type.as_str()), (200, "image/jpeg"));
    let text = format!("wxacode:{APPID}/release/{PAGE}?{SCENE}");
    assert_eq!(picture::read(&seen.body).unwrap(), [text]);
    assert!(rig.violations().await.is_empty());
    let codes = rig.control(Method::GET, "/codes", &json!({})).await.json();
    let code = &codes["codes"][0];
    assert_eq!((&code["scene"], &code["app_name"]), (&json!(SCENE), &json!("Saoma")));
    let shown = rig.get(code["image_url"].as_str().unwrap()).await;
    assert_eq!(shown.body, seen.body);
}

#[tokio::test]
async fn each_refusal_of_a_token() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    let body = json!({"scene": SCENE});
    let path = "/wxa/getwxacodeunlimit";
    assert_eq!(rig.post(path, &body).await.errcode(), 41001);
    assert_eq!(rig.code_image("nonsense", &body).await.errcode(), 40014);
    assert_eq!(rig.code_image(&token.replace(&token[3..], &"x".repeat(137)), &body).await.errcode(), 40001);
    let in_body = json!({"scene": SCENE, "access_token": token});
    assert_eq!(rig.post(path, &in_body).await.errcode(), 41001);
    assert_eq!(rig.violations().await, ["access_token in the body"]);
    assert_eq!(rig.get(&format!("{path}?access_token={token}")).await.errcode(), 43002);
    rig.advance(7200).await;
    let seen = rig.code_image(&token, &body).await;
    assert_eq!(seen.content_type, "application/json; charset=UTF-8");
    let errmsg = seen.json()["errmsg"].as_str().unwrap().to_owned();
    assert!(errmsg.starts_with("access_token expired rid: "));
    assert_eq!(seen.errcode(), 42001);
}

#[tokio::test]
async fn each_refusal_of_an_argument() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    for (body, errcode) in [
        (json!({}), 40169),
        (json!({"scene": ""}), 40169),
        (json!({"scene": 7}), 40169),
        (json!({"scene": "a".repeat(33)}), 40169),
        (json!({"scene": "a b"}), 40129),
        (json!({"scene": "50%"}), 40129),
        (json!({"scene": "扫码"}), 40129),
        (json!({"scene": "scancode_time=1"}), 85096),
        (json!({"scene": SCENE, "page": "/pages/login/index"}), 41030),
        (json!({"scene": SCENE, "page": "pages/login/index?a=1"}), 41030),
        (json!({"scene": SCENE, "page": "pages/unreleased"}), 41030),
        (json!({"scene": SCENE, "page": "pages/unreleased", "env_version": "trial"}), 41030),
        (json!({"scene": SCENE, "page": "/pages/unreleased", "check_path": false}), 41030),
        (json!({"scene": SCENE, "env_version": "beta"}), 40097),
        (json!({"scene": SCENE, "width": 279}), 40097),
        (json!({"scene": SCENE, "width": 1281}), 40097),
        (json!({"scene": SCENE, "width": "430"}), 47001),
        (json!(["scene"]), 47001),
    ] {
        assert_eq!(rig.code_image(&token, &body).await.errcode(), errcode, "{body}");
    }
    let path = format!("/wxa/getwxacodeunlimit?access_token={token}");
    assert_eq!(rig.send(Method::POST, &path, "scene=a").await.errcode(), 47001);
    assert_eq!(rig.send(Method::POST, &path, &b"{\"scene\":\"\xff\"}"[..]).await.errcode(), 47001);
    let escaped = rig.send(Method::POST, &path, r#"{"scene":"\u0061"}"#).await;
    assert_eq!(escaped.errcode(), 40033);
    assert_eq!(rig.violations().await, [r"\u escape in the body"]);
    let errmsg = escaped.json()["errmsg"].as_str().unwrap().to_owned();
    assert!(without_rid(&errmsg, " rid: ").starts_with("invalid charset"));
}

#[tokio::test]
async fn an_unreleased_page_passes_when_it_is_not_checked() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    let body = json!({"scene": "!#$&'()*+,/:;=?@-._~", "page": "pages/new", "check_path": false});
    let seen = rig.code_image(&token, &body).await;
    assert_eq!(seen.content_type, "image/jpeg");
    let body = json!({"scene": SCENE, "colour": 1});
    assert_eq!(rig.code_image(&token, &body).await.content_type, "image/jpeg");
    assert_eq!(rig.violations().await, ["undocumented field in the body"]);
}

#[tokio::test]
async fn the_minute_has_a_quota() {
    let rig = Rig::start().await;
    rig.control(Method::PUT, "/quotas", &json!({"codes_per_minute": 1})).await;
    let token = rig.token().await;
    let body = json!({"scene": SCENE});
    assert_eq!(rig.code_image(&token, &body).await.content_type, "image/jpeg");
    assert_eq!(rig.code_image(&token, &body).await.errcode(), 45009);
    rig.advance(60).await;
    assert_eq!(rig.code_image(&token, &body).await.content_type, "image/jpeg");
}
