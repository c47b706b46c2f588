//! Every branch of the three calls, against a host that answers from a script (F10 to F13).

use super::program::Session;
use super::*;
use crate::wechat::testing::{APPID, JPEG, SECRET, ScriptedHost, TOKEN, errcode, ok, status};
use saoma_core::provider::{CallError, Image, Kind};

type Scripted = Result<VendorResponse, CallError>;

fn api() -> Api {
    let base = VendorBase::parse("https://api.weixin.qq.com", &[]).unwrap();
    Api { base, appid: APPID.to_owned(), secret: Secret::new(SECRET) }
}

async fn image(host: &ScriptedHost) -> Result<Image, ProviderError> {
    let order =
        CodeOrder { scene: "AbC-_1", page: "pages/login/index", check_path: false, env_version: "trial" };
    api().code_image(host, &order).await
}

async fn exchange(host: &ScriptedHost) -> Result<Session, ProviderError> {
    api().exchange(host, &Secret::new("0a1b2c")).await
}

async fn image_error(answers: Vec<Scripted>) -> (Step, Kind) {
    let host = ScriptedHost::new(answers);
    let error = image(&host).await.unwrap_err();
    host.calls();
    (error.step, error.kind)
}

async fn exchange_error(answers: Vec<Scripted>) -> Kind {
    let host = ScriptedHost::new(answers);
    let error = exchange(&host).await.err().unwrap();
    host.calls();
    assert_eq!(error.step, Step::ProveSubject);
    error.kind
}

#[tokio::test]
async fn the_picture_is_asked_for_as_documented() {
    let host = ScriptedHost::new([ok(TOKEN), ok(JPEG)]);
    assert_eq!(image(&host).await.unwrap().media_type, "image/jpeg");
    assert_eq!(host.calls(), ["stable_token", "getwxacodeunlimit"]);
    let (mint, code) = (host.sent(0), host.sent(1));
    assert_eq!(mint.url.as_str(), "https://api.weixin.qq.com/cgi-bin/stable_token");
    let body = json!({
        "grant_type": "client_credential", "appid": APPID, "secret": SECRET, "force_refresh": false,
    });
    assert_eq!((mint.method, mint.query.len(), mint.json), (Method::Post, 0, Some(body)));
    assert_eq!(code.url.as_str(), "https://api.weixin.qq.com/wxa/getwxacodeunlimit");
    let body = json!({
        "scene": "AbC-_1", "page": "pages/login/index", "check_path": false, "env_version": "trial",
    });
    assert_eq!((code.method, code.json), (Method::Post, Some(body)));
    assert_eq!((code.query[0].0, code.query[0].1.expose()), ("access_token", "7_token"));
}

