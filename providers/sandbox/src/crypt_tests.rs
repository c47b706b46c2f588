//! The published vectors of the message encryption, and ways to get it wrong.

use super::*;

const DEMO_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const DEMO_APPID: &str = "wx2c2769f8efd9abc2";

const PUSH_JSON: &str = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzD\
    pVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2I\
    uQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F\
    9mFUPAJGj04=";
const PUSH_TEXT: &str = "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHF\
    VAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVti\
    cbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpA\
    e+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCum\
    EPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=";
const PUSH_EVENT: &str = "Q3stYC6hdFzMh9T8HCvyDPXDKbVeLZOylslQ5o9SoOE8Jo/FvpniB5n5ws3uXq6a+rIqYP9yTF5UNqRv80MEoSzOW7LI9GVu\
    UNlN0fGYsfjoDuJfeYsOuJScI/ii2kLZQ8//17ovBuSewBi6VOzyWbujZuuynygGblfCv0JVujGEbOo9yEiVF1V3TmG3g+Yy\
    SQOLUGiWaAojPNiCLXjvb7S5hVqnJgnADZOS/e/sN74l4QDQz3EN2+giVmQquyvxP/OxxQNX5wxwU3I5AGfvOHG5uAoSoO1R\
    Td0FtSIZ41iXcMmMzaUB8gnGxpPqzMv81RHYEB7ZJZ6tuTvP3pfc9P/vzK3RaCGm4lQk/8K+AP1S5qonckhPWxCIJOZhMZyE\
    GKYJ5XIg9SkAuiMgSVZ/vYBkeSLyxRRLrRDiQ1TsqF5f0wZoAaaQm42HD2dyULGphLkbiTy7pjhIW51KNyN192bwbdqYG+T9\
    BOonZeBYVauDMHl5SaHuiI0wMZXTOqap";
const EVENT_MESSAGE: &str = "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]>\
    </FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>\
    <EventKey><![CDATA[qrscene_login_0001]]></EventKey><Ticket><![CDATA[TICKET]]></Ticket></xml>";

fn demo() -> Key {
    Key::parse(DEMO_KEY).unwrap()
}

fn random(text: &str) -> [u8; 16] {
    text.as_bytes().try_into().unwrap()
}

