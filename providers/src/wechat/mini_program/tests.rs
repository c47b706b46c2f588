//! The kind as the engine sees it: settings, code, proof, probe.

use super::*;
use crate::config;
use crate::wechat::testing::{
    APPID, JPEG, QUOTA, SECRET, STATE, ScriptedHost, TOKEN, errcode, ok, order, shape, start, view,
};
use bytes::Bytes;
use saoma_core::Timestamp;
use saoma_core::entropy::SeededEntropy;
use saoma_core::login::Scene;
use saoma_core::provider::{
    Alias, CallError, Fact, FactName, Kind, ProbeDepth, Step, VendorIdentity, VendorResponse,
};
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
        "appid": "WX0123456789ABCDEF", "secret": "short", "page": "/pages/x", "env_version": "beta", "phone_link": "yes",
        "check_path": "no", "open_platform_account": "", "api_base": 5, "extra": 1,
    });
    let pointers = ["/api_base", "/appid", "/check_path", "/env_version", "/extra", "/open_platform_account"];
    assert_eq!(refused(&bad), [&pointers[..], &["/page", "/phone_link", "/secret"]].concat());
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
    assert_eq!(
        (begin.challenge, begin.private, begin.ttl_seconds),
        (Challenge::QrImage { open_url: None }, None, None)
    );
    let image = provider.render(&host, &login).await.unwrap();
    assert_eq!((image.media_type, &*image.bytes), ("image/jpeg", JPEG));
    assert_eq!(host.calls(), ["stable_token", "getwxacodeunlimit"]);
    let body = host.sent(1).json.unwrap();
    assert_eq!(body["scene"], login.scene.as_str());
    assert_eq!((&body["page"], &body["check_path"]), (&json!("pages/login/index"), &json!(true)));
    assert_eq!(body["env_version"], "release");
}

const PHONE: &str = "Mozilla/5.0 (iPhone) Version/17.5 Mobile/15E148 Safari/604.1";

#[tokio::test]
async fn a_phones_own_browser_gets_a_link_to_the_same_scene() {
    for (setting, call, answer, link) in [
        (
            "scheme",
            "generatescheme",
            r#"{"errcode":0,"openlink":"weixin://dl/business/?t=T"}"#,
            "weixin://dl/business/?t=T",
        ),
        (
            "url_link",
            "generate_urllink",
            r#"{"errcode":0,"url_link":"https://wxaurl.cn/T"}"#,
            "https://wxaurl.cn/T",
        ),
    ] {
        let host = ScriptedHost::new([ok(TOKEN), ok(JPEG), ok(answer.as_bytes())]);
        let (provider, login) = (open(&json!({ "phone_link": setting, "env_version": "trial" })), view());
        let begin = provider.begin(&host, &start(&login, Some(PHONE))).await.unwrap();
        assert_eq!(begin.challenge, Challenge::QrImage { open_url: Some(link.to_owned()) });
        assert!(begin.failure.is_none());
        assert_eq!(host.calls(), ["stable_token", "getwxacodeunlimit", call]);
        let body = host.sent(2).json.unwrap();
        let place = body.get("jump_wxa").unwrap_or(&body);
        assert_eq!(place["query"], format!("scene={}", login.scene.as_str()));
        assert_eq!((&place["path"], &place["env_version"]), (&json!("/pages/login/index"), &json!("trial")));
        assert_eq!(body["expire_time"], json!(host.now().0 / 1000 + 600));
    }
}

