//! The kind as the engine sees it: settings, redirect, callback, people, duties, probe.

use super::*;
use crate::wechat::testing::{
    APPID, SECRET, STATE, ScriptedHost, callback, errcode, ok, order, query, shape, start, status, view,
};
use bytes::Bytes;
use saoma_core::login::VendorState;
use saoma_core::provider::{
    Advance, Alias, Assurance, CallError, Challenge, Correlation, Happened, Inbound, Kind, PersonChange,
    ProbeDepth, ProbeReport, ProviderError, RawInbound, Reject, Step, VendorIdentity, VendorResponse,
};
use saoma_core::user::clean_name;
use serde_json::{Value, json};

const GRANT: &[u8] = br#"{"access_token":"at","expires_in":7200,"refresh_token":"rt","openid":"oPerson","scope":"snsapi_login","unionid":"oUnion"}"#;
const PERSON: &[u8] =
    br#"{"openid":"oPerson","nickname":"Zoe","headimgurl":"https:\/\/thirdwx.qlogo.cn\/mmopen\/a\/132","privilege":[]}"#;

fn try_open(more: &Value) -> Result<Arc<dyn Provider>, ConfigErrors> {
    let mut config = json!({ "appid": APPID, "secret": SECRET });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let instance = Instance { slug: "website".parse().unwrap(), trusted_bases: Vec::new() };
    kind().open(&instance, &config)
}

fn open(more: &Value) -> Arc<dyn Provider> {
    try_open(more).unwrap()
}

async fn redirect(more: &Value, locale: Option<&str>) -> String {
    let mut login = start(&view(), Some("MicroMessenger"));
    login.locale = locale.map(str::to_owned);
    let begin = open(more).begin(&ScriptedHost::new([]), &login).await.unwrap();
    assert_eq!((begin.assurance, begin.number, begin.private), (None, None, None));
    let Challenge::Redirect { url } = begin.challenge else { panic!("not a redirect") };
    url
}

async fn came_back(more: &Value, host: &ScriptedHost) -> Result<Advance, ProviderError> {
    let provider = open(more);
    let inbound = provider.parse(host, callback(&[("code", "0a1b2c3d"), ("state", STATE)])).unwrap();
    let state: VendorState = STATE.parse().unwrap();
    assert_eq!(provider.correlate(&inbound), Correlation::State(state));
    let advance = provider.advance(host, &view(), &inbound).await;
    host.calls();
    advance
}

