//! What the chat takes and what it answers with its fault notice.

use super::*;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OLD_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn expected(mode: PushMode) -> Expected {
    Expected {
        mode,
        format: PushFormat::Xml,
        keys: [KEY, OLD_KEY].into_iter().filter_map(Key::parse).collect(),
        token: "spamtest".to_owned(),
        appid: "wx1".to_owned(),
        original_id: "gh_1".to_owned(),
        openid: "oX".to_owned(),
        to_a_message: true,
    }
}

fn text_reply(content: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[oX]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName>\
         <CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )
}

fn news_reply(count: usize, items: usize) -> String {
    let item = "<item><Title>t</Title><Description>d</Description><PicUrl>http://p</PicUrl><Url>http://u</Url></item>";
    format!(
        "<xml><ToUserName>oX</ToUserName><FromUserName>gh_1</FromUserName><CreateTime>1</CreateTime><MsgType>news</MsgType>\
         <ArticleCount>{count}</ArticleCount><Articles>{}</Articles></xml>",
        item.repeat(items)
    )
}

fn sealed(message: &str, key: &str, appid: &str) -> String {
    let encrypt = Key::parse(key).unwrap().encrypt([7; 16], message, appid).unwrap();
    let signed = signature(&["spamtest", "1", "n", &encrypt]);
    format!(
        "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature>{signed}</MsgSignature><TimeStamp>1</TimeStamp>\
         <Nonce><![CDATA[n]]></Nonce></xml>"
    )
}

fn reply(mode: PushMode, body: &str) -> Passive {
    expected(mode).judge(body.as_bytes()).reply
}