#[tokio::test]
async fn links_are_spared_where_nobody_has_a_use_for_them_and_spoil_nothing_where_they_fail() {
    for (setting, agent) in [("none", Some(PHONE)), ("scheme", None), ("scheme", Some("Firefox, Windows"))] {
        let host = ScriptedHost::new([ok(TOKEN), ok(JPEG)]);
        let begin =
            open(&json!({ "phone_link": setting })).begin(&host, &start(&view(), agent)).await.unwrap();
        assert_eq!(begin.challenge, Challenge::QrImage { open_url: None });
        assert_eq!(host.calls().len(), 2);
    }
    for answer in [errcode(40002), ok(b"{\"errcode\":0}"), ok(br#"{"errcode":0,"openlink":"javascript:1"}"#)]
    {
        let host = ScriptedHost::new([ok(TOKEN), ok(JPEG), answer]);
        let provider = open(&json!({ "phone_link": "scheme" }));
        let begin = provider.begin(&host, &start(&view(), Some(PHONE))).await.unwrap();
        assert_eq!(begin.challenge, Challenge::QrImage { open_url: None });
        assert_eq!(begin.failure.unwrap().step, Step::Begin);
    }
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

async fn probed(more: &Value, depth: ProbeDepth, host: &ScriptedHost) -> ProbeReport {
    let report = open(more).probe(host, &order(depth)).await;
    host.calls();
    report
}

#[tokio::test]
async fn an_offline_probe_calls_nobody_and_warns() {
    let host = ScriptedHost::new([]);
    let odd = json!({ "api_base": "http://127.0.0.1:8090", "env_version": "trial", "check_path": false });
    let report = probed(&odd, ProbeDepth::Offline, &host).await;
    let wanted = "ok settings_ok, warning vendor_untrusted, warning members_only, warning page_unchecked, \
        not_looked_at request_domain, not_looked_at unionid_unused";
    assert_eq!(shape(&report), wanted);
    let domain = &report.0[4];
    assert_eq!(domain.facts, [Fact::new(FactName::RequestDomain, "https://login.example")]);
    assert!(domain.cure.as_ref().unwrap().zh.contains("request 合法域名"), "{domain:?}");
}

#[tokio::test]
async fn the_network_depth_asks_once_without_any_credentials() {
    let host = ScriptedHost::new([errcode(41002)]);
    let report = probed(&json!({}), ProbeDepth::Network, &host).await;
    assert!(shape(&report).ends_with("ok api_reachable, not_looked_at clock_unseen"), "{report:?}");
    let sent = host.sent(0);
    assert!(sent.json.is_none() && sent.query.iter().all(|(name, _)| *name == "grant_type"));
}

#[tokio::test]
async fn a_probe_of_good_credentials_is_all_green() {
    let host = ScriptedHost::new([errcode(41002), ok(TOKEN), ok(JPEG), ok(QUOTA), errcode(40029)]);
    let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    let wanted = "ok credentials_ok, ok page_published, ok quota_left, ok session_call_ok";
    assert!(shape(&report).ends_with(wanted), "{report:?}");
    assert_eq!(host.sent(3).json.unwrap()["cgi_path"], "/wxa/getwxacodeunlimit");
}

#[tokio::test]
async fn a_probe_makes_a_link_where_links_are_wanted() {
    let made = ok(br#"{"errcode":0,"openlink":"weixin://dl/business/?t=T"}"#);
    for (answer, wanted) in [(made, "ok phone_link_ok"), (errcode(40002), "failed ")] {
        let host =
            ScriptedHost::new([errcode(41002), ok(TOKEN), ok(JPEG), answer, ok(QUOTA), errcode(40029)]);
        let report = probed(&json!({ "phone_link": "scheme" }), ProbeDepth::Credentials, &host).await;
        assert!(shape(&report).contains(wanted), "{report:?}");
    }
}

#[tokio::test]
async fn a_probe_names_the_cure_once_in_both_languages() {
    let host = ScriptedHost::new([errcode(41002), errcode(40125), errcode(40125)]);
    let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    assert_eq!(report.failed_codes(), ["wrong_secret"]);
    let wrong = report.0.last().unwrap();
    assert_eq!(wrong.seen.en, "WeChat says 40125: the AppSecret is wrong.");
    assert_eq!(wrong.seen.zh, "微信返回 40125：AppSecret 错误。");
    assert!(wrong.cure.as_ref().unwrap().zh.contains("重置 AppSecret"));
    assert!(wrong.facts.iter().any(|fact| fact.value.contains("652d44d0")), "{wrong:?}");
    let host = ScriptedHost::new([errcode(41002), ok(TOKEN), errcode(41030), ok(QUOTA), ok(SESSION)]);
    let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    assert_eq!(report.failed_codes(), ["page_not_published", "api_not_wechat"]);
}

#[tokio::test]
async fn our_outgoing_address_is_there_to_be_pasted() {
    let refused =
        br#"{"errcode":40164,"errmsg":"invalid ip 9.8.7.6 ipv6 ::ffff:9.8.7.6, not in whitelist rid: 1-2"}"#;
    let host = ScriptedHost::new([errcode(41002), ok(refused), errcode(40029)]);
    let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    let finding = report.0.iter().find(|finding| finding.code == "ip_not_allowed").unwrap();
    assert_eq!(finding.facts[0], Fact::new(FactName::OutgoingAddress, "9.8.7.6"));
    assert!(finding.seen.en.ends_with("sees this server as 9.8.7.6."), "{}", finding.seen.en);
    assert!(finding.seen.zh.contains("9.8.7.6") && finding.cure.as_ref().unwrap().en.contains("IP白名单"));
}

#[tokio::test]
async fn a_probe_tells_silence_from_prohibition_and_goes_no_further() {
    for (error, code) in [
        (CallError::Timeout, "api_unreachable"),
        (CallError::Forbidden, "api_forbidden"),
        (CallError::TooLarge, "api_unreachable"),
    ] {
        let host = ScriptedHost::new([Err(error)]);
        let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
        assert_eq!(report.failed_codes(), [code]);
    }
    for body in [&b"<html>"[..], b"{}", JPEG] {
        let host = ScriptedHost::new([ok(body)]);
        let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
        assert_eq!(report.failed_codes(), ["api_not_wechat"]);
    }
}

#[tokio::test]
async fn clocks_that_disagree_are_told_with_their_difference() {
    for (seconds, wanted) in [
        (0, "ok clock_ok"),
        (-30, "ok clock_ok"),
        (31, "warning clock_skew"),
        (-239, "warning clock_skew"),
        (240, "failed clock_skew"),
        (-4000, "failed clock_skew"),
    ] {
        let answer =
            VendorResponse { date: Some(Timestamp(1_000 + seconds * 1000)), ..errcode(41002).unwrap() };
        let host = ScriptedHost::new([Ok(answer)]);
        let report = probed(&json!({}), ProbeDepth::Network, &host).await;
        assert!(shape(&report).ends_with(wanted), "{seconds}: {report:?}");
    }
}

#[tokio::test]
async fn what_is_left_of_a_day_is_told() {
    for (limit, remain, wanted) in [
        (100, 50, "ok quota_left"),
        (100, 9, "warning quota_low"),
        (100, 0, "failed quota_used_up"),
        (0, 0, "ok quota_left"),
    ] {
        let quota =
            format!(r#"{{"errcode":0,"quota":{{"daily_limit":{limit},"used":1,"remain":{remain}}}}}"#);
        let answers = [errcode(41002), ok(TOKEN), ok(JPEG), ok(quota.as_bytes()), errcode(40029)];
        let report = probed(&json!({}), ProbeDepth::Credentials, &ScriptedHost::new(answers)).await;
        assert!(shape(&report).contains(wanted), "{wanted}: {report:?}");
    }
    let host = ScriptedHost::new([errcode(41002), ok(TOKEN), ok(JPEG), errcode(76022), errcode(40029)]);
    let report = probed(&json!({}), ProbeDepth::Credentials, &host).await;
    assert!(shape(&report).contains("not_looked_at quota_left") && report.ok(), "{report:?}");
}

#[test]
fn a_rehearsal_shows_whether_a_unionid_comes_and_never_whose() {
    let judged = |config: &Value, unionid: Option<&str>| {
        let alias = |value: &str| Alias { namespace: "x".to_owned(), value: value.to_owned() };
        let who = VendorIdentity {
            namespace: "wechat:wx1".to_owned(),
            subject: "oSUBJECT".to_owned(),
            aliases: unionid.map(alias).into_iter().collect(),
            profile: Profile::default(),
        };
        let found = open(config).judge(&who);
        assert!(!format!("{found:?}").contains("oSUBJECT") && !format!("{found:?}").contains("oUNION"));
        found[0].code
    };
    let main = json!({ "open_platform_account": "main" });
    assert_eq!(judged(&main, Some("oUNION")), "unionid_available");
    assert_eq!(judged(&main, None), "unionid_missing");
    assert_eq!(judged(&json!({}), None), "unionid_unused");
}