async fn confirmed(more: &Value, host: &ScriptedHost) -> VendorIdentity {
    match came_back(more, host).await.unwrap() {
        Advance::Confirmed(identity) => identity,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_redirect_has_the_prescribed_order() {
    let wanted = "https://open.weixin.qq.com/connect/qrconnect?appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Flogin.example%2Fcallback%2Fwx%3Fa%3D1%26b%3D%25E6%2589%25AB&response_type=code&scope=snsapi_login&state=0123456789abcdefghijABCDEFGHIJ01&lang=cn#wechat_redirect";
    assert_eq!(redirect(&json!({}), None).await, wanted);
    let english = wanted.replace("lang=cn", "lang=en");
    assert_eq!(redirect(&json!({}), Some("en-GB")).await, english);
    assert_eq!(redirect(&json!({}), Some("zh-TW")).await, wanted);
    assert_eq!(redirect(&json!({ "lang": "cn" }), Some("en")).await, wanted);
    assert_eq!(redirect(&json!({ "lang": "en" }), None).await, english);
}

#[tokio::test]
async fn a_callback_with_a_code_confirms_with_name_and_picture() {
    let host = ScriptedHost::new([ok(GRANT), ok(PERSON)]);
    let identity = confirmed(&json!({ "open_platform_account": "main" }), &host).await;
    assert_eq!(
        (identity.namespace.as_str(), identity.subject.as_str()),
        ("wechat:wx0123456789abcdef", "oPerson")
    );
    assert_eq!(
        identity.aliases,
        [Alias { namespace: "wechat-union:main".to_owned(), value: "oUnion".to_owned() }]
    );
    assert_eq!(identity.profile.name.as_deref(), Some("Zoe"));
    assert_eq!(identity.profile.picture.as_deref(), Some("https://thirdwx.qlogo.cn/mmopen/a/132"));
    let paths = [host.sent(0), host.sent(1)].map(|sent| sent.url.path().to_owned());
    assert_eq!(paths, ["/sns/oauth2/access_token", "/sns/userinfo"]);
}

#[tokio::test]
async fn a_callback_without_a_code_is_a_refusal() {
    let (provider, host) = (open(&json!({})), ScriptedHost::new([]));
    let inbound = provider.parse(&host, callback(&[("state", STATE)])).unwrap();
    assert_eq!(provider.advance(&host, &view(), &inbound).await.unwrap(), Advance::Denied);
}

#[tokio::test]
async fn a_spent_code_is_told_as_such_and_tried_once_more_at_most() {
    for (answers, kind) in [
        (vec![errcode(40029)], Kind::ProofInvalid),
        (vec![errcode(42003)], Kind::ProofInvalid),
        (vec![errcode(40163)], Kind::ProofInvalid),
        // The first try may have spent the code.
        (vec![errcode(-1), errcode(40163)], Kind::ProofInvalid),
        (vec![Err(CallError::Unreachable), errcode(40163)], Kind::ProofInvalid),
        (vec![status(502, b""), errcode(40163)], Kind::ProofInvalid),
        (vec![errcode(-1), errcode(-1)], Kind::Unavailable),
        (vec![Err(CallError::Unreachable), Err(CallError::Unreachable)], Kind::Unavailable),
        (vec![Err(CallError::Timeout)], Kind::Timeout),
        (vec![errcode(40125)], Kind::Misconfigured),
        (vec![errcode(45011)], Kind::Quota { retry_after: 60 }),
        (vec![ok(b"{}")], Kind::Unavailable),
        (vec![ok(br#"{"access_token":"at","openid":"a b"}"#)], Kind::Unavailable),
        (vec![ok(br#"{"openid":"oPerson"}"#)], Kind::Unavailable),
    ] {
        let error = came_back(&json!({}), &ScriptedHost::new(answers)).await.unwrap_err();
        assert_eq!((error.step, error.kind), (Step::ProveSubject, kind));
    }
    let host = ScriptedHost::new([errcode(-1), ok(GRANT), ok(PERSON)]);
    assert!(came_back(&json!({}), &host).await.is_ok());
}

#[tokio::test]
async fn a_name_that_cannot_be_had_turns_nobody_away() {
    for answers in [vec![errcode(48001)], vec![Err(CallError::Timeout)], vec![ok(b"{\"openid\":\"oElse\"}")]]
    {
        let host = ScriptedHost::new([ok(GRANT)].into_iter().chain(answers.clone()));
        let identity = confirmed(&json!({ "open_platform_account": "main" }), &host).await;
        assert_eq!((identity.profile.name, identity.aliases.len()), (None, 1));
        // Whose account it is must not depend on luck.
        let bare = String::from_utf8_lossy(GRANT).replace(",\"unionid\":\"oUnion\"", "");
        let host = ScriptedHost::new([ok(bare.as_bytes())].into_iter().chain(answers));
        let error = came_back(&json!({ "open_platform_account": "main" }), &host).await.unwrap_err();
        assert_eq!(error.step, Step::LearnPerson);
    }
}

#[tokio::test]
async fn odd_names_are_survived_and_odd_pictures_are_none() {
    let person = b"{\"openid\":\"oPerson\",\"nickname\":\"\x14a\x07\xee\x84\xbc\xff<b>\",\"headimgurl\":\"https://127.0.0.1/x\"}";
    let identity = confirmed(&json!({}), &ScriptedHost::new([ok(GRANT), ok(person)])).await;
    assert_eq!(identity.profile.picture, None);
    assert_eq!(identity.profile.name.as_deref().and_then(clean_name).as_deref(), Some("a \u{fffd}<b>"));
    let own = r#"{"openid":"oPerson","nickname":"","headimgurl":"http://127.0.0.1:8090/avatar/1"}"#;
    let base = json!({ "api_base": "http://127.0.0.1:8090" });
    let identity = confirmed(&base, &ScriptedHost::new([ok(GRANT), ok(own.as_bytes())])).await;
    assert_eq!(identity.profile.picture.as_deref(), Some("http://127.0.0.1:8090/avatar/1"));
    assert_eq!(
        (identity.profile.name, identity.namespace.as_str()),
        (None, "wechat@127.0.0.1:8090:wx0123456789abcdef")
    );
}

#[test]
fn settings_have_defaults_and_bad_ones_are_all_told() {
    let provider = open(&json!({}));
    assert_eq!((provider.assurance(), provider.vendor_is_trusted()), (Assurance::Confirmed, true));
    assert_eq!(provider.egress().len(), 4);
    assert!(provider.push_secret().is_none());
    let pointers = |more| -> Vec<_> {
        try_open(&more).err().unwrap().0.into_iter().map(|error| error.pointer).collect()
    };
    assert_eq!(pointers(json!({ "lang": "de", "confirm": "page" })), ["/confirm", "/lang"]);
    assert_eq!(
        pointers(json!({ "open_base": "http://x", "api_base": "http://y" })),
        ["/api_base", "/open_base"]
    );
    assert_eq!(pointers(json!({ "push_token": "AAAAA" })), ["/push_aes_key"]);
    assert_eq!(open(&json!({ "push_token": "AAAAA", "push_mode": "plain" })).warnings().len(), 1);
    assert!(open(&json!({})).warnings().is_empty());
    assert_eq!(pointers(json!({ "push_aes_key": "A".repeat(43) })), ["/push_token"]);
}

fn duty(format: &str, event: &str, appid: &str) -> RawInbound {
    let fields = [
        ("ToUserName", "gh_870882ca4b1"),
        ("FromUserName", "oApp"),
        ("CreateTime", "1714036503"),
        ("MsgType", "event"),
        ("Event", event),
        ("OpenID", "oPerson"),
        ("AppID", appid),
        ("RevokeInfo", "301"),
    ];
    let message = if format == "json" {
        Value::from_iter(fields).to_string()
    } else {
        let fields: String = fields.map(|(name, value)| format!("<{name}>{value}</{name}>")).concat();
        format!("<xml>{fields}</xml>")
    };
    let (encrypt, signature) = crate::wechat::push::tests::sealed_at_sample_time(&message, APPID);
    let body = if format == "json" {
        json!({ "ToUserName": "gh_870882ca4b1", "Encrypt": encrypt }).to_string()
    } else {
        format!("<xml><ToUserName>gh_870882ca4b1</ToUserName><Encrypt>{encrypt}</Encrypt></xml>")
    };
    let query = query(&[
        ("timestamp", "1714036504"),
        ("nonce", "1514711492"),
        ("encrypt_type", "aes"),
        ("msg_signature", &signature),
    ]);
    RawInbound::Push { is_post: true, query, body: Bytes::from(body) }
}

#[tokio::test]
async fn duties_arrive_in_both_formats_for_our_app_only() {
    let pushes = json!({ "push_token": "AAAAA", "push_aes_key": "A".repeat(43), "push_path_secret": "0123456789abcdef" });
    let (provider, host) = (open(&pushes), ScriptedHost::at(1_714_036_504));
    assert_eq!(provider.push_secret().unwrap().expose(), "0123456789abcdef");
    for format in ["xml", "json"] {
        for (event, change) in [
            ("user_info_modified", PersonChange::Profile),
            ("user_authorization_revoke", PersonChange::Revoked),
            ("user_authorization_cancellation", PersonChange::Closed),
        ] {
            let inbound = provider.parse(&host, duty(format, event, APPID)).unwrap();
            let Inbound::Push(push) = &inbound else { panic!("{event}") };
            assert_eq!(
                (&push.happened, push.subject.subject.as_str()),
                (&Happened::Changed(change), "oPerson")
            );
            assert_eq!(push.subject.namespace, "wechat:wx0123456789abcdef");
            assert_eq!(provider.correlate(&inbound), Correlation::None);
            assert_eq!(provider.advance(&host, &view(), &inbound).await.unwrap(), Advance::Ignore);
            let reply = provider.reply(&host, None, &inbound, &saoma_core::provider::Outcome::NotOurs);
            assert_eq!(&*reply.unwrap().body, b"success");
        }
        let elsewhere = duty(format, "user_info_modified", "wxb11529c136998cb6");
        assert_eq!(provider.parse(&host, elsewhere).unwrap_err(), Reject::NotAuthentic);
        assert!(matches!(provider.parse(&host, duty(format, "SCAN", APPID)), Ok(Inbound::Direct(_))));
    }
    let push = duty("xml", "user_info_modified", APPID);
    assert_eq!(open(&json!({})).parse(&host, push).unwrap_err(), Reject::NotForUs);
}

const LOGIN_PAGE: &[u8] = b"<img class=\"qrcode\" src=\"/connect/qrcode/0123456789abcdef\">";

async fn probed(
    answers: Vec<Result<VendorResponse, CallError>>,
    depth: ProbeDepth,
) -> (ProbeReport, ScriptedHost) {
    let host = ScriptedHost::new(answers);
    let pushes =
        json!({ "push_token": "AAAAA", "push_mode": "plain", "push_path_secret": "0123456789abcdef" });
    let report = open(&pushes).probe(&host, &order(depth)).await;
    host.calls();
    (report, host)
}

#[tokio::test]
async fn the_probe_asks_with_a_made_up_code_and_opens_the_login_page() {
    let (report, host) =
        probed(vec![errcode(41002), errcode(40029), ok(LOGIN_PAGE)], ProbeDepth::Credentials).await;
    let wanted = "ok settings_ok, warning push_plain, ok push_settings, not_looked_at unionid_unused, \
        ok api_reachable, not_looked_at clock_unseen, ok credentials_ok, ok callback_domain_ok";
    assert_eq!(shape(&report), wanted);
    assert_eq!(host.calls(), ["token", "access_token", "qrconnect"]);
    let opened = host.sent(2).url;
    assert!(opened.fragment().is_none() && opened.query().unwrap().contains("login.example"), "{opened}");
    let (offline, _) = probed(Vec::new(), ProbeDepth::Offline).await;
    assert!(shape(&offline).ends_with("not_looked_at callback_domain"), "{offline:?}");
}

#[tokio::test]
async fn what_the_login_page_refuses_is_told() {
    for (page, codes) in [
        ("<h1>redirect_uri 参数错误</h1>", &["callback_domain"][..]),
        ("<main data-errcode=\"10003\">", &["callback_domain"]),
        ("<h1>Scope 参数错误或没有 Scope 权限</h1>", &["scope_not_granted"]),
        ("<h1>AppID 参数错误</h1>", &["wrong_appid"]),
        ("<h1>升级维护</h1>", &[]),
    ] {
        let answers = vec![errcode(41002), errcode(40029), ok(page.as_bytes())];
        let (report, _) = probed(answers, ProbeDepth::Credentials).await;
        assert_eq!(report.failed_codes(), codes, "{page}");
    }
    let (report, _) =
        probed(vec![errcode(41002), errcode(40013), ok(LOGIN_PAGE)], ProbeDepth::Credentials).await;
    assert_eq!(report.failed_codes(), ["wrong_appid"]);
    let (report, _) = probed(vec![errcode(41002), ok(GRANT), ok(LOGIN_PAGE)], ProbeDepth::Credentials).await;
    assert_eq!(report.failed_codes(), ["api_not_wechat"]);
}