fn fault(mode: PushMode, body: &str) -> &'static str {
    match reply(mode, body) {
        Passive::Fault { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn hello() -> Passive {
    Passive::Text { text: "hello".to_owned(), links: Vec::new() }
}

#[test]
fn success_and_nothing_are_no_answer_in_every_mode() {
    for mode in [PushMode::Plain, PushMode::Compatible, PushMode::Safe] {
        assert_eq!([reply(mode, ""), reply(mode, "success")], [Passive::None, Passive::None]);
        for body in [" success", "success\n", "SUCCESS", "{}", "ok", "<html/>", "<xml></xml>"] {
            assert!(matches!(reply(mode, body), Passive::Fault { .. }), "{body}");
        }
    }
}

#[test]
fn each_mode_wants_its_own_shape() {
    let (plain, secret) = (text_reply("hello"), sealed(&text_reply("hello"), KEY, "wx1"));
    assert_eq!(reply(PushMode::Plain, &plain), hello());
    assert_eq!(
        [reply(PushMode::Compatible, &plain), reply(PushMode::Compatible, &secret)],
        [hello(), hello()]
    );
    assert_eq!(reply(PushMode::Safe, &secret), hello());
    assert_eq!(reply(PushMode::Safe, &sealed(&text_reply("hello"), OLD_KEY, "wx1")), hello());
    assert_eq!(fault(PushMode::Plain, &secret), "the answer is encrypted in plain mode");
    assert_eq!(fault(PushMode::Safe, &plain), "the answer is not encrypted in safe mode");
    let judged = expected(PushMode::Safe).judge(secret.as_bytes());
    assert_eq!(judged.opened, Some(text_reply("hello")));
}

#[test]
fn an_encrypted_answer_must_be_signed_and_ours() {
    let good = sealed(&text_reply("hello"), KEY, "wx1");
    let without =
        |name: &str| good.replace(&format!("<{name}>"), "<X>").replace(&format!("</{name}>"), "</X>");
    assert_eq!(fault(PushMode::Safe, &without("TimeStamp")), "the answer has no TimeStamp");
    assert_eq!(fault(PushMode::Safe, &without("Nonce")), "the answer has no Nonce");
    assert_eq!(fault(PushMode::Safe, &without("MsgSignature")), "the answer has no MsgSignature");
    let resigned = good.replace("<TimeStamp>1<", "<TimeStamp>2<");
    assert_eq!(fault(PushMode::Safe, &resigned), "the answer's MsgSignature is wrong");
    let other = sealed(&text_reply("hello"), KEY, "wx2");
    assert_eq!(fault(PushMode::Safe, &other), "the answer is encrypted for another appid");
    let strange = sealed(&text_reply("hello"), &"B".repeat(43), "wx1");
    assert_eq!(fault(PushMode::Safe, &strange), "the answer cannot be decrypted");
    assert_eq!(fault(PushMode::Safe, &sealed("{}", KEY, "wx1")), "the opened answer is not XML");
}

#[test]
fn names_time_and_content_must_be_right() {
    let good = text_reply("hello");
    for (from, to, reason) in [
        ("gh_1", "wx1", "FromUserName is not the account's original id"),
        ("oX", "oY", "ToUserName is not the person's openid"),
        ("<CreateTime>1", "<CreateTime>now", "CreateTime is no number"),
        ("[text]", "[video]", "MsgType is neither text nor news"),
        ("[hello]", "[]", "Content is empty"),
    ] {
        assert_eq!(fault(PushMode::Plain, &good.replace(from, to)), reason);
    }
    assert_eq!(fault(PushMode::Plain, &text_reply(&"x".repeat(2049))), "Content is longer than 2048 bytes");
    assert_eq!(fault(PushMode::Plain, &text_reply("a]]>b")), "the answer is neither XML nor success");
    let split = text_reply("a]]]]><![CDATA[>b");
    assert_eq!(reply(PushMode::Plain, &split), Passive::Text { text: "a]]>b".to_owned(), links: Vec::new() });
    let document = format!("<!DOCTYPE xml [<!ENTITY a 'b'>]>{good}");
    assert_eq!(fault(PushMode::Plain, &document), "the answer is neither XML nor success");
    assert_eq!(
        expected(PushMode::Plain).judge(b"<xml>\xff</xml>").reply,
        Passive::Fault { reason: "the answer is not UTF-8" }
    );
}

#[test]
fn surplus_articles_are_dropped() {
    let count = |to_a_message: bool, body: &str| {
        let expected = Expected { to_a_message, ..expected(PushMode::Plain) };
        match expected.judge(body.as_bytes()).reply {
            Passive::News { news } => news.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!([count(true, &news_reply(3, 3)), count(false, &news_reply(3, 3))], [1, 3]);
    assert_eq!([count(false, &news_reply(9, 9)), count(false, &news_reply(2, 3))], [8, 2]);
    assert_eq!(fault(PushMode::Plain, &news_reply(1, 0)), "there is no item in Articles");
    assert_eq!(fault(PushMode::Plain, &news_reply(0, 1)), "there is no item in Articles");
}

#[test]
fn json_is_looked_at_and_shown_to_nobody() {
    let json = |mode| Expected { format: PushFormat::Json, ..expected(mode) };
    let fault = |mode, body: &str| match json(mode).judge(body.as_bytes()).reply {
        Passive::Fault { reason } => reason,
        other => panic!("{other:?}"),
    };
    for body in ["", "success", r#"{"any": 1}"#] {
        assert_eq!(json(PushMode::Plain).judge(body.as_bytes()).reply, Passive::None, "{body}");
    }
    assert_eq!(fault(PushMode::Plain, "<xml/>"), "the answer is neither JSON nor success");
    assert_eq!(fault(PushMode::Safe, "{}"), "the answer is not encrypted in safe mode");
    let encrypt = Key::parse(KEY).unwrap().encrypt([7; 16], "{\"ok\":1}", "wx1").unwrap();
    let signed = signature(&["spamtest", "1", "n", &encrypt]);
    let sealed =
        serde_json::json!({"Encrypt": encrypt, "MsgSignature": signed, "TimeStamp": 1, "Nonce": "n"});
    let judged = json(PushMode::Safe).judge(sealed.to_string().as_bytes());
    assert_eq!((judged.reply, judged.opened.as_deref()), (Passive::None, Some("{\"ok\":1}")));
    let mut forged = sealed.clone();
    forged["Nonce"] = "m".into();
    assert_eq!(fault(PushMode::Safe, &forged.to_string()), "the answer's MsgSignature is wrong");
}
