//! What a scan, a chat message or a duty means, by each `confirm`; and who is told to be whom later.

use super::*;
use crate::wechat::testing::{ScriptedHost, TOKEN, errcode, ok, view};
use saoma_core::login::Scene;
use saoma_core::provider::{
    Advance, Alias, Challenge, Correlation, Happened, Inbound, Kind, LoginView, PersonChange, Profile, Push,
    Reject, Step, VendorIdentity,
};

const MODES: [&str; 3] = ["page", "number", "scan"];

fn who(subject: &str) -> VendorIdentity {
    VendorIdentity {
        namespace: format!("wechat:{APPID}"),
        subject: subject.to_owned(),
        aliases: Vec::new(),
        profile: Profile::default(),
    }
}

fn push(happened: Happened) -> Inbound {
    Inbound::Push(Push {
        key: "k".to_owned(),
        once: None,
        subject: who("oPerson"),
        happened,
        envelope: Bytes::new(),
    })
}

fn by(confirm: &str) -> Arc<dyn Provider> {
    try_open(&sealed(&json!({ "confirm": confirm }))).unwrap()
}

async fn advance(confirm: &str, login: &LoginView, happened: Happened) -> Advance {
    by(confirm).advance(&ScriptedHost::new([]), login, &push(happened)).await.unwrap()
}

fn numbered(number: &str, subject: Option<&str>) -> LoginView {
    LoginView { number: Some(number.parse().unwrap()), subject: subject.map(str::to_owned), ..view() }
}

#[tokio::test]
async fn a_push_finds_its_way_from_the_wire_to_its_login() {
    let (provider, host, login) = (open(&json!({})), ScriptedHost::at(1_714_036_504), view());
    for (name, key) in [
        ("SCAN", login.scene.as_str().to_owned()),
        ("subscribe", format!("qrscene_{}", login.scene.as_str())),
    ] {
        let inbound = provider.parse(&host, plain_event("oPerson", name, &key)).unwrap();
        assert_eq!(provider.correlate(&inbound), Correlation::Scene(login.scene.clone()));
        let advance = provider.advance(&host, &login, &inbound).await.unwrap();
        assert_eq!(advance, Advance::Scanned(who("oPerson")));
    }
    let late = ScriptedHost::at(1_714_036_504 + 301);
    let push = plain_event("oPerson", "SCAN", login.scene.as_str());
    assert_eq!(provider.parse(&late, push).unwrap_err(), Reject::NotAuthentic);
    assert!(matches!(provider.parse(&host, plain_event("no person", "SCAN", "x")), Ok(Inbound::Direct(_))));
}

#[tokio::test]
async fn t15_what_a_scan_is_worth_is_a_setting() {
    let login = view();
    let scan = || Happened::Scanned(login.scene.clone());
    assert_eq!(advance("page", &login, scan()).await, Advance::Scanned(who("oPerson")));
    assert_eq!(advance("number", &login, scan()).await, Advance::Proven(who("oPerson")));
    assert_eq!(advance("scan", &login, scan()).await, Advance::Confirmed(who("oPerson")));
    let elsewhere = LoginView { challenge: Challenge::Redirect { url: "https://x".to_owned() }, ..view() };
    let other: Scene = "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
    for confirm in MODES {
        assert_eq!(advance(confirm, &login, Happened::Scanned(other.clone())).await, Advance::Ignore);
        assert_eq!(advance(confirm, &elsewhere, scan()).await, Advance::Ignore);
    }
}

#[tokio::test]
async fn t04_the_right_number_confirms_and_any_other_is_wrong() {
    let login = numbered("42", Some("oPerson"));
    let said = |text: &str| Happened::Said(text.to_owned());
    assert_eq!(advance("number", &login, said("42")).await, Advance::Confirmed(who("oPerson")));
    assert_eq!(advance("number", &login, said("24")).await, Advance::Wrong);
    for other in [numbered("42", None), numbered("42", Some("oElse")), view()] {
        assert_eq!(advance("number", &other, said("42")).await, Advance::Ignore);
    }
    assert_eq!(advance("number", &login, said("hello")).await, Advance::Ignore);
    for confirm in ["page", "scan"] {
        assert_eq!(advance(confirm, &login, said("42")).await, Advance::Ignore);
    }
}

#[test]
fn only_digits_and_only_by_number_ask_for_the_subjects_login() {
    let said = |text: &str| push(Happened::Said(text.to_owned()));
    assert_eq!(by("number").correlate(&said("42")), Correlation::Subject);
    assert_eq!(by("number").correlate(&said("hello")), Correlation::None);
    for confirm in ["page", "scan"] {
        assert_eq!(by(confirm).correlate(&said("42")), Correlation::None);
    }
    for happened in [Happened::Other, Happened::Changed(PersonChange::Closed)] {
        assert_eq!(by("number").correlate(&push(happened)), Correlation::None);
    }
}

#[tokio::test]
async fn duties_and_other_events_move_no_login() {
    for confirm in MODES {
        for happened in [Happened::Other, Happened::Changed(PersonChange::Revoked)] {
            assert_eq!(advance(confirm, &view(), happened).await, Advance::Ignore);
        }
    }
}

fn bound() -> Arc<dyn Provider> {
    open(&json!({ "open_platform_account": "main" }))
}

#[tokio::test]
async fn a_missing_unionid_is_asked_for() {
    let alias = Alias { namespace: "wechat-union:main".to_owned(), value: "oUnion".to_owned() };
    assert!(open(&json!({})).is_complete(&who("oPerson")));
    assert!(!bound().is_complete(&who("oPerson")));
    let host =
        ScriptedHost::new([ok(TOKEN), ok(br#"{"subscribe":1,"openid":"oPerson","unionid":"oUnion"}"#)]);
    let whole = bound().complete(&host, who("oPerson")).await.unwrap();
    assert!(bound().is_complete(&whole));
    assert_eq!(whole.aliases, [alias]);
    assert_eq!(host.calls(), ["stable_token", "info"]);
    let query: Vec<_> =
        host.sent(1).query.iter().map(|(name, value)| (*name, value.expose().to_owned())).collect();
    let wanted = [("access_token", "7_token"), ("openid", "oPerson"), ("lang", "zh_CN")];
    assert_eq!(query, wanted.map(|(name, value)| (name, value.to_owned())));
}

#[tokio::test]
async fn who_has_no_unionid_is_complete_without() {
    let host = ScriptedHost::new([ok(TOKEN), ok(br#"{"subscribe":0,"openid":"oPerson"}"#)]);
    assert_eq!(bound().complete(&host, who("oPerson")).await.unwrap(), who("oPerson"));
    let host = ScriptedHost::new([ok(TOKEN), errcode(40003)]);
    let error = bound().complete(&host, who("oPerson")).await.unwrap_err();
    assert_eq!((error.step, error.kind), (Step::LearnPerson, Kind::Misconfigured));
}
