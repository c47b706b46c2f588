//! What a page shows, where WeChat's own browser goes, and what comes back from there.

use super::*;
use crate::wechat::testing::{STATE, ScriptedHost, TOKEN, callback, errcode, ok, start, view};
use saoma_core::entropy::SeededEntropy;
use saoma_core::login::{Number, Scene};
use saoma_core::provider::{
    Advance, Alias, Assurance, Begin, Challenge, Errand, Inbound, Kind, Method, Profile, ProviderError,
    Reject, Step, VendorIdentity,
};

const CODE: &[u8] = br#"{"ticket":"gQ","expire_seconds":360,"url":"http:\/\/weixin.qq.com\/q\/02i_CE54"}"#;
const GRANT: &[u8] =
    br#"{"access_token":"at","expires_in":7200,"refresh_token":"rt","openid":"oPerson","scope":"snsapi_base"}"#;
const WECHAT: &str = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50";
const AUTHORIZE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Flogin.example%2Fcallback%2Fwx%3Fa%3D1%26b%3D%25E6%2589%25AB&response_type=code&scope=snsapi_base&state=0123456789abcdefghijABCDEFGHIJ01#wechat_redirect";

async fn begun(config: &Value, host: &ScriptedHost, agent: Option<&str>) -> Result<Begin, ProviderError> {
    try_open(config).unwrap().begin(host, &start(&view(), agent)).await
}

async fn came_back(more: &Value, host: &ScriptedHost) -> Result<Advance, ProviderError> {
    let provider = open(more);
    let inbound = provider.parse(host, callback(&[("state", STATE), ("code", "0a1b2c3d")])).unwrap();
    let advance = provider.advance(host, &view(), &inbound).await;
    host.calls();
    advance
}

