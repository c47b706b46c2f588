//! The kind as the engine sees it: settings, code, proof, probe.

use super::*;
use crate::config;
use crate::wechat::testing::{APPID, JPEG, SECRET, STATE, ScriptedHost, TOKEN, errcode, ok, start, view};
use bytes::Bytes;
use saoma_core::entropy::SeededEntropy;
use saoma_core::login::Scene;
use saoma_core::provider::{Alias, CallError, Kind, Step, VendorIdentity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SESSION: &[u8] = br#"{"session_key":"k","openid":"oPerson","unionid":"oUnion"}"#;

fn try_open(config: &Value) -> Result<Arc<dyn Provider>, ConfigErrors> {
    let instance = Instance { slug: "mini".parse().unwrap(), trusted_bases: Vec::new() };
    kind().open(&instance, config)
}

fn open(more: &Value) -> Arc<dyn Provider> {
    let mut config = json!({ "appid": APPID, "secret": SECRET });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    try_open(&config).unwrap()
}

fn refused(config: &Value) -> Vec<String> {
    try_open(config).err().unwrap().0.into_iter().map(|error| error.pointer).collect()
}

fn companion(scene: &Scene) -> Inbound {
    Inbound::Companion { scene: scene.clone(), proof: Secret::new("0a1b2c3d") }
}

async fn proven(more: &Value, session: &[u8]) -> VendorIdentity {
    let (host, login) = (ScriptedHost::new([ok(session)]), view());
    match open(more).advance(&host, &login, &companion(&login.scene)).await.unwrap() {
        Advance::Proven(identity) => identity,
        other => panic!("{other:?}"),
    }
}

#[test]
fn settings_have_defaults_and_bad_ones_are_all_told() {
    assert_eq!(open(&json!({})).egress()[0].as_str(), "https://api.weixin.qq.com/");
    assert_eq!(refused(&json!({})), ["/appid", "/secret"]);
    let bad = json!({
        "appid": "WX0123456789ABCDEF", "secret": "short", "page": "/pages/x", "env_version": "beta",
        "check_path": "no", "open_platform_account": "", "api_base": 5, "extra": 1,
    });
    let pointers = ["/api_base", "/appid", "/check_path", "/env_version", "/extra", "/open_platform_account"];
    assert_eq!(refused(&bad), [&pointers[..], &["/page", "/secret"]].concat());
    let plain = json!({ "appid": APPID, "secret": SECRET, "api_base": "http://api.weixin.qq.com" });
    assert_eq!(refused(&plain), ["/api_base"]);
}

#[test]
fn the_secret_is_marked_and_never_repeated() {
    let factory = kind();
    assert_eq!(config::secret_pointers(factory.config_schema()), ["/secret"]);
    let told = try_open(&json!({ "appid": APPID, "secret": "hunter2" })).err().unwrap().to_string();
    assert_eq!(told, "/secret: must be 32 characters of 0-9 and a-f");
}

#[tokio::test]
async fn begin_asks_the_vendor_and_keeps_the_picture_for_render() {
    let host = ScriptedHost::new([ok(TOKEN), ok(JPEG)]);
    let (provider, login) = (open(&json!({})), view());
    let begin = provider.begin(&host, &start(&login, None)).await.unwrap();
    assert_eq!((begin.challenge, begin.private, begin.ttl_seconds), (Challenge::QrImage, None, None));
    let image = provider.render(&host, &login).await.unwrap();
    assert_eq!((image.media_type, &*image.bytes), ("image/jpeg", JPEG));
    assert_eq!(host.calls(), ["stable_token", "getwxacodeunlimit"]);
    let body = host.sent(1).json.unwrap();
    assert_eq!(body["scene"], login.scene.as_str());
    assert_eq!((&body["page"], &body["check_path"]), (&json!("pages/login/index"), &json!(true)));
    assert_eq!(body["env_version"], "release");
}

#[tokio::test]
async fn render_draws_again_what_was_forgotten() {
    let host = ScriptedHost::new([ok(TOKEN), ok(JPEG)]);
    let (provider, login) = (open(&json!({})), view());
    for _ in 0..2 {
        assert_eq!(provider.render(&host, &login).await.unwrap().media_type, "image/jpeg");
    }
    assert_eq!(host.calls().len(), 2);
}

#[tokio::test]
async fn a_vendor_failure_is_the_begins_failure() {
    let (host, login) = (ScriptedHost::new([Err(CallError::Timeout)]), view());
    let error = open(&json!({})).begin(&host, &start(&login, None)).await.unwrap_err();
    assert_eq!((error.step, error.kind), (Step::AppToken, Kind::Timeout));
}

#[test]
fn only_companions_with_a_plausible_proof_are_heard() {
    let (host, provider, scene) = (ScriptedHost::new([]), open(&json!({})), view().scene);
    let parse = |proof: &str| {
        let raw = RawInbound::Companion { scene: scene.clone(), proof: Secret::new(proof) };
        provider.parse(&host, raw)
    };
    let inbound = parse("0b3zJr000abcDEF1230003zJr0G").unwrap();
    assert_eq!(provider.correlate(&inbound), Correlation::Scene(scene.clone()));
    for proof in ["", "short", "has spaces in it", "扫码扫码扫码", "a&secret=b", &"a".repeat(129)] {
        assert_eq!(parse(proof).unwrap_err(), Reject::Malformed, "{proof}");
    }
    let callback = RawInbound::Callback { query: BTreeMap::new() };
    let push = RawInbound::Push { is_post: true, query: BTreeMap::new(), body: Bytes::new() };
    for raw in [callback, push] {
        assert_eq!(provider.parse(&host, raw).unwrap_err(), Reject::NotForUs);
    }
}

#[tokio::test]
async fn a_proof_becomes_an_identity_under_the_appid() {
    let identity = proven(&json!({}), SESSION).await;
    assert_eq!(
        (identity.namespace.as_str(), identity.subject.as_str()),
        ("wechat:wx0123456789abcdef", "oPerson")
    );
    assert_eq!((identity.aliases, identity.profile), (vec![], Profile::default()));
}

#[tokio::test]
async fn the_unionid_is_an_alias_when_an_account_is_named() {
    let account = json!({ "open_platform_account": "main" });
    let alias = Alias { namespace: "wechat-union:main".to_owned(), value: "oUnion".to_owned() };
    assert_eq!(proven(&account, SESSION).await.aliases, [alias]);
    assert_eq!(proven(&account, br#"{"openid":"oPerson"}"#).await.aliases, []);
}

#[tokio::test]
async fn another_base_has_people_of_its_own() {
    let base = json!({ "api_base": "http://127.0.0.1:8090", "open_platform_account": "main" });
    assert!(open(&json!({})).vendor_is_trusted() && !open(&base).vendor_is_trusted());
    let identity = proven(&base, SESSION).await;
    assert_eq!(identity.namespace, "wechat@127.0.0.1:8090:wx0123456789abcdef");
    assert_eq!(identity.aliases[0].namespace, "wechat-union@127.0.0.1:8090:main");
}

#[tokio::test]
async fn what_is_not_for_this_login_is_ignored() {
    let (host, provider, login) = (ScriptedHost::new([]), open(&json!({})), view());
    let other = companion(&Scene::generate(&SeededEntropy::new(9)));
    let callback = Inbound::Callback { state: STATE.parse().unwrap(), code: None };
    for inbound in [other, callback] {
        assert_eq!(provider.advance(&host, &login, &inbound).await.unwrap(), Advance::Ignore);
    }
    assert!(host.calls().is_empty());
}

#[tokio::test]
async fn a_bad_proof_is_told_as_such() {
    for (code, kind) in
        [(40029, Kind::ProofInvalid), (40163, Kind::ProofInvalid), (40226, Kind::PersonBlocked)]
    {
        let (host, login) = (ScriptedHost::new([errcode(code)]), view());
        let error = open(&json!({})).advance(&host, &login, &companion(&login.scene)).await.unwrap_err();
        assert_eq!((error.step, error.kind), (Step::ProveSubject, kind));
    }
}

async fn probed(more: &Value, depth: ProbeDepth, host: &ScriptedHost) -> Vec<(&'static str, bool, String)> {
    let report = open(more).probe(host, depth).await;
    host.calls();
    report.0.into_iter().map(|line| (line.check, line.ok, line.finding)).collect()
}

fn shape(lines: &[(&'static str, bool, String)]) -> Vec<(&'static str, bool)> {
    lines.iter().map(|(check, ok, _)| (*check, *ok)).collect()
}

#[tokio::test]
async fn an_offline_probe_calls_nobody_and_warns() {
    let host = ScriptedHost::new([]);
    let odd = json!({ "api_base": "http://127.0.0.1:8090", "env_version": "trial" });
    let lines = probed(&odd, ProbeDepth::Offline, &host).await;
    assert_eq!(shape(&lines), [("settings", true)]);
    assert!(lines[0].2.contains("trusted_vendor_bases") && lines[0].2.contains("env_version"));
}

#[tokio::test]
async fn a_probe_of_good_credentials_is_all_green() {
    let host = ScriptedHost::new([ok(TOKEN), ok(JPEG), errcode(40029)]);
    let lines = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    assert_eq!(
        shape(&lines),
        [("settings", true), ("app_token", true), ("code_picture", true), ("js_code", true)]
    );
}

#[tokio::test]
async fn a_probe_names_the_cure() {
    let host = ScriptedHost::new([errcode(40125), errcode(40125)]);
    let lines = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    assert_eq!(shape(&lines), [("settings", true), ("app_token", false), ("js_code", false)]);
    assert!(
        lines[1].2.contains("40125") && lines[1].2.contains("AppSecret") && lines[1].2.contains("652d44d0")
    );
    let host = ScriptedHost::new([ok(TOKEN), errcode(41030), ok(SESSION)]);
    let lines = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    assert_eq!(shape(&lines)[2..], [("code_picture", false), ("js_code", false)]);
    assert!(lines[2].2.contains("check_path") && lines[3].2.contains("api_base"));
}

#[tokio::test]
async fn a_probe_tells_silence_from_prohibition() {
    for (error, word) in [
        (CallError::Timeout, "in time"),
        (CallError::Forbidden, "egress_allow"),
        (CallError::TooLarge, "nonsense"),
    ] {
        let host = ScriptedHost::slow(4_000, [Err(error), Err(error)]);
        let lines = probed(&json!({}), ProbeDepth::Credentials, &host).await;
        assert!(lines[1].2.contains(word) && lines[2].2.contains(word), "{lines:?}");
    }
}
