//! What messages say, and bodies made to hurt a parser (PSH-04).

use super::*;
use saoma_core::provider::PersonChange;

fn happened(message: &str) -> Happened {
    Letter::sealed(message).to(&safe()).unwrap().happened
}

fn key(message: &str) -> String {
    Letter::sealed(message).to(&safe()).unwrap().key
}

fn reads(body: &str) -> bool {
    Fields::read(body.as_bytes()).is_some()
}

#[test]
fn scans_of_followers_and_of_strangers_carry_their_scene() {
    assert_eq!(happened(&event("SCAN", SCENE)), scanned());
    assert_eq!(happened(&event("subscribe", &format!("qrscene_{SCENE}"))), scanned());
    let odd = "qrscene_AAAAAAAAAAAAAA";
    let scene = Happened::Scanned(odd.parse().unwrap());
    assert_eq!(happened(&event("subscribe", &format!("qrscene_{odd}"))), scene);
    assert_eq!(happened(&event("SCAN", odd)), scene);
}

#[test]
fn what_is_not_ours_is_other() {
    for (name, key) in [
        ("subscribe", ""),
        ("subscribe", SCENE),
        ("subscribe", "last_trade_no_4009012001201706"),
        ("subscribe", "qrscene_123123"),
        ("unsubscribe", ""),
        ("SCAN", "0"),
        ("scan", SCENE),
        ("Subscribe", SCENE),
        ("CLICK", SCENE),
        ("TEMPLATESENDJOBFINISH", ""),
    ] {
        assert_eq!(happened(&event(name, key)), Happened::Other, "{name} {key}");
    }
    let image = text("42", "1").replace("text", "image");
    assert_eq!(happened(&image), Happened::Other);
}

#[test]
fn two_digits_may_be_an_answer_and_nothing_else_leaves_the_door() {
    for content in ["42", " 42\n", "４２", "\u{3000}42"] {
        assert_eq!(happened(&text(content, "1")), Happened::Said("42".to_owned()), "{content}");
    }
    for content in ["", "4", "420", "4 2", "forty-two", "你好", "-4", "4２x"] {
        assert_eq!(happened(&text(content, "1")), Happened::Other, "{content}");
    }
}

#[test]
fn duties_towards_people_are_told_apart() {
    for (name, change) in [
        ("user_info_modified", PersonChange::Profile),
        ("user_authorization_revoke", PersonChange::Revoked),
        ("user_authorization_cancellation", PersonChange::Closed),
    ] {
        let fields = format!("<OpenID>oOther</OpenID><AppID>{OWNER}</AppID></xml>");
        let push = Letter::sealed(&event(name, "").replace("</xml>", &fields)).to(&safe()).unwrap();
        assert_eq!((push.happened, push.subject.subject.as_str()), (Happened::Changed(change), "oOther"));
    }
}

#[test]
fn keys_are_equal_for_repetitions_only_and_name_nobody() {
    let first = event("SCAN", SCENE);
    assert_eq!(key(&first), key(&first));
    let others = [
        first.replace(NOW, "1700000001"),
        first.replace("oPerson", "oPersom"),
        first.replace(SCENE, "AAAAAAAAAAAAAAAAAAAAAB"),
        event("subscribe", SCENE),
        text("42", "7"),
        text("42", "8"),
    ];
    let mut keys: Vec<_> = others.iter().map(|other| key(other)).chain([key(&first)]).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 7);
    assert_eq!(key(&text("42", "7")), key(&text("43", "7")));
    assert!(keys.iter().all(|key| key.len() == 43 && !key.contains("oPerson")));
}

#[test]
fn a_message_without_sender_or_time_is_none() {
    for (part, other) in [
        ("<FromUserName><![CDATA[oPerson]]></FromUserName>", ""),
        ("<ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>", ""),
        ("<MsgType><![CDATA[event]]></MsgType>", ""),
        ("<CreateTime>1700000000</CreateTime>", ""),
        ("<CreateTime>1700000000</CreateTime>", "<CreateTime>]]></CreateTime>"),
        ("<CreateTime>1700000000</CreateTime>", "<CreateTime><a/></CreateTime>"),
    ] {
        let message = event("SCAN", SCENE).replace(part, other);
        assert_eq!(Letter::sealed(&message).to(&safe()).unwrap_err(), Reject::NotAuthentic, "{part}");
    }
}

#[test]
fn psh_04_xml_that_the_vendor_sends_is_read() {
    for body in [
        "<xml><A>1</A></xml>",
        "\n<xml>\r\n\t<A>1</A>\n</xml>\n",
        "<?xml version=\"1.0\"?><xml><A>1</A></xml>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<xml><A>1</A></xml>",
        "<xml><A><![CDATA[1]]></A><B/><C><D><E>x</E><E>y</E></D></C></xml>",
    ] {
        let (_, fields) = Fields::read(body.as_bytes()).unwrap_or_else(|| panic!("{body}"));
        assert_eq!(fields.get("A"), Some("1"), "{body}");
        assert_eq!(fields.get("C"), None);
    }
    let (_, fields) =
        Fields::read(b"<xml><A>&lt;&amp;&gt;&quot;&apos;<![CDATA[&lt;]]></A><B/></xml>").unwrap();
    assert_eq!((fields.get("A"), fields.get("B")), (Some("<&>\"'&lt;"), Some("")));
}