async fn proven(more: &Value, host: &ScriptedHost) -> VendorIdentity {
    match came_back(more, host).await.unwrap() {
        Advance::Proven(identity) => identity,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_code_is_asked_for_as_documented() {
    let host = ScriptedHost::new([ok(TOKEN), ok(CODE)]);
    let begin = begun(&config(&json!({})), &host, Some("Firefox")).await.unwrap();
    assert_eq!(begin.challenge, Challenge::QrText { text: "http://weixin.qq.com/q/02i_CE54".to_owned() });
    assert_eq!((begin.ttl_seconds, begin.number, begin.assurance), (Some(360), None, None));
    assert_eq!(host.calls(), ["stable_token", "create"]);
    let sent = host.sent(1);
    assert_eq!((sent.method, sent.url.path()), (Method::Post, "/cgi-bin/qrcode/create"));
    assert_eq!((sent.query[0].0, sent.query[0].1.expose()), ("access_token", "7_token"));
    let body = json!({
        "expire_seconds": 360,
        "action_name": "QR_STR_SCENE",
        "action_info": { "scene": { "scene_str": view().scene.as_str() } },
    });
    assert_eq!(sent.json, Some(body));
}

#[tokio::test]
async fn wecoms_browser_is_shown_a_code() {
    let host = ScriptedHost::new([ok(TOKEN), ok(CODE)]);
    let agent = format!("{WECHAT} wxwork/4.1.22");
    assert!(begun(&config(&json!({})), &host, Some(&agent)).await.unwrap().challenge.is_code());
}

#[tokio::test]
async fn the_number_way_shows_a_number() {
    let host = ScriptedHost::new([ok(TOKEN), ok(CODE)]);
    let begin = begun(&sealed(&json!({ "confirm": "number" })), &host, None).await.unwrap();
    assert!(begin.number.is_some_and(|number| number.to_string().parse() == Ok::<Number, _>(number)));
}

#[tokio::test]
async fn a_stale_token_costs_one_refresh() {
    for code in [40001, 40014, 42001] {
        let host = ScriptedHost::new([ok(TOKEN), errcode(code), ok(TOKEN), ok(CODE)]);
        assert!(begun(&config(&json!({})), &host, None).await.is_ok());
        assert_eq!(host.calls(), ["stable_token", "create", "stable_token", "create"]);
        let host = ScriptedHost::new([ok(TOKEN), errcode(code), ok(TOKEN), errcode(code)]);
        let error = begun(&config(&json!({})), &host, None).await.unwrap_err();
        assert_eq!((error.step, error.kind), (Step::Begin, Kind::Unavailable));
        host.calls();
    }
}

#[tokio::test]
async fn a_vendor_that_gives_no_code_is_the_begins_failure() {
    for (answer, kind) in [
        (errcode(48001), Kind::Misconfigured),
        (errcode(45009), Kind::Quota { retry_after: 60 }),
        (ok(b"{}"), Kind::Unavailable),
        (ok(br#"{"url":"javascript:alert(1)"}"#), Kind::Unavailable),
        (ok(br#"{"url":"http://a b"}"#), Kind::Unavailable),
        (ok(format!(r#"{{"url":"http://{}"}}"#, "a".repeat(600)).as_bytes()), Kind::Unavailable),
    ] {
        let host = ScriptedHost::new([ok(TOKEN), answer]);
        let error = begun(&config(&json!({})), &host, None).await.unwrap_err();
        assert_eq!((error.step, error.kind), (Step::Begin, kind));
    }
}

#[tokio::test]
async fn wechats_own_browser_goes_to_its_page_in_the_prescribed_order() {
    let host = ScriptedHost::new([]);
    let begin = begun(&sealed(&json!({ "confirm": "scan" })), &host, Some(WECHAT)).await.unwrap();
    assert_eq!(begin.challenge, Challenge::Redirect { url: AUTHORIZE.to_owned() });
    assert_eq!((begin.assurance, begin.number), (Some(Assurance::Confirmed), None));
    let named =
        config(&json!({ "oauth_scope": "snsapi_userinfo", "open_base": "http://127.0.0.1:8090/open/" }));
    let Challenge::Redirect { url } = begun(&named, &host, Some(WECHAT)).await.unwrap().challenge else {
        panic!()
    };
    assert!(url.starts_with("http://127.0.0.1:8090/open/connect/oauth2/authorize?appid="), "{url}");
    assert!(url.contains("&scope=snsapi_userinfo&state="));
}

#[test]
fn the_confirm_page_proves_silently_whatever_is_asked_elsewhere() {
    let errand = Errand {
        back: "https://login.example/callback/wx?a=1&b=扫".parse().unwrap(),
        state: STATE.parse().unwrap(),
    };
    let provider = open(&json!({ "oauth_scope": "snsapi_userinfo" }));
    assert_eq!(provider.prove(&view(), &errand).unwrap().as_str(), AUTHORIZE);
}

#[test]
fn callbacks_of_another_shape_are_malformed() {
    let (provider, host) = (open(&json!({})), ScriptedHost::new([]));
    for bad in [
        &[][..],
        &[("code", "0a1b2c3d")],
        &[("state", ""), ("code", "0a1b2c3d")],
        &[("state", "short"), ("code", "0a1b2c3d")],
        &[("state", STATE), ("code", "0a1b2c3d&secret=x")],
        &[("state", STATE), ("code", "x")],
    ] {
        assert_eq!(provider.parse(&host, callback(bad)).unwrap_err(), Reject::Malformed, "{bad:?}");
    }
    let companion =
        RawInbound::Companion { scene: Scene::generate(&SeededEntropy::new(1)), proof: Secret::new("x") };
    assert_eq!(provider.parse(&host, companion).unwrap_err(), Reject::NotForUs);
}

#[tokio::test]
async fn without_a_code_the_person_has_refused() {
    let (provider, host) = (open(&json!({})), ScriptedHost::new([]));
    for pairs in [&[("state", STATE)][..], &[("state", STATE), ("code", "")]] {
        let inbound = provider.parse(&host, callback(pairs)).unwrap();
        assert!(matches!(&inbound, Inbound::Callback { code: None, .. }));
        assert_eq!(provider.advance(&host, &view(), &inbound).await.unwrap(), Advance::Denied);
    }
}

#[tokio::test]
async fn a_code_proves_and_does_not_confirm() {
    let host = ScriptedHost::new([ok(GRANT)]);
    let identity = proven(&json!({}), &host).await;
    assert_eq!(
        (identity.namespace.as_str(), identity.subject.as_str()),
        ("wechat:wx0123456789abcdef", "oPerson")
    );
    assert_eq!((identity.aliases, identity.profile), (vec![], Profile::default()));
    let sent = host.sent(0);
    let query: Vec<_> = sent.query.iter().map(|(name, value)| (*name, value.expose())).collect();
    assert_eq!(sent.url.as_str(), "https://api.weixin.qq.com/sns/oauth2/access_token");
    let wanted =
        [("appid", APPID), ("secret", SECRET), ("code", "0a1b2c3d"), ("grant_type", "authorization_code")];
    assert_eq!(query, wanted);
}

#[tokio::test]
async fn name_and_picture_are_read_where_they_were_asked_for_and_granted() {
    let named = json!({ "oauth_scope": "snsapi_userinfo" });
    // With a silent grant, as the confirm page gets, nobody is asked for a name.
    assert_eq!(proven(&named, &ScriptedHost::new([ok(GRANT)])).await.profile, Profile::default());
    let grant = String::from_utf8_lossy(GRANT).replace("snsapi_base", "snsapi_base,snsapi_userinfo,");
    let person = br#"{"openid":"oPerson","nickname":"\u5f20\u4e09","headimgurl":"http:\/\/thirdwx.qlogo.cn\/a\/132","unionid":"oU"}"#;
    let host = ScriptedHost::new([ok(grant.as_bytes()), ok(person)]);
    let both = json!({ "oauth_scope": "snsapi_userinfo", "open_platform_account": "main" });
    let identity = proven(&both, &host).await;
    assert_eq!(identity.profile.name.as_deref(), Some("张三"));
    assert_eq!(identity.profile.picture.as_deref(), Some("https://thirdwx.qlogo.cn/a/132"));
    assert_eq!(
        identity.aliases,
        [Alias { namespace: "wechat-union:main".to_owned(), value: "oU".to_owned() }]
    );
    let sent = host.sent(1);
    let query: Vec<_> = sent.query.iter().map(|(name, value)| (*name, value.expose())).collect();
    assert_eq!(
        (sent.url.path(), query),
        ("/sns/userinfo", vec![("access_token", "at"), ("openid", "oPerson"), ("lang", "zh_CN")])
    );
}

#[tokio::test]
async fn a_preview_shows_nobody() {
    for flag in ["1", "\"1\""] {
        let grant = String::from_utf8_lossy(GRANT).replace('}', &format!(",\"is_snapshotuser\":{flag}}}"));
        let error = came_back(&json!({}), &ScriptedHost::new([ok(grant.as_bytes())])).await.unwrap_err();
        assert_eq!((error.step, error.kind), (Step::ProveSubject, Kind::PersonUnreal));
    }
    let real = String::from_utf8_lossy(GRANT).replace('}', ",\"is_snapshotuser\":0}");
    assert!(came_back(&json!({}), &ScriptedHost::new([ok(real.as_bytes())])).await.is_ok());
}
