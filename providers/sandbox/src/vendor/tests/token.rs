//! `cgi-bin/token` and `stable_token` over the wire.

use hyper::Method;
use serde_json::json;

use super::without_rid;
use crate::App;
use crate::testing::*;

fn query(appid: &str, secret: &str) -> String {
    format!("/cgi-bin/token?grant_type=client_credential&appid={appid}&secret={secret}")
}

#[tokio::test]
async fn a_token_comes_without_errcode_and_with_the_odd_content_type() {
    let rig = Rig::start().await;
    let seen = rig.get(&query(APPID, SECRET)).await;
    assert_eq!(seen.content_type, "application/json; encoding=utf-8");
    let body = seen.json();
    assert_eq!(body["expires_in"], 7200);
    assert!((136..=160).contains(&body["access_token"].as_str().unwrap().len()));
    assert!(body.get("errcode").is_none());
    assert_ne!(rig.get(&query(APPID, SECRET)).await.json()["access_token"], body["access_token"]);
}

#[tokio::test]
async fn each_refusal_of_the_plain_call() {
    let rig = Rig::start().await;
    for (path, errcode) in [
        ("/cgi-bin/token?grant_type=x&appid=a&secret=b".to_owned(), 40002),
        ("/cgi-bin/token?grant_type=client_credential&secret=b".to_owned(), 41002),
        ("/cgi-bin/token?grant_type=client_credential&appid=a".to_owned(), 41004),
        (query("wx0000000000000000", SECRET), 40013),
        (query(&APPID.to_uppercase(), SECRET), 40013),
        (query(APPID, "wrong"), 40125),
    ] {
        assert_eq!(rig.get(&path).await.errcode(), errcode, "{path}");
    }
    assert_eq!(rig.post(&query(APPID, SECRET), &json!({})).await.errcode(), 43001);
    assert_eq!(rig.violations().await, ["wrong method"]);
}

#[tokio::test]
async fn each_refusal_of_the_stable_call() {
    let rig = Rig::start().await;
    let path = "/cgi-bin/stable_token";
    for (body, errcode) in [
        (json!({"appid": APPID, "secret": SECRET}), 40002),
        (json!({"grant_type": "client_credential", "secret": SECRET}), 41002),
        (json!({"grant_type": "client_credential", "appid": APPID}), 41004),
        (json!({"grant_type": "client_credential", "appid": "wx1", "secret": SECRET}), 40013),
        (json!({"grant_type": "client_credential", "appid": APPID, "secret": "x"}), 40125),
    ] {
        assert_eq!(rig.post(path, &body).await.errcode(), errcode, "{body}");
    }
    let form = format!("grant_type=client_credential&appid={APPID}&secret={SECRET}");
    assert_eq!(rig.send(Method::POST, path, form).await.errcode(), 47001);
    assert_eq!(rig.violations().await, ["body is not the documented JSON"]);
    let seen = rig.get(path).await;
    let errmsg = seen.json()["errmsg"].as_str().unwrap().to_owned();
    assert_eq!((seen.errcode(), without_rid(&errmsg, " rid: ")), (43002, "require POST method"));
}

#[tokio::test]
async fn an_address_outside_the_allow_list_is_named_in_the_refusal() {
    let rig = Rig::start().await;
    rig.sandbox.register_app(App { ip_allow_list: Some(vec![[10, 0, 0, 1].into()]), ..app() });
    for seen in [rig.stable(false).await, rig.get(&query(APPID, SECRET)).await] {
        assert_eq!(seen.errcode(), 40164);
        let body = seen.json();
        let errmsg = without_rid(body["errmsg"].as_str().unwrap(), " rid: ");
        assert_eq!(errmsg, "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist");
    }
}

