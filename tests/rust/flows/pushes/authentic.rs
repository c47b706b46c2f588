//! PSH-01: whose message it is, and how old; a signature serves for one message.

use super::steps::{assert_refused, begin, scene, standing, timed_house, world};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::letter::{Letter, Writer, now, signature};
use saoma_tests::ways::{PLAIN, PUSH_TOKEN, SERVICE};

/// Letters that differ from a good one in a part of their query, which must have another shape.
fn misshapen(good: &Letter) -> Vec<(String, Letter)> {
    let capitals = good.get("msg_signature").to_uppercase();
    assert_ne!(capitals, good.get("msg_signature"));
    let parts: [(&str, Vec<&str>); 5] = [
        ("timestamp", vec!["", "180000000", "18000000000", "+800000000", " 800000000", "18e0000000", "１８"]),
        ("nonce", vec!["", "123456789012345678901234567890123", "a b", "a&b", "a.b", "a/b", "扫", "%00"]),
        ("msg_signature", vec!["", "abc", &capitals, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"]),
        ("signature", vec!["", "abc", &capitals]),
        ("encrypt_type", vec!["", "AES", "des"]),
    ];
    let each = parts.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let mut all: Vec<_> =
        each.map(|(name, value)| (format!("{name}={value}"), good.clone().with(name, value))).collect();
    all.extend(["timestamp", "nonce"].map(|name| (format!("no {name}"), good.clone().without(name))));
    all
}

every_database! {
    /// Without the token, with a signature of something else, or in another shape: nothing moves. The good
    /// one, sent again, is answered alike and moves nothing more.
    async fn psh_01_only_what_wechat_signed_is_heard(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let scan = writer.scan("oPerson", &scene(db, &held).await);
        let good = writer.sealed(&scan);
        let stranger = Writer { token: "tokenOfTestz".to_owned(), ..writer.clone() };
        let (timestamp, nonce) = (good.get("timestamp"), good.get("nonce"));
        let nothing = signature(&[timestamp, nonce]);
        let before = world(db).await;
        for (what, letter) in [
            ("another token", stranger.sealed(&scan)),
            ("no token", good.clone().with("msg_signature", &nothing)),
            ("the signature that does not cover the body", good.clone().with("msg_signature", good.get("signature"))),
            ("no signature of the body", good.clone().without("msg_signature")),
            ("the signature of another message", good.clone().saying(writer.sealed(writer.scan("oOther", "")).body)),
            ("another nonce", good.clone().with("nonce", "1234567890")),
            ("another second", good.clone().with("timestamp", &(writer.now + 1).to_string())),
        ] {
            assert_refused(what, &letter.send(&visitor).await, StatusCode::FORBIDDEN);
        }
        for (what, letter) in misshapen(&good) {
            assert_refused(&what, &letter.send(&visitor).await, StatusCode::BAD_REQUEST);
        }
        assert_eq!(world(db).await, before, "a forgery has moved something");
        let first = good.send(&visitor).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(writer.read(&first).contains("/confirm/"), "{}", writer.read(&first));
        let moved = world(db).await;
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        // Tried again as it was, and signed anew a moment later.
        for again in [good.clone(), Writer { now: writer.now + 5, ..writer.clone() }.sealed(&scan)] {
            let answer = again.send(&visitor).await;
            assert_eq!((answer.status, writer.read(&answer)), (StatusCode::OK, writer.read(&first)));
        }
        assert_eq!(world(db).await, moved, "a repetition has moved something");
        house.close().await;
    }

    /// Five minutes to either side and no more, in every mode.
    async fn psh_01_messages_are_fresh(db: &Database) {
        let house = timed_house(db).await;
        let (visitor, now) = (house.visitor(), now(&house));
        let (safe, plain) = ((begin(&visitor, &SERVICE).await).0, begin(&visitor, &PLAIN).await.0);
        let (safe_scene, plain_scene) = (scene(db, &safe).await, scene(db, &plain).await);
        let letters = |at: i64| {
            let (safe, plain) = (Writer::at(&SERVICE, at), Writer::at(&PLAIN, at));
            let echo = safe.echo("4375120948345356249");
            [safe.sealed(safe.scan("oPerson", &safe_scene)), plain.plain(plain.scan("oPerson", &plain_scene)), echo]
        };
        let before = world(db).await;
        for at in [now - 301, now + 301, now - 86_400, 1_000_000_000, 9_999_999_999] {
            for letter in letters(at) {
                assert_refused(&at.to_string(), &letter.send(&visitor).await, StatusCode::FORBIDDEN);
            }
        }
        assert_eq!(world(db).await, before, "a stale message has moved something");
        for at in [now - 299, now + 299] {
            for letter in letters(at) {
                assert_eq!(letter.send(&visitor).await.status, StatusCode::OK, "{at}");
            }
        }
        for held in [&safe, &plain] {
            assert_eq!(standing(&visitor, held).await, ("scanned".to_owned(), 2));
        }
        // What was fresh is not for ever.
        let old = letters(now);
        house.clock.as_ref().unwrap().advance_seconds(301);
        for letter in old {
            assert_refused("it has grown old", &letter.send(&visitor).await, StatusCode::FORBIDDEN);
        }
        house.close().await;
    }

    /// In plain mode the signature does not cover the body, so it is spent by the first one, whatever that
    /// was about; also when its parts are cut elsewhere.
    async fn psh_01_a_plain_signature_serves_one_message(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &PLAIN);
        let (first, second) = (begin(&visitor, &PLAIN).await.0, begin(&visitor, &PLAIN).await.0);
        let (scan, other) =
            (writer.scan("oPerson", &scene(db, &first).await), writer.scan("oPerson", &scene(db, &second).await));
        // A nonce that could be a time, a little later.
        let swapped = (writer.now + 100).to_string();
        let token_first = signature(&[PUSH_TOKEN, &writer.now.to_string(), &swapped]);
        let letter = writer.plain(scan.clone()).with("nonce", &swapped).with("signature", &token_first);
        let spent = letter.send(&visitor).await;
        assert_eq!(spent.status, StatusCode::OK);
        let moved = world(db).await;
        assert_eq!(standing(&visitor, &first).await, ("scanned".to_owned(), 2));
        let (timestamp, nonce) = (letter.get("timestamp"), letter.get("nonce"));
        let mirrored = letter.clone().with("timestamp", nonce).with("nonce", timestamp);
        let both = format!("{timestamp}{nonce}");
        for (what, forged) in [("its signature", letter.clone()), ("its signature, mirrored", mirrored.clone())] {
            assert_refused(what, &forged.saying(other.clone()).send(&visitor).await, StatusCode::FORBIDDEN);
        }
        for cut in (1..both.len()).filter(|cut| *cut != 10) {
            let (left, right) = both.split_at(cut);
            let forged = letter.clone().with("timestamp", left).with("nonce", right).saying(other.clone());
            assert_refused(&format!("cut at {cut}"), &forged.send(&visitor).await, StatusCode::BAD_REQUEST);
        }
        for again in [letter, mirrored] {
            let answer = again.send(&visitor).await;
            assert_eq!((answer.status, &answer.bytes), (StatusCode::OK, &spent.bytes));
        }
        // So are the signatures of messages that were about something else.
        for ours in [
            writer.event("oPerson", "CLICK", "menu"),
            writer.text("oPerson", "hello"),
            writer.event("oPerson", "unsubscribe", ""),
            writer.scan("oPerson", "AAAAAAAAAAAAAAAAAAAAAA"),
        ] {
            let letter = writer.plain(ours.clone());
            assert_eq!(letter.send(&visitor).await.status, StatusCode::OK, "{ours}");
            let forged = letter.saying(other.clone());
            assert_refused(&ours, &forged.send(&visitor).await, StatusCode::FORBIDDEN);
        }
        assert_eq!(world(db).await, moved, "a forgery has moved something");
        house.close().await;
    }
}