#[tokio::test]
async fn the_proof_is_asked_for_as_documented() {
    let host = ScriptedHost::new([ok(br#"{"session_key":"k","openid":"oAb-_1","unionid":"oU"}"#)]);
    let session = exchange(&host).await.unwrap();
    assert_eq!((session.openid.as_str(), session.unionid.as_deref()), ("oAb-_1", Some("oU")));
    let sent = host.sent(0);
    assert_eq!(sent.url.as_str(), "https://api.weixin.qq.com/sns/jscode2session");
    let query: Vec<_> = sent.query.iter().map(|(name, value)| (*name, value.expose())).collect();
    let wanted =
        [("appid", APPID), ("secret", SECRET), ("js_code", "0a1b2c"), ("grant_type", "authorization_code")];
    assert_eq!((sent.method, query), (Method::Get, wanted.to_vec()));
    assert!(sent.json.is_none());
}

#[tokio::test]
async fn f10_busy_and_broken_servers_are_asked_again_with_a_pause() {
    for hiccup in [errcode(-1), status(502, b"<html>"), status(500, b""), Err(CallError::Unreachable)] {
        let host = ScriptedHost::new([ok(TOKEN), hiccup.clone(), hiccup, ok(JPEG)]);
        assert!(image(&host).await.is_ok());
        assert_eq!(host.calls().len(), 4);
        let paused = host.paused.lock().unwrap().clone();
        assert!((150..=405).contains(&paused[0]) && (450..=705).contains(&paused[1]), "{paused:?}");
    }
    let host = ScriptedHost::new([errcode(-1), ok(TOKEN), ok(JPEG)]);
    assert!(image(&host).await.is_ok());
}

#[tokio::test]
async fn f10_two_retries_are_the_most() {
    let busy = || vec![errcode(-1), errcode(-1), errcode(-1)];
    assert_eq!(image_error(busy()).await, (Step::AppToken, Kind::Unavailable));
    assert_eq!(exchange_error(busy()).await, Kind::Unavailable);
    let mut answers = vec![ok(TOKEN)];
    answers.extend(busy());
    assert_eq!(image_error(answers).await, (Step::Begin, Kind::Unavailable));
}

#[tokio::test]
async fn f10_patience_ends_after_three_seconds() {
    let host = ScriptedHost::slow(1_400, [errcode(-1), errcode(-1)]);
    assert_eq!(exchange(&host).await.err().unwrap().kind, Kind::Unavailable);
    assert_eq!(host.calls().len(), 2);
}

#[tokio::test]
async fn f9_what_does_not_answer_in_time_is_not_asked_again() {
    let failure = image_error(vec![Err(CallError::Timeout)]).await;
    assert_eq!(failure, (Step::AppToken, Kind::Timeout));
    let failure = image_error(vec![ok(TOKEN), Err(CallError::Timeout)]).await;
    assert_eq!(failure, (Step::Begin, Kind::Timeout));
    let host = ScriptedHost::slow(5_000, [Err(CallError::Timeout)]);
    assert_eq!(exchange(&host).await.err().unwrap().kind, Kind::Timeout);
}

#[tokio::test]
async fn a_proof_that_was_spent_by_a_lost_answer_is_invalid() {
    assert_eq!(exchange_error(vec![errcode(-1), errcode(40163)]).await, Kind::ProofInvalid);
}

#[tokio::test]
async fn a_proof_is_not_sent_again_otherwise() {
    for (answer, kind) in [
        (status(502, b""), Kind::Unavailable),
        (Err(CallError::Unreachable), Kind::Unavailable),
        (Err(CallError::TooLarge), Kind::Unavailable),
        (Err(CallError::Forbidden), Kind::Misconfigured),
        (ok(b"<html>"), Kind::Unavailable),
        (errcode(40029), Kind::ProofInvalid),
        (errcode(40163), Kind::ProofInvalid),
        (errcode(40226), Kind::PersonBlocked),
        (errcode(45011), Kind::Quota { retry_after: 60 }),
        (errcode(40013), Kind::Misconfigured),
        (errcode(40001), Kind::Unavailable),
        (errcode(99999), Kind::Unavailable),
    ] {
        assert_eq!(exchange_error(vec![answer]).await, kind);
    }
}

#[tokio::test]
async fn f12_a_refused_token_costs_one_refresh_and_one_retry() {
    for code in [40001, 40014, 42001] {
        let host = ScriptedHost::new([ok(TOKEN), errcode(code), ok(TOKEN), ok(JPEG)]);
        assert!(image(&host).await.is_ok());
        assert_eq!(host.calls(), ["stable_token", "getwxacodeunlimit", "stable_token", "getwxacodeunlimit"]);
        let stubborn = vec![ok(TOKEN), errcode(code), ok(TOKEN), errcode(code)];
        assert_eq!(image_error(stubborn).await, (Step::Begin, Kind::Unavailable));
    }
}

#[tokio::test]
async fn f13_token_calls_tell_what_is_wrong_with_the_app() {
    for code in [40001, 40013, 40125, 40164, 40243, 50004, 50007, 89503] {
        assert_eq!(image_error(vec![errcode(code)]).await, (Step::AppToken, Kind::Misconfigured), "{code}");
    }
}

#[tokio::test]
async fn f11_quotas_are_not_retried() {
    let failure = image_error(vec![errcode(45009)]).await;
    assert_eq!(failure, (Step::AppToken, Kind::Quota { retry_after: 3600 }));
    for code in [45009, 45011] {
        let failure = image_error(vec![ok(TOKEN), errcode(code)]).await;
        assert_eq!(failure, (Step::Begin, Kind::Quota { retry_after: 60 }));
    }
}

#[tokio::test]
async fn f13_the_admin_reads_code_cure_trace_id_and_address() {
    let said = br#"{"errcode":40164,"errmsg":"invalid ip 116.25.45.231 ipv6 ::ffff:116.25.45.231, not in whitelist rid: 1a-2b-3c"}"#;
    let error = image(&ScriptedHost::new([ok(said)])).await.unwrap_err();
    let upstream = *error.upstream.unwrap();
    assert_eq!((upstream.code, upstream.trace_id.as_deref()), (40164, Some("1a-2b-3c")));
    assert_eq!(upstream.address.as_deref(), Some("116.25.45.231"));
    assert!(upstream.cure.en.contains("IP白名单") && upstream.finding == "ip_not_allowed");
    let error = exchange(&ScriptedHost::new([errcode(99999)])).await.err().unwrap();
    let upstream = *error.upstream.unwrap();
    assert_eq!((upstream.code, upstream.meaning.en), (99999, "a code we do not know"));
    assert!(upstream.trace_id.is_some());
}

#[tokio::test]
async fn pictures_that_are_none_are_refused() {
    for body in [&b"{}"[..], b"<html>", b"GIF89a", b"", b"{\"errcode\":0,\"errmsg\":\"ok\"}"] {
        assert_eq!(image_error(vec![ok(TOKEN), ok(body)]).await, (Step::Begin, Kind::Unavailable));
    }
    assert_eq!(image_error(vec![ok(TOKEN), errcode(41030)]).await, (Step::Begin, Kind::Misconfigured));
}

#[tokio::test]
async fn tokens_that_are_none_are_refused() {
    for body in [
        r#"{"access_token":"t"}"#,
        r#"{"access_token":"","expires_in":7200}"#,
        r#"{"access_token":5,"expires_in":7200}"#,
        r#"{"access_token":"t","expires_in":0}"#,
        r#"{"access_token":"t","expires_in":-1}"#,
        r#"{"access_token":"t","expires_in":99999999999}"#,
        "{}",
    ] {
        assert_eq!(
            image_error(vec![ok(body.as_bytes())]).await,
            (Step::AppToken, Kind::Unavailable),
            "{body}"
        );
    }
    let text = ok(br#"{"errcode":"0","access_token":"t","expires_in":"7200"}"#);
    assert!(image(&ScriptedHost::new([text, ok(JPEG)])).await.is_ok());
}

#[tokio::test]
async fn people_without_a_usable_id_are_refused() {
    for body in ["{}", r#"{"openid":""}"#, r#"{"openid":7}"#, r#"{"openid":"o b"}"#, r#"{"unionid":"oU"}"#] {
        assert_eq!(exchange_error(vec![ok(body.as_bytes())]).await, Kind::Unavailable, "{body}");
    }
    let odd = ScriptedHost::new([ok(br#"{"openid":"o1","unionid":"not an id"}"#)]);
    assert_eq!(exchange(&odd).await.unwrap().unionid, None);
}