#[tokio::test]
async fn the_stable_token_stays_until_its_last_five_minutes() {
    let rig = Rig::start().await;
    let first = rig.token().await;
    rig.advance(6800).await;
    let again = rig.stable(false).await.json();
    assert_eq!(again["access_token"], first.as_str());
    assert!((395..=400).contains(&again["expires_in"].as_i64().unwrap()));
    rig.advance(110).await;
    let second = rig.token().await;
    assert_ne!(second, first);
    let body = json!({"scene": SCENE, "page": PAGE});
    assert_eq!(rig.code_image(&first, &body).await.content_type, "image/jpeg");
    rig.advance(300).await;
    assert_eq!(rig.code_image(&first, &body).await.errcode(), 42001);
    assert_eq!(rig.code_image(&second, &body).await.content_type, "image/jpeg");
}

#[tokio::test]
async fn forcing_retires_at_once_needs_a_pause_and_ends_after_twenty() {
    let rig = Rig::start().await;
    let first = rig.token().await;
    let second = rig.stable(true).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(rig.code_image(&first, &json!({"scene": SCENE})).await.errcode(), 40001);
    assert_eq!(rig.stable(true).await.json()["access_token"], second.as_str());
    assert_eq!(rig.violations().await, ["force_refresh again within 30 seconds"]);
    let quotas = json!({"forced_refreshes_per_day": 2});
    assert_eq!(rig.control(Method::PUT, "/quotas", &quotas).await.status, 200);
    rig.advance(86_400).await;
    for expected in [0, 0, 45009] {
        rig.advance(30).await;
        assert_eq!(rig.stable(true).await.errcode(), expected);
    }
}

#[tokio::test]
async fn quotas_of_the_token_calls() {
    let rig = Rig::start().await;
    let quotas = json!({"tokens_per_day": 1, "stable_tokens_per_minute": 1});
    rig.control(Method::PUT, "/quotas", &quotas).await;
    assert_eq!(rig.get(&query(APPID, SECRET)).await.errcode(), 0);
    assert_eq!(rig.get(&query(APPID, SECRET)).await.errcode(), 45009);
    assert_eq!(rig.stable(false).await.errcode(), 0);
    assert_eq!(rig.stable(false).await.errcode(), 45011);
    rig.advance(60).await;
    assert_eq!(rig.stable(false).await.errcode(), 0);
}

#[tokio::test]
async fn a_revoked_token_is_refused_and_a_second_refresh_is_a_violation() {
    let rig = Rig::start().await;
    let first = rig.token().await;
    let body = json!({"appid": APPID, "slot": "stable"});
    assert_eq!(rig.control(Method::POST, "/tokens/revoke", &body).await.json()["revoked"], 1);
    let refused = rig.code_image(&first, &json!({"scene": SCENE})).await;
    assert_eq!(refused.errcode(), 40001);
    assert!(refused.text().contains(r"https:\/\/mmbizurl.cn\/s\/JtxxFh33r rid: "));
    assert_ne!(rig.token().await, first);
    assert!(rig.violations().await.is_empty());
    rig.token().await;
    assert_eq!(rig.violations().await, ["more than one refresh after a revocation"]);
}

/// 89503 until the administrator answers; a refusal holds for its time, then they are asked again.
#[tokio::test]
async fn a_new_address_waits_for_the_administrator() {
    let rig = Rig::start().await;
    rig.sandbox.register_app(App { admin_confirms: true, ..app() });
    let answer = async |answer: &str| {
        let path = format!("/apps/{APPID}/admission");
        assert_eq!(rig.control(Method::POST, &path, &json!({"answer": answer})).await.status, 204);
    };
    assert_eq!(rig.stable(false).await.errcode(), 89503);
    answer("refuse_for_an_hour").await;
    assert_eq!(rig.stable(false).await.errcode(), 89507);
    rig.advance(3600).await;
    assert_eq!(rig.stable(false).await.errcode(), 89503);
    answer("refuse_for_a_day").await;
    assert_eq!(rig.stable(false).await.errcode(), 89506);
    answer("allow").await;
    assert_eq!(rig.stable(false).await.errcode(), 0);
}
