//! The vendor's published samples, and one made here, byte for byte.

use super::*;
use crate::wechat::testing::ScriptedHost;

const V2: &str = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";
const V3: &str = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==";
const V4: &str = "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=";
const V4_MESSAGE: &str = "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n<FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName>\n<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[abcdteT]]></Content>\n<MsgId>6054768590064713728</MsgId>\n</xml>";
const V6: &str = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==";
const D1: &str = "Q3stYC6hdFzMh9T8HCvyDPXDKbVeLZOylslQ5o9SoOE8Jo/FvpniB5n5ws3uXq6a+rIqYP9yTF5UNqRv80MEoSzOW7LI9GVuUNlN0fGYsfjoDuJfeYsOuJScI/ii2kLZQ8//17ovBuSewBi6VOzyWbujZuuynygGblfCv0JVujGEbOo9yEiVF1V3TmG3g+YySQOLUGiWaAojPNiCLXjvb7S5hVqnJgnADZOS/e/sN74l4QDQz3EN2+giVmQquyvxP/OxxQNX5wxwU3I5AGfvOHG5uAoSoO1RTd0FtSIZ41iXcMmMzaUB8gnGxpPqzMv81RHYEB7ZJZ6tuTvP3pfc9P/vzK3RaCGm4lQk/8K+AP1S5qonckhPWxCIJOZhMZyEGKYJ5XIg9SkAuiMgSVZ/vYBkeSLyxRRLrRDiQ1TsqF5f0wZoAaaQm42HD2dyULGphLkbiTy7pjhIW51KNyN192bwbdqYG+T9BOonZeBYVauDMHl5SaHuiI0wMZXTOqap";
const D1_MESSAGE: &str = "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_login_0001]]></EventKey><Ticket><![CDATA[TICKET]]></Ticket></xml>";

fn key(text: &str) -> AesKey {
    AesKey::parse(text).unwrap()
}

fn unwrapped(key: &AesKey, wrapped: &str, appid: &str) -> String {
    String::from_utf8(key.unwrap(wrapped, appid).unwrap()).unwrap()
}

