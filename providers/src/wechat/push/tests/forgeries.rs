//! Who is not WeChat, or not talking to us, or too late: all hear the same (PSH-01, 02, 03, 07, 08).

use super::*;
use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saoma_core::provider::PersonChange;

const KEY_BYTES: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE=";

/// Encrypts exactly these bytes, whatever they are.
fn encrypted(plain: &[u8]) -> String {
    let key = STANDARD.decode(KEY_BYTES).unwrap();
    let mut bytes = plain.to_vec();
    let whole = bytes.len();
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).unwrap();
    STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut bytes, whole).unwrap())
}

/// A proper plaintext without its padding.
fn framed(message: &[u8], length: u32, owner: &str) -> Vec<u8> {
    [&b"0123456789abcdef"[..], &length.to_be_bytes(), message, owner.as_bytes()].concat()
}

fn padded(mut plain: Vec<u8>) -> Vec<u8> {
    let missing = 32 - plain.len() % 32;
    plain.resize(plain.len() + missing, u8::try_from(missing).unwrap());
    plain
}

#[test]
fn psh_01_a_good_push_is_heard_at_both_ends_of_the_window() {
    let letter = Letter::sealed(&event("SCAN", SCENE));
    let now: i64 = NOW.parse().unwrap();
    for at in [now - 300, now, now + 300] {
        assert_eq!(letter.to_at(&safe(), at).unwrap().happened, scanned());
    }
    for at in [now - 301, now + 301, 0, i64::from(u32::MAX)] {
        assert_eq!(letter.to_at(&safe(), at).unwrap_err(), Reject::NotAuthentic);
    }
}

#[test]
fn psh_01_queries_of_another_shape_are_malformed() {
    let good = Letter::sealed(&event("SCAN", SCENE));
    for (name, values) in [
        (
            "timestamp",
            &[
                "",
                "170000000",
                "17000000000",
                "+700000000",
                " 170000000",
                "17e0000000",
                "１７００００００００",
            ][..],
        ),
        ("nonce", &["", "123456789012345678901234567890123", "a b", "a&b", "扫", "a\0"]),
        ("msg_signature", &["", "abc", "BD14AA6BF9C998DC94BE3A4A6AE3DAEB542E4A69"]),
        ("signature", &["g923fee283910b9dc27d140b5b472a67aa0f7865", "6923"]),
        ("encrypt_type", &["", "AES", "des"]),
    ] {
        for value in values {
            let bad = good.clone().with(name, value);
            assert_eq!(bad.to(&safe()).unwrap_err(), Reject::Malformed, "{name}={value}");
        }
    }
    for name in ["timestamp", "nonce"] {
        assert_eq!(good.clone().without(name).to(&safe()).unwrap_err(), Reject::Malformed);
    }
}

#[test]
fn psh_01_signatures_of_others_do_not_count() {
    let good = Letter::sealed(&event("SCAN", SCENE));
    let plain = good.query["signature"].clone();
    let stranger = PushDoor { token: Secret::new("spamtesT"), ..safe() };
    assert_eq!(good.to(&stranger).unwrap_err(), Reject::NotAuthentic);
    for bad in [
        // The signature that does not cover the body, in the place of the one that does.
        good.clone().with("msg_signature", &plain),
        good.clone().without("msg_signature"),
        good.clone().with("nonce", "1234567891"),
        good.clone().with("timestamp", "1700000001"),
    ] {
        assert_eq!(bad.to(&safe()).unwrap_err(), Reject::NotAuthentic);
    }
}

#[test]
fn psh_01_parts_cut_elsewhere_give_the_same_signature_and_so_are_spent_together() {
    // Timestamp and nonce of the vendor's sample, exchanged: the sorted parts are the same text.
    let (token, timestamp, nonce) = ("AAAAA", "1714036504", "1514711492");
    let signature = signature::sign([token, timestamp, nonce]);
    let door = PushDoor { token: Secret::new(token), ..door(PushMode::Plain, &[]) };
    let body = event("SCAN", SCENE);
    let letter = |timestamp: &str, nonce: &str| Letter {
        query: query(&[("timestamp", timestamp), ("nonce", nonce), ("signature", &signature)]),
        body: body.clone().into_bytes(),
    };
    let digits = format!("{nonce}{timestamp}");
    for cut in 0..=digits.len() {
        let (left, right) = digits.split_at(cut);
        for (time, rest) in [(left, right), (right, left)] {
            let other = letter(time, rest);
            // Shape and time leave the original, and at its own time what is its mirror image.
            let heard = [1_714_036_504, 1_514_711_492].map(|at| other.to_at(&door, at).ok());
            for push in heard.into_iter().flatten() {
                assert_eq!(cut, 10);
                assert_eq!(push.once.unwrap().expose(), signature);
            }
            if cut != 10 {
                assert_eq!(other.to_at(&door, 1_714_036_504).unwrap_err(), Reject::Malformed);
            }
        }
    }
}

