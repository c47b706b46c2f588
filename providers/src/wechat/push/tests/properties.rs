//! Whatever comes: no panic, one answer for every failure, and nothing lost on the way there and back.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

fn any_key() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]{43}"
}

/// Bodies that are nearly right.
fn nearly_xml() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<xml>"),
        Just("</xml>"),
        Just("<Encrypt>"),
        Just("</Encrypt>"),
        Just("<MsgType/>"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("<!DOCTYPE a ["),
        Just("&amp;"),
        Just("&a;"),
        Just("<?xml"),
        Just("?>"),
        Just("<!--"),
        Just("{\"Encrypt\":"),
        Just("[[{"),
        Just("\"x\"}"),
        Just("扫"),
        Just(" "),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn wrapping_and_unwrapping_is_nothing(
        key in any_key(),
        message in prop::collection::vec(any::<u8>(), 0..400),
        salt in any::<[u8; 16]>(),
        appid in "wx[0-9a-f]{16}",
    ) {
        let key = AesKey::parse(&key).unwrap();
        let wrapped = key.wrap(salt, &message, &appid).unwrap();
        prop_assert_eq!(STANDARD.decode(&wrapped).unwrap().len() % 32, 0);
        prop_assert_eq!(key.unwrap(&wrapped, &appid), Some(message));
        prop_assert_eq!(key.unwrap(&wrapped, &format!("{appid}0")), None);
    }

    #[test]
    fn unwrapping_never_panics(key in any_key(), text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let key = AesKey::parse(&key).unwrap();
        prop_assert_eq!(key.unwrap(&text, OWNER), None);
        prop_assert_eq!(key.unwrap(&STANDARD.encode(bytes), OWNER), None);
    }

    #[test]
    fn readers_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in nearly_xml()) {
        let _maybe = Fields::read(&bytes);
        let _maybe = Fields::read(text.as_bytes());
    }

    #[test]
    fn every_failure_after_the_signature_is_the_same(
        blocks in 0_usize..6,
        seed in prop::collection::vec(any::<u8>(), 192),
        inner in nearly_xml(),
        other in any_key(),
    ) {
        let cipher = STANDARD.encode(&seed[..blocks * 32]);
        prop_assert_eq!(Letter::signed(&cipher).to(&safe()).unwrap_err(), Reject::NotAuthentic);
        prop_assert_eq!(Letter::sealed(&inner).to(&safe()).unwrap_err(), Reject::NotAuthentic);
        let wrapped = AesKey::parse(&other).unwrap().wrap([7; 16], event("SCAN", SCENE).as_bytes(), OWNER).unwrap();
        prop_assert_eq!(Letter::signed(&wrapped).to(&safe()).unwrap_err(), Reject::NotAuthentic);
        let plain = door(PushMode::Plain, &[]);
        prop_assert_eq!(Letter::plain(&inner).to(&plain).unwrap_err(), Reject::NotAuthentic);
    }

    #[test]
    fn any_query_and_body_are_survived(
        pairs in prop::collection::btree_map("timestamp|nonce|signature|msg_signature|encrypt_type|echostr|x", any::<String>(), 0..7),
        body in prop::collection::vec(any::<u8>(), 0..200),
        is_post in any::<bool>(),
    ) {
        let raw = RawPush { is_post, query: &pairs, body: &body };
        for mode in [PushMode::Safe, PushMode::Compatible, PushMode::Plain] {
            let outcome = door(mode, &[KEY]).receive(Timestamp(1_700_000_000_000), &raw);
            prop_assert!(outcome.is_err());
        }
    }

    #[test]
    fn texts_come_through_xml_as_they_are(text in "[^\\p{Cc}\u{FFFE}\u{FFFF}]{0,60}") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let cdata = text.replace("]]>", "]]]]><![CDATA[>");
        let body = format!("<xml><A>{escaped}</A><B><![CDATA[{cdata}]]></B></xml>");
        let (_, fields) = Fields::read(body.as_bytes()).unwrap();
        prop_assert_eq!((fields.get("A"), fields.get("B")), (Some(text.as_str()), Some(text.as_str())));
    }
}
