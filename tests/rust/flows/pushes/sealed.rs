//! PSH-03: behind the signature every failure is the same one; four thousand changed bytes, and one answer.

use super::steps::{assert_refused, begin, scene, standing, timed_house, world};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::letter::{Letter, Writer, element};
use saoma_tests::visitor::Visitor;
use saoma_tests::ways::SERVICE;
use std::collections::BTreeSet;

const FLIPS: usize = 4096;
const AT_ONCE: usize = 32;

/// Bytes that are not ours to protect: the account's name beside what is encrypted is used for nothing.
fn unused(body: &[u8]) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(body).unwrap();
    let start = text.find("<![CDATA[").unwrap() + 9;
    start..text.find("]]>").unwrap()
}

/// A scan whose bytes are so arranged that a change anywhere breaks it: what CBC garbles, sixteen bytes at
/// a time, always holds some of the markup.
fn brittle(writer: &Writer, scene: &str) -> String {
    let spread = |blanks: usize| {
        writer.scan("oPerson", scene).replace("<Event>", &format!("{}<Event>", " ".repeat(blanks)))
    };
    let middle = |message: &str| (20 + message.find(scene).unwrap() + scene.len() / 2) % 16;
    (0..16).map(spread).find(|message| middle(message) == 0).unwrap()
}

/// The answers to all of them, each sort once.
async fn answers(visitor: &Visitor, letters: impl Iterator<Item = Letter>) -> BTreeSet<(u16, Bytes)> {
    let sent = letters.map(|letter| async move {
        let answer = letter.send(visitor).await;
        (answer.status.as_u16(), answer.bytes)
    });
    stream::iter(sent).buffer_unordered(AT_ONCE).collect().await
}

every_database! {
    /// Each with one byte changed: of what is encrypted, signed anew by whoever holds the token, and of
    /// the whole body.
    async fn psh_03_every_changed_byte_is_answered_alike(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let message = brittle(&writer, &scene(db, &held).await);
        let good = writer.sealed(&message);
        let cipher = STANDARD.decode(writer.encrypt(message.as_bytes())).unwrap();
        let unused = unused(&good.body);
        let before = world(db).await;
        // Every byte about ten times, each time another way.
        let flipped = |bytes: &[u8], turn: usize| {
            let mut bytes = bytes.to_vec();
            let at = turn % bytes.len();
            bytes[at] ^= u8::try_from(1 + (turn + 37 * (turn / bytes.len())) % 255).unwrap();
            bytes
        };
        let inside = (0..FLIPS).map(|turn| writer.wrapped(&STANDARD.encode(flipped(&cipher, turn))));
        let outside = (0..).filter(|turn| !unused.contains(&(turn % good.body.len()))).take(FLIPS);
        let outside = outside.map(|turn| good.clone().saying(flipped(&good.body, turn)));
        let refused = BTreeSet::from([(403, Bytes::from_static(b"refused\n"))]);
        assert_eq!(answers(&visitor, inside).await, refused, "inside");
        assert_eq!(answers(&visitor, outside).await, refused, "outside");
        assert_eq!(world(db).await, before, "a changed message has moved something");
        assert_eq!(good.send(&visitor).await.status, StatusCode::OK);
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        house.close().await;
    }

    /// Another key, another account, no account, no message, no block, no base64: one answer.
    async fn psh_03_every_failure_behind_the_signature_is_the_same(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let scan = writer.scan("oPerson", &scene(db, &held).await);
        let encrypt = writer.encrypt(scan.as_bytes());
        let cipher = STANDARD.decode(&encrypt).unwrap();
        let keyed = |aes_key: &str| Writer { aes_key: aes_key.to_owned(), ..writer.clone() };
        let of = |appid: &str| Writer { appid: appid.to_owned(), ..writer.clone() };
        let before = world(db).await;
        for (what, letter) in [
            ("another key", keyed(&"A".repeat(43)).sealed(&scan)),
            ("another account", of("wx00000000000000ff").sealed(&scan)),
            ("a longer name of the account", of("wx00000000000000b1x").sealed(&scan)),
            ("no account", of("").sealed(&scan)),
            ("an empty message", writer.sealed("")),
            ("no XML", writer.sealed("hello")),
            ("JSON inside of XML", writer.sealed("{\"a\":1}")),
            ("no UTF-8", writer.sealed(b"<xml><A>\xff</A></xml>")),
            ("no person", writer.sealed(scan.replace("FromUserName", "From"))),
            ("no time", writer.sealed(scan.replace("CreateTime", "Created"))),
            ("an Encrypt inside of Encrypt only", writer.sealed(format!("<xml>{}</xml>", element("Encrypt", &encrypt)))),
            ("half a block", writer.wrapped(&STANDARD.encode(&cipher[..cipher.len() - 16]))),
            ("one block", writer.wrapped(&STANDARD.encode(&cipher[..32]))),
            ("the last block is missing", writer.wrapped(&STANDARD.encode(&cipher[..cipher.len() - 32]))),
            ("blocks exchanged", writer.wrapped(&STANDARD.encode([&cipher[32..64], &cipher[..32], &cipher[64..]].concat()))),
            ("nothing", writer.wrapped("")),
            ("no base64", writer.wrapped("?")),
            ("base64 of the web", writer.wrapped(&format!("-{}", &encrypt[1..]))),
            ("blanks in base64", writer.wrapped(&format!("{} {}", &encrypt[..8], &encrypt[8..]))),
            ("base64 without its end", writer.wrapped(&encrypt[..encrypt.len() - 1])),
        ] {
            assert_refused(what, &letter.send(&visitor).await, StatusCode::FORBIDDEN);
        }
        assert_eq!(world(db).await, before);
        assert_eq!(standing(&visitor, &held).await, ("pending".to_owned(), 1));
        house.close().await;
    }
}