#[test]
fn psh_04_dtds_entities_and_their_kin_are_refused() {
    for body in [
        "<!DOCTYPE xml><xml><A>1</A></xml>",
        "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><A>&a;</A></xml>",
        "<!DOCTYPE xml SYSTEM \"http://127.0.0.1/x.dtd\"><xml><A>1</A></xml>",
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]><xml><A>&c;</A></xml>",
        "<xml><!DOCTYPE xml><A>1</A></xml>",
        "<xml><A>&other;</A></xml>",
        "<xml><A>&#65;</A></xml>",
        "<xml><A>&</A></xml>",
        "<xml><A>1</A><?php x?></xml>",
        "<?xml-stylesheet href=\"x\"?><xml><A>1</A></xml>",
        "<xml><A>1<!-- -->2</A></xml>",
        "<xml xmlns:xi=\"http://www.w3.org/2001/XInclude\"><A>1</A></xml>",
        "<xml><A href=\"x\">1</A></xml>",
        "<?xml version=\"1.0\" encoding=\"utf-16\"?><xml><A>1</A></xml>",
        "<xml><?xml version=\"1.0\"?><A>1</A></xml>",
        "\u{1}<xml><A>1</A></xml>",
        "<xml><A>\u{0}</A></xml>",
        "<xml><A>\u{FFFF}</A></xml>",
    ] {
        assert!(!reads(body), "{body}");
    }
    let utf16: Vec<u8> = "<xml><A>1</A></xml>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(Fields::read(&utf16).is_none());
    assert!(Fields::read(b"<xml><A>\xff</A></xml>").is_none());
}

#[test]
fn psh_04_xml_that_says_two_things_is_refused() {
    for body in [
        "<xml><A>1</A><A>2</A></xml>",
        "<xml><A>1</A></xml><xml><B>1</B></xml>",
        "<xml><A>1</A></xml>junk",
        "junk<xml><A>1</A></xml>",
        "<xml>junk<A>1</A></xml>",
        "<xml><![CDATA[x]]><A>1</A></xml>",
        "<xml><A>1</B></xml>",
        "<xml><A>1</A>",
        "<xml><A>1</xml>",
        "<xml><A>![CDATA[1]]></A></xml>",
        "<xml><A><![CDATA[1]]>]]></A></xml>",
        "<html><A>1</A></html>",
        "</xml>",
        "",
        " ",
        "<",
    ] {
        assert!(!reads(body), "{body}");
    }
}

#[test]
fn psh_04_size_and_depth_end_early() {
    let nested = |deep: usize| format!("<xml>{}{}</xml>", "<A>".repeat(deep), "</A>".repeat(deep));
    assert!(reads(&nested(7)) && !reads(&nested(8)) && !reads(&nested(100_000)));
    assert!(!reads(&"<xml>".repeat(100_000)));
    let wide = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!("<A{n}>1</A{n}>")).collect();
        format!("<xml>{}</xml>", fields.concat())
    };
    assert!(reads(&wide(127)) && !reads(&wide(128)) && !reads(&wide(100_000)));
    let long = format!("<xml><A>{}</A></xml>", "a".repeat(10_000_000));
    assert!(reads(&long));
    assert!(!reads(&format!("<xml><A>{}</A></xml>", "&lt;".repeat(100_000))));
}

#[test]
fn psh_04_json_obeys_the_same_rules() {
    let (_, fields) =
        Fields::read(br#" {"A":"1","B":2,"C":{"D":[{"E":1},null,true,1.5]},"F":-3,"G":null}"#).unwrap();
    assert_eq!((fields.get("A"), fields.get("B"), fields.get("F")), (Some("1"), Some("2"), Some("-3")));
    assert!(["C", "G"].iter().all(|name| fields.has(name) && fields.get(name).is_none()));
    for body in [
        r#"{"A":"1","A":"2"}"#,
        r#"{"A":"1"}{"B":"1"}"#,
        r#"{"A":"1"} junk"#,
        r#"{"A":"1",}"#,
        r#"{"A":"\ud800"}"#,
        "{\"A\":\"\u{1}\"}",
        "{",
        r#"{"A"}"#,
    ] {
        assert!(!reads(body), "{body}");
    }
    let nested = |deep: usize| format!("{{\"A\":{}{}}}", "[".repeat(deep), "]".repeat(deep));
    assert!(reads(&nested(7)) && !reads(&nested(8)) && !reads(&nested(100_000)));
    let wide = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!("\"A{n}\":1")).collect();
        format!("{{{}}}", fields.join(","))
    };
    assert!(reads(&wide(256)) && !reads(&wide(257)) && !reads(&wide(100_000)));
}