#[test]
fn addresses_and_plain_pushes_are_signed() {
    for (parts, expected) in [
        (["AAAAA", "1714036504", "1514711492"], "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (["AAAAA", "1714037059", "486452656"], "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (["test", "1410685589", "test"], "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"),
        (["789", "456", "123"], "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
    ] {
        assert_eq!(signature(&parts), expected);
    }
}

#[test]
fn a_secure_push_in_json() {
    let (token, timestamp, nonce) = ("AAAAA", "1714112445", "415670741");
    assert_eq!(signature(&[token, timestamp, nonce]), "6c5c811b55cc85e0e1b54100749188c20beb3f5d");
    assert_eq!(signature(&[token, timestamp, nonce, PUSH_JSON]), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3");
    let (message, appid) = Key::parse(&"A".repeat(43)).unwrap().decrypt(PUSH_JSON).unwrap();
    assert_eq!((message.len(), appid.as_str()), (167, "wxba5fad812f8e6fb9"));
    assert!(message.contains(r#""Event":"debug_demo","debug_str":"hello world""#));
}

#[test]
fn an_encrypted_reply_in_json() {
    let key = Key::parse(&"A".repeat(43)).unwrap();
    let sealed = key
        .encrypt(random("707722b803182950"), r#"{"demo_resp":"good luck"}"#, "wxba5fad812f8e6fb9")
        .unwrap();
    assert_eq!(
        sealed,
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    );
    assert_eq!(
        signature(&["AAAAA", "1713424427", "415670741", &sealed]),
        "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    );
}

#[test]
fn a_key_whose_last_character_has_spare_bits_opens_the_official_sample() {
    let key = demo();
    assert_eq!(hex(&key.0), "69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051");
    let (token, timestamp, nonce) = ("spamtest", "1409735669", "1320562132");
    assert_eq!(signature(&[token, timestamp, nonce]), "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a");
    assert_eq!(signature(&[token, timestamp, nonce, PUSH_TEXT]), "5d197aaffba7e9b25a30732f161a50dee96bd5fa");
    let (message, appid) = key.decrypt(PUSH_TEXT).unwrap();
    assert_eq!((message.len(), appid.as_str()), (280, DEMO_APPID));
    assert!(message.contains("<Content><![CDATA[abcdteT]]></Content>\n<MsgId>6054768590064713728</MsgId>"));
    assert_eq!(key.encrypt(random("89465c840c5f116f"), &message, DEMO_APPID).unwrap(), PUSH_TEXT);
}

#[test]
fn lengths_count_bytes() {
    let sealed = demo().encrypt(random("aaaabbbbccccdddd"), "我是中文abcd123", "wxb11529c136998cb6").unwrap();
    assert_eq!(
        sealed,
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    );
}

#[test]
fn a_secure_event() {
    let sealed = demo().encrypt(random("0123456789abcdef"), EVENT_MESSAGE, DEMO_APPID).unwrap();
    assert_eq!(sealed, PUSH_EVENT);
    let (token, timestamp, nonce) = ("spamtest", "1700000000", "1234567890");
    assert_eq!(signature(&[token, timestamp, nonce]), "6923fee283910b9dc27d140b5b472a67aa0f7865");
    assert_eq!(signature(&[token, timestamp, nonce, &sealed]), "bd14aa6bf9c998dc94be3a4a6ae3daeb542e4a69");
}

#[test]
fn padding_is_up_to_a_whole_block_of_32() {
    for length in 0..=66 {
        let message = "m".repeat(length);
        let sealed = demo().encrypt([7; 16], &message, DEMO_APPID).unwrap();
        assert_eq!(STANDARD.decode(&sealed).unwrap().len() % 32, 0);
        assert_eq!(demo().decrypt(&sealed), Some((message, DEMO_APPID.to_owned())));
    }
}

/// Encrypts without any of the rules.
fn forged(mut text: Vec<u8>) -> String {
    let length = text.len();
    let sealer = cbc::Encryptor::<Aes256>::new(&demo().0.into(), &demo().iv().into());
    sealer.encrypt_padded::<NoPadding>(&mut text, length).unwrap();
    STANDARD.encode(text)
}

#[test]
fn what_does_not_fit_is_nothing() {
    let head = |length: u32| [[7; 16].as_slice(), &length.to_be_bytes()].concat();
    let with_pad = |length: u32, pad: u8| {
        let mut text = head(length);
        text.resize(64, pad);
        forged(text)
    };
    assert_eq!(demo().decrypt(&with_pad(0, 32)), Some((String::new(), "\u{20}".repeat(12))));
    assert_eq!(demo().decrypt(&with_pad(0, 0)), None);
    assert_eq!(demo().decrypt(&with_pad(0, 33)), None);
    assert_eq!(demo().decrypt(&with_pad(13, 32)), None);
    assert_eq!(demo().decrypt(&with_pad(u32::MAX, 32)), None);
    assert_eq!(demo().decrypt(&forged([head(0).as_slice(), &[12; 12], &[16; 16]].concat())), None);
    assert_eq!(demo().decrypt(&forged(vec![1; 16])), None);
    assert_eq!(demo().decrypt(""), None);
    assert_eq!(demo().decrypt("%%%"), None);
    assert!(Key::parse(&"A".repeat(42)).is_none() && Key::parse(&"-".repeat(43)).is_none());
}

#[test]
fn a_flipped_byte_never_panics_and_hardly_ever_opens() {
    let whole = STANDARD.decode(PUSH_EVENT).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        let opened = demo().decrypt(&STANDARD.encode(bytes));
        assert_ne!(opened, Some((EVENT_MESSAGE.to_owned(), DEMO_APPID.to_owned())), "{at}");
    }
}