#[test]
fn psh_02_only_the_declared_shape_is_heard() {
    let message = event("SCAN", SCENE);
    let (sealed, plain) = (Letter::sealed(&message), Letter::plain(&message));
    let body = String::from_utf8(sealed.body.clone()).unwrap();
    let both = |letter: &Letter| {
        let inner = body.replace("<xml>", "").replace("</xml>", "");
        let inner = inner.replace("<ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>", "");
        Letter { body: message.replace("</xml>", &format!("{inner}</xml>")).into_bytes(), ..letter.clone() }
    };
    let doors = [PushMode::Safe, PushMode::Compatible, PushMode::Plain].map(|mode| door(mode, &[KEY]));
    for (letter, heard) in [
        (sealed.clone(), [true, true, false]),
        (both(&sealed), [false, true, false]),
        (both(&plain), [false, false, false]),
        (plain.clone(), [false, false, true]),
        (plain.clone().with("encrypt_type", "raw"), [false, false, true]),
        // Downgrades: an encrypted body called plain, a plain one called encrypted.
        (sealed.clone().with("encrypt_type", "raw"), [false, false, false]),
        (sealed.without("encrypt_type"), [false, false, false]),
        (plain.clone().with("encrypt_type", "aes"), [false, false, false]),
        (plain.with("msg_signature", &"0".repeat(40)).with("encrypt_type", "aes"), [false, false, false]),
    ] {
        for (door, heard) in doors.iter().zip(heard) {
            let outcome = letter.to(door).map(|push| push.happened);
            assert_eq!(outcome, if heard { Ok(scanned()) } else { Err(Reject::NotAuthentic) });
        }
    }
}

#[test]
fn psh_02_in_plain_mode_a_signature_serves_one_message_and_nobody_is_forgotten() {
    let plain = door(PushMode::Plain, &[]);
    let push = Letter::plain(&event("SCAN", SCENE)).to(&plain).unwrap();
    assert_eq!(push.once.unwrap().expose(), signature::sign([TOKEN, NOW, NONCE]));
    let revoke = revocation("oPerson", OWNER);
    assert_eq!(Letter::plain(&revoke).to(&plain).unwrap().happened, Happened::Other);
    let sealed = Letter::sealed(&revoke).to(&safe()).unwrap();
    assert_eq!(sealed.happened, Happened::Changed(PersonChange::Revoked));
}

fn revocation(openid: &str, appid: &str) -> String {
    event("user_authorization_revoke", "").replace(
        "</xml>",
        &format!("<OpenID>{openid}</OpenID><AppID>{appid}</AppID><RevokeInfo>301</RevokeInfo></xml>"),
    )
}

#[test]
fn psh_03_everything_after_the_signature_fails_alike() {
    let message = event("SCAN", SCENE);
    let bytes = message.as_bytes();
    let length = u32::try_from(bytes.len()).unwrap();
    let good = framed(bytes, length, OWNER);
    let strict = encrypted(&padded(good.clone()));
    assert!(Letter::signed(&strict).to(&safe()).is_ok());
    let mut zero = padded(good.clone());
    *zero.last_mut().unwrap() = 0;
    let mut too_long = padded(good.clone());
    let until = too_long.len() + 32 - 33;
    too_long.resize(until, b'x');
    too_long.resize(until + 33, 33);
    let mut uneven = padded(good.clone());
    let last = uneven.len() - 2;
    uneven[last] ^= 1;
    let mut one_flipped = STANDARD.decode(&strict).unwrap();
    one_flipped[40] ^= 1;
    for (name, encrypt) in [
        ("padding of 0", encrypted(&zero)),
        ("padding of 33", encrypted(&too_long)),
        ("uneven padding", encrypted(&uneven)),
        ("length beyond the end", encrypted(&padded(framed(bytes, length + 19, OWNER)))),
        ("length of 4 GiB", encrypted(&padded(framed(bytes, u32::MAX, OWNER)))),
        ("length too short", encrypted(&padded(framed(bytes, length - 1, OWNER)))),
        ("another app", encrypted(&padded(framed(bytes, length, "wxb11529c136998cb6")))),
        ("no app", encrypted(&padded(framed(bytes, length, "")))),
        ("nothing but padding", encrypted(&[32; 32])),
        ("half a block", encrypted(&[1; 48])),
        ("a flipped byte", STANDARD.encode(&one_flipped)),
        ("no base64", "?".to_owned()),
        ("nothing", String::new()),
        ("no XML", encrypted(&padded(framed(b"hello", 5, OWNER)))),
        ("no UTF-8", encrypted(&padded(framed(b"\xff\xff", 2, OWNER)))),
        ("JSON inside of XML", encrypted(&padded(framed(b"{}", 2, OWNER)))),
        ("an empty message", encrypted(&padded(framed(b"<xml></xml>", 11, OWNER)))),
    ] {
        assert_eq!(Letter::signed(&encrypt).to(&safe()).unwrap_err(), Reject::NotAuthentic, "{name}");
    }
}