#[test]
fn v1_plain_signatures() {
    for (token, timestamp, nonce, wanted) in [
        ("AAAAA", "1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("AAAAA", "1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        ("test", "1410685589", "test", "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"),
        ("789", "456", "123", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
        ("spamtest", "1409735669", "1320562132", "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"),
        ("spamtest", "1700000000", "1234567890", "6923fee283910b9dc27d140b5b472a67aa0f7865"),
        ("AAAAA", "1714112445", "415670741", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
    ] {
        assert_eq!(signature::sign([token, timestamp, nonce]), wanted);
        assert_eq!(signature::sign([nonce, token, timestamp]), wanted);
        assert!(signature::holds(wanted, [token, timestamp, nonce]));
    }
}

#[test]
fn v1_the_address_verification_is_echoed_byte_for_byte() {
    let door = PushDoor { token: Secret::new("AAAAA"), ..safe() };
    let query = query(&[
        ("signature", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("echostr", "4375120948345356249"),
        ("timestamp", "1714036504"),
        ("nonce", "1514711492"),
    ]);
    let raw = RawPush { is_post: false, query: &query, body: b"" };
    let Ok(Delivery::Echo(reply)) = door.receive(Timestamp(1_714_036_504_000), &raw) else { panic!() };
    assert_eq!((reply.media_type, &*reply.body), ("text/plain", &b"4375120948345356249"[..]));
}

#[test]
fn v2_a_push_in_json() {
    let (key, appid) = (key(OTHER_KEY), "wxba5fad812f8e6fb9");
    let message = r#"{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}"#;
    assert_eq!(unwrapped(&key, V2, appid), message);
    assert_eq!(key.wrap(*b"a8eedb185eb2fecf", message.as_bytes(), appid).as_deref(), Some(V2));
    let door = PushDoor {
        appid: appid.to_owned(),
        token: Secret::new("AAAAA"),
        mode: PushMode::Safe,
        keys: vec![key],
    };
    let letter = Letter {
        query: query(&[
            ("timestamp", "1714112445"),
            ("nonce", "415670741"),
            ("encrypt_type", "aes"),
            ("signature", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
            ("msg_signature", "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
        ]),
        body: format!(r#"{{"ToUserName":"gh_97417a04a28d","Encrypt":"{V2}"}}"#).into_bytes(),
    };
    let push = letter.to_at(&door, 1_714_112_445).unwrap();
    assert_eq!(
        (push.subject.subject.as_str(), push.happened),
        ("o9AgO5Kd5ggOC-bXrbNODIiE3bGY", Happened::Other)
    );
    // Who writes JSON gets no chat message.
    let host = ScriptedHost::at(1_714_112_446);
    assert_eq!(&*door.answer(&host, &push.envelope, Some("hello")).body, b"success");
}

#[test]
fn v3_an_answer_is_wrapped() {
    let wrapped = key(OTHER_KEY)
        .wrap(*b"707722b803182950", br#"{"demo_resp":"good luck"}"#, "wxba5fad812f8e6fb9")
        .unwrap();
    assert_eq!(wrapped, V3);
    let signature = signature::sign(["AAAAA", "1713424427", "415670741", &wrapped]);
    assert_eq!(signature, "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1");
}

#[test]
fn v4_a_text_in_compatible_mode_by_a_key_with_bits_that_do_not_count() {
    assert_eq!(unwrapped(&key(KEY), V4, OWNER), V4_MESSAGE);
    assert_eq!(key(KEY).wrap(*b"89465c840c5f116f", V4_MESSAGE.as_bytes(), OWNER).as_deref(), Some(V4));
    let plain = V4_MESSAGE.replace("oyORnuP8q7ou2gfYjqLzSIWZf0rs", "oSomebodyElse");
    let body = plain.replace("</xml>", &format!("<Encrypt><![CDATA[{V4}]]></Encrypt></xml>"));
    let letter = Letter {
        query: query(&[
            ("timestamp", "1409735669"),
            ("nonce", "1320562132"),
            ("encrypt_type", "aes"),
            ("signature", "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"),
            ("msg_signature", "5d197aaffba7e9b25a30732f161a50dee96bd5fa"),
        ]),
        body: body.into_bytes(),
    };
    // Only what was encrypted counts, whoever the plain part names.
    let push = letter.to_at(&door(PushMode::Compatible, &[KEY]), 1_409_735_669).unwrap();
    assert_eq!(push.subject.subject, "oyORnuP8q7ou2gfYjqLzSIWZf0rs");
    assert_eq!(letter.to_at(&safe(), 1_409_735_669).unwrap_err(), Reject::NotAuthentic);
    assert_eq!(
        letter.to_at(&door(PushMode::Plain, &[KEY]), 1_409_735_669).unwrap_err(),
        Reject::NotAuthentic
    );
}

#[test]
fn v6_lengths_are_counted_in_bytes() {
    let message = "我是中文abcd123";
    let wrapped = key(KEY).wrap(*b"aaaabbbbccccdddd", message.as_bytes(), "wxb11529c136998cb6").unwrap();
    assert_eq!(wrapped, V6);
    assert_eq!(unwrapped(&key(KEY), V6, "wxb11529c136998cb6"), message);
}

#[test]
fn d1_an_event_in_safe_mode() {
    assert_eq!(key(KEY).wrap(*b"0123456789abcdef", D1_MESSAGE.as_bytes(), OWNER).as_deref(), Some(D1));
    let letter = Letter::signed(D1);
    assert_eq!(letter.query["msg_signature"], "bd14aa6bf9c998dc94be3a4a6ae3daeb542e4a69");
    assert_eq!(letter.query["signature"], "6923fee283910b9dc27d140b5b472a67aa0f7865");
    let push = letter.to(&safe()).unwrap();
    assert_eq!((push.happened, push.once.is_none()), (Happened::Other, true));
}

#[test]
fn an_answer_can_be_read_with_the_key_of_its_message() {
    let rotated = door(PushMode::Safe, &[OTHER_KEY, KEY]);
    let push = Letter::sealed(&event("SCAN", SCENE)).to(&rotated).unwrap();
    let answer = |at| {
        rotated.answer(&ScriptedHost::at(at), &push.envelope, Some("你好 ]]> <a href=\"https://x\">x</a>"))
    };
    let reply = answer(1_700_000_003);
    let (_, outer) = Fields::read(&reply.body).unwrap();
    let wrapped = outer.get("Encrypt").unwrap();
    let parts = [TOKEN, outer.get("TimeStamp").unwrap(), outer.get("Nonce").unwrap(), wrapped];
    assert!(signature::holds(outer.get("MsgSignature").unwrap(), parts));
    assert_eq!((reply.media_type, parts[1], parts[2]), ("text/xml", "1700000003", NONCE));
    assert!(key(OTHER_KEY).unwrap(wrapped, OWNER).is_none());
    let inner = unwrapped(&key(KEY), wrapped, OWNER);
    let (_, fields) = Fields::read(inner.as_bytes()).unwrap();
    for (name, value) in [
        ("ToUserName", "oPerson"),
        ("FromUserName", "gh_10f6c3c3ac5a"),
        ("CreateTime", NOW),
        ("MsgType", "text"),
        ("Content", "你好 ]]> <a href=\"https://x\">x</a>"),
    ] {
        assert_eq!(fields.get(name), Some(value));
    }
    // A repetition, answered later, reads the same.
    let (_, later) = Fields::read(&answer(1_700_000_009).body).unwrap();
    assert_eq!(unwrapped(&key(KEY), later.get("Encrypt").unwrap(), OWNER), inner);
    assert_eq!(&*rotated.answer(&ScriptedHost::at(0), &push.envelope, None).body, b"success");
}
