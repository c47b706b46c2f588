//! What people read in the chat, in both languages, and that nothing in a name becomes markup.

use super::*;
use crate::wechat::service_account::words::answer;
use crate::wechat::testing::{ScriptedHost, view};
use saoma_core::provider::{Inbound, LoginView, Outcome, SiteView};

const ALL: [Outcome; 7] = [
    Outcome::Scanned(None),
    Outcome::Confirmed,
    Outcome::Wrong,
    Outcome::Conflict,
    Outcome::TooLate,
    Outcome::TooOften,
    Outcome::NotOurs,
];

fn in_english() -> LoginView {
    LoginView { site: SiteView { locale: Some("en-US".to_owned()), ..view().site }, ..view() }
}

fn linked() -> Outcome {
    Outcome::Scanned(Some("https://login.example/confirm/abc?x=1&y=\"".parse().unwrap()))
}

#[test]
fn t02_the_link_names_site_domain_and_browser() {
    let zh = answer(Some(&view()), &linked(), true).unwrap();
    let en = answer(Some(&in_english()), &linked(), true).unwrap();
    for text in [&zh, &en] {
        for part in [
            "Demo Shop",
            "shop.example",
            "Firefox, Windows",
            "<a href=\"https://login.example/confirm/abc?x=1&y=%22\">",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
    assert!(zh.contains("点此确认登录") && en.contains("Tap here to confirm"));
}

#[test]
fn the_number_is_asked_for_and_never_told() {
    let login = LoginView { number: Some("42".parse().unwrap()), ..view() };
    let text = answer(Some(&login), &Outcome::Scanned(None), true).unwrap();
    assert!(text.contains("两位数字") && !text.contains("42"), "{text}");
}

#[test]
fn every_outcome_has_its_words_or_none() {
    for outcome in &ALL {
        let zh = answer(Some(&view()), outcome, true);
        let en = answer(Some(&in_english()), outcome, true);
        assert_eq!(zh.is_none(), *outcome == Outcome::NotOurs);
        assert_eq!(zh.is_none(), en.is_none());
        assert!(en.is_none_or(|text| text.is_ascii()));
        assert!(zh.is_none_or(|text| !text.is_ascii() && text.len() < 2048));
    }
    let unknown =
        [Outcome::Confirmed, Outcome::TooLate, Outcome::TooOften].map(|outcome| answer(None, &outcome, true));
    assert!(unknown.into_iter().flatten().all(|text| !text.is_ascii()));
    assert_eq!(answer(None, &Outcome::Scanned(None), true), None);
}

#[test]
fn a_name_cannot_write_a_link_or_fill_the_chat() {
    let site = SiteView { name: format!("<a href=\"https://evil\">\n{}", "长".repeat(5000)), ..view().site };
    for locale in ["zh", "en"] {
        let site = SiteView { locale: Some(locale.to_owned()), ..site.clone() };
        let text = answer(Some(&LoginView { site, ..view() }), &linked(), true).unwrap();
        assert_eq!(text.matches("<a ").count(), 1);
        assert!(text.len() < 1000);
    }
}

#[test]
fn answers_go_back_to_whom_they_came_from() {
    let (provider, host, login) = (open(&json!({})), ScriptedHost::at(1_714_036_504), view());
    let inbound = provider.parse(&host, plain_event("oPerson", "SCAN", login.scene.as_str())).unwrap();
    let reply = |outcome: &Outcome| provider.reply(&host, Some(&login), &inbound, outcome).unwrap();
    let said = String::from_utf8(reply(&Outcome::TooLate).body.to_vec()).unwrap();
    let wanted = "<xml><ToUserName><![CDATA[oPerson]]></ToUserName><FromUserName><![CDATA[gh_10f6c3c3ac5a]]></FromUserName>\
        <CreateTime>1714036503</CreateTime><MsgType><![CDATA[text]]></MsgType>\
        <Content><![CDATA[二维码已失效，请扫网页上现在显示的码。]]></Content></xml>";
    assert_eq!(said, wanted);
    assert_eq!(&*reply(&Outcome::NotOurs).body, b"success");
    let callback = Inbound::Callback { state: crate::wechat::testing::STATE.parse().unwrap(), code: None };
    assert_eq!(provider.reply(&host, Some(&login), &callback, &Outcome::Confirmed), None);
}