#[test]
fn psh_03_four_thousand_flipped_bytes() {
    let good = Letter::sealed(&event("SCAN", SCENE));
    let door = door(PushMode::Safe, &[KEY, OTHER_KEY]);
    for turn in 0..4096_usize {
        let mut bad = good.clone();
        let mask = u8::try_from(1 + turn % 255).unwrap();
        if turn % 4 == 0 {
            let name = ["timestamp", "nonce", "msg_signature"][turn / 4 % 3];
            let value = bad.query.get_mut(name).unwrap();
            let at = turn / 12 % value.len();
            let mut bytes = value.clone().into_bytes();
            bytes[at] ^= mask;
            *value = String::from_utf8_lossy(&bytes).into_owned();
            assert!(bad.to(&door).is_err(), "{name} {at} {mask}");
        } else {
            let at = turn * 7 % bad.body.len();
            bad.body[at] ^= mask;
            // The account's id in the outer body is covered by nothing and used for nothing.
            match bad.to(&door) {
                Ok(push) => assert!(at < 60, "{at} {mask} {:?}", push.happened),
                Err(reject) => assert_eq!(reject, Reject::NotAuthentic, "{at} {mask}"),
            }
        }
    }
}

#[test]
fn psh_07_a_message_for_another_app_is_none() {
    let elsewhere = PushDoor { appid: "wxb11529c136998cb6".to_owned(), ..safe() };
    assert_eq!(Letter::sealed(&event("SCAN", SCENE)).to(&elsewhere).unwrap_err(), Reject::NotAuthentic);
    let revoke = |appid| Letter::sealed(&revocation("oPerson", appid)).to(&safe()).map(|push| push.happened);
    assert_eq!(revoke(OWNER), Ok(Happened::Changed(PersonChange::Revoked)));
    assert_eq!(revoke("wxb11529c136998cb6"), Err(Reject::NotAuthentic));
}

#[test]
fn psh_08_the_echo_is_short_and_signed() {
    let signature = signature::sign([TOKEN, NOW, NONCE]);
    let ask = |echo: Option<&str>, signature: &str, now: i64| {
        let mut query = query(&[("timestamp", NOW), ("nonce", NONCE), ("signature", signature)]);
        if let Some(echo) = echo {
            query.insert("echostr".to_owned(), echo.to_owned());
        }
        let raw = RawPush { is_post: false, query: &query, body: b"" };
        match safe().receive(Timestamp(now * 1000), &raw) {
            Ok(Delivery::Echo(reply)) => Ok((reply.media_type, reply.body)),
            Ok(Delivery::Message(_)) => panic!("an address verification is no message"),
            Err(reject) => Err(reject),
        }
    };
    let script = "<script>alert(1)</script>";
    let plain = Ok(("text/plain", Bytes::from_static(script.as_bytes())));
    assert_eq!(ask(Some(script), &signature, 1_700_000_000), plain);
    assert!(ask(Some(&"1".repeat(64)), &signature, 1_700_000_000).is_ok());
    for bad in [None, Some(""), Some(&*"1".repeat(65))] {
        assert_eq!(ask(bad, &signature, 1_700_000_000), Err(Reject::Malformed));
    }
    assert_eq!(ask(Some("1"), &"0".repeat(40), 1_700_000_000), Err(Reject::NotAuthentic));
    assert_eq!(ask(Some("1"), &signature, 1_700_000_301), Err(Reject::NotAuthentic));
}

#[test]
fn keys_are_43_letters_and_digits_and_the_previous_one_still_opens() {
    for bad in ["", &KEY[1..], &format!("{KEY}="), &format!("{}+", &KEY[..42])] {
        assert!(AesKey::parse(bad).is_none(), "{bad}");
    }
    // The last character carries bits that do not count, which a strict reader would not take.
    assert!(STANDARD.decode(format!("{KEY}=")).is_err());
    let letter = Letter::sealed(&event("SCAN", SCENE));
    assert!(letter.to(&door(PushMode::Safe, &[OTHER_KEY, KEY])).is_ok());
    assert!(letter.to(&door(PushMode::Safe, &[KEY, OTHER_KEY])).is_ok());
    assert_eq!(letter.to(&door(PushMode::Safe, &[OTHER_KEY])).unwrap_err(), Reject::NotAuthentic);
}
