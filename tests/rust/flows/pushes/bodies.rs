//! PSH-04 and PSH-05: bodies made to hurt a parser, and bodies without an end.

use super::steps::{assert_refused, begin, scene, standing, timed_house, world};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::inspect::pour;
use saoma_tests::letter::{Letter, Writer};
use saoma_tests::visitor::Visitor;
use saoma_tests::ways::{PLAIN, SERVICE};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// What a body that is refused may cost, in an unoptimised build beside other tests.
const QUICK: Duration = Duration::from_secs(2);
/// What lies in socket buffers when nobody reads on.
const BUFFERED: usize = 32 * 1024 * 1024;

/// What a good document becomes by one addition each: none of it may be read.
fn hostile(good: &str, trap: &str) -> Vec<(String, Vec<u8>)> {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let blow = format!("<!DOCTYPE xml [<!ENTITY q \"{}\">]>", "q".repeat(8000));
    let mut all = Vec::new();
    for (what, before) in [
        ("a DTD", "<!DOCTYPE xml>"),
        ("an entity", "<!DOCTYPE xml [<!ENTITY l0 \"lol\">]>"),
        ("entities of entities", &format!("<!DOCTYPE xml [<!ENTITY l0 \"lol\">{laughs}]>")),
        ("a long entity", &blow),
        ("a file", "<!DOCTYPE xml [<!ENTITY l0 SYSTEM \"file:///etc/passwd\">]>"),
        ("an address", &format!("<!DOCTYPE xml [<!ENTITY l0 SYSTEM \"{trap}\">]>")),
        ("a DTD elsewhere", &format!("<!DOCTYPE xml SYSTEM \"{trap}/x.dtd\">")),
        ("a public DTD", &format!("<!DOCTYPE xml PUBLIC \"-//x\" \"{trap}/x.dtd\">")),
        ("a parameter entity", &format!("<!DOCTYPE xml [<!ENTITY % p SYSTEM \"{trap}\"> %p;]>")),
        ("a comment before", "<!-- -->"),
        ("a style sheet", "<?xml-stylesheet href=\"x\"?>"),
        ("another encoding", "<?xml version=\"1.0\" encoding=\"gbk\"?>"),
        ("UTF-16 by name", "<?xml version=\"1.0\" encoding=\"utf-16\"?>"),
        ("text before", "x"),
        ("a root before", "<xml></xml>"),
    ] {
        all.push((what.to_owned(), format!("{before}{good}").into_bytes()));
        let used =
            good.replace("gh_0123456789ab", "&l0;&l9;&q;").replace("<![CDATA[&", "&").replace(";]]>", ";");
        all.push((format!("{what}, used"), format!("{before}{used}").into_bytes()));
    }
    let many: String = (0..300).map(|n| format!("<A{n}/>")).collect();
    for (what, inside) in [
        ("nine deep", format!("{}{}", "<A>".repeat(8), "</A>".repeat(8))),
        ("5,000 deep", format!("{}{}", "<A>".repeat(5000), "</A>".repeat(5000))),
        ("5,000 that never end", "<A>".repeat(5000)),
        ("300 fields", many),
        ("9,000 elements", format!("<A>{}</A>", "<B/>".repeat(9000))),
        ("a field twice", "<A>1</A><A>2</A>".to_owned()),
        ("the account twice", "<ToUserName>x</ToUserName>".to_owned()),
        ("a comment", "<A>1<!-- -->2</A>".to_owned()),
        ("a processing instruction", "<?php x?>".to_owned()),
        ("an unknown entity", "<A>&other;</A>".to_owned()),
        ("a character by its number", "<A>&#65;</A>".to_owned()),
        ("an attribute", "<A b=\"c\"/>".to_owned()),
        (
            "an inclusion",
            format!("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{trap}\"/>"),
        ),
        ("a control character", "<A>\u{1}</A>".to_owned()),
        ("a NUL", "<A>\0</A>".to_owned()),
        ("text between", "x".to_owned()),
        ("an end too many", "</A>".to_owned()),
        ("a DTD inside", "<!DOCTYPE xml>".to_owned()),
    ] {
        all.push((what.to_owned(), good.replace("</xml>", &format!("{inside}</xml>")).into_bytes()));
    }
    let units: Vec<u16> = format!("\u{feff}{good}").encode_utf16().collect();
    all.push(("UTF-16".to_owned(), units.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
    all.push((
        "UTF-16, the other way".to_owned(),
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ));
    all.push((
        "no UTF-8".to_owned(),
        good.replace("</xml>", "<A>?</A></xml>").replace('?', "\u{e9}").chars().map(|c| c as u8).collect(),
    ));
    all.push(("a second root".to_owned(), format!("{good}<xml></xml>").into_bytes()));
    all.push(("the end is missing".to_owned(), good.strip_suffix("</xml>").unwrap().into()));
    all.push(("nothing".to_owned(), Vec::new()));
    all
}

/// Sends it; it must be refused at once.
async fn refused_at_once(visitor: &Visitor, what: &str, letter: &Letter) {
    let began = Instant::now();
    assert_refused(what, &letter.send(visitor).await, StatusCode::FORBIDDEN);
    assert!(began.elapsed() < QUICK, "{what} took {:?}", began.elapsed());
}

every_database! {
    /// As a plain message, inside of what is encrypted, and around it: refused alike, at once, and nobody
    /// was called. The same document without the addition is taken.
    async fn psh_04_hostile_documents_are_refused_alike(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        let address = format!("http://{}", trap.local_addr().unwrap());
        let (safe, plain) = (Writer::of(&house, &SERVICE), Writer::of(&house, &PLAIN));
        let (sealed, open) = (begin(&visitor, &SERVICE).await.0, begin(&visitor, &PLAIN).await.0);
        let scan = safe.scan("oPerson", &scene(db, &sealed).await);
        let bare = plain.scan("oPerson", &scene(db, &open).await);
        let encrypt = safe.encrypt(scan.as_bytes());
        let around = String::from_utf8(safe.wrapped(&encrypt).body).unwrap();
        let before = world(db).await;
        for (what, body) in hostile(&bare, &address) {
            refused_at_once(&visitor, &format!("plain: {what}"), &plain.plain(body)).await;
        }
        for (what, body) in hostile(&scan, &address) {
            refused_at_once(&visitor, &format!("inside: {what}"), &safe.sealed(body)).await;
        }
        for (what, body) in hostile(&around, &address) {
            refused_at_once(&visitor, &format!("around: {what}"), &safe.signed(&encrypt, body)).await;
        }
        assert_eq!(world(db).await, before, "a hostile document has moved something");
        assert_eq!(trap.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody was called");
        for (letter, held) in [(safe.signed(&encrypt, around), &sealed), (plain.plain(bare), &open)] {
            assert_eq!(letter.send(&visitor).await.status, StatusCode::OK);
            assert_eq!(standing(&visitor, held).await, ("scanned".to_owned(), 2));
        }
        house.close().await;
    }

    /// JSON by the same rules.
    async fn psh_04_hostile_json_is_refused_alike(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &PLAIN);
        let (held, _) = begin(&visitor, &PLAIN).await;
        let scene = scene(db, &held).await;
        let json = |more: &str| {
            format!(
                r#"{{"ToUserName":"gh_1","FromUserName":"oPerson","CreateTime":1,"MsgType":"event","Event":"SCAN","EventKey":"{scene}"{more}}}"#
            )
        };
        let before = world(db).await;
        for (what, body) in [
            ("a field twice", json(",\"EventKey\":\"x\"")),
            ("the same by another spelling", json(",\"Event\\u004bey\":\"x\"")),
            ("nine deep", json(&format!(",\"A\":{}{}", "[".repeat(8), "]".repeat(8)))),
            ("20,000 deep", json(&format!(",\"A\":{}{}", "[".repeat(20_000), "]".repeat(20_000)))),
            ("30,000 that never end", format!("{{\"A\":{}", "[".repeat(30_000))),
            ("300 values", json(&format!(",\"A\":[{}1]", "1,".repeat(300)))),
            ("30,000 values", json(&format!(",\"A\":[{}1]", "1,".repeat(30_000)))),
            ("a second document", format!("{}{}", json(""), json(""))),
            ("half a character", json(",\"A\":\"\\ud800\"")),
            ("a comma too many", json(",")),
        ] {
            refused_at_once(&visitor, what, &writer.plain(body)).await;
        }
        assert_eq!(world(db).await, before, "hostile JSON has moved something");
        assert_eq!(writer.plain(json("")).send(&visitor).await.status, StatusCode::OK);
        assert_eq!(standing(&visitor, &held).await.0, "scanned");
        house.close().await;
    }

    /// Counted on what is read: endless, announced or not, or only large; it is cut off at the cap.
    async fn psh_05_no_body_is_read_beyond_the_cap(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let good = writer.sealed(writer.scan("oPerson", &scene(db, &held).await));
        let address = visitor.saoma.strip_prefix("http://").unwrap();
        let before = world(db).await;
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len()).into_bytes();
        let chunked = "transfer-encoding: chunked\r\n";
        for (what, headers, more) in [
            ("endless blanks", chunked, chunk(&" ".repeat(4096))),
            ("endless in single bytes", chunked, chunk(" ")),
            ("endless elements", chunked, chunk(&"<A/>".repeat(1024))),
            ("endless nesting", chunked, chunk(&"<A>".repeat(1024))),
            ("ten megabytes", "content-length: 10000000\r\n", vec![b' '; 4096]),
            ("100,000 deep", "content-length: 700000\r\n", b"<A>".repeat(1000)),
            ("100,000 elements", "content-length: 400000\r\n", b"<A/>".repeat(1000)),
            ("more than there can be", "content-length: 9223372036854775807\r\n", vec![b' '; 4096]),
        ] {
            let began = Instant::now();
            let (answer, sent) = pour(address, &good.head(&visitor, headers), &more).await;
            assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("\r\n\r\nrefused\n"), "{what}: {answer}");
            assert!(sent < BUFFERED, "{what}: {sent} bytes were taken");
            assert!(began.elapsed() < QUICK * 3, "{what} took {:?}", began.elapsed());
        }
        // One byte more than the cap, and no length at all.
        let large = good.clone().saying(vec![b' '; 64 * 1024 + 1]).send(&visitor).await;
        assert_refused("one byte more", &large, StatusCode::PAYLOAD_TOO_LARGE);
        let (answer, _) = pour(address, &good.head(&visitor, "connection: close\r\n"), b"").await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "no length: {answer}");
        assert_eq!(world(db).await, before, "a body without an end has moved something");
        // As large as may be: blanks behind the end change nothing.
        let mut body = good.body.clone();
        body.resize(64 * 1024, b' ');
        assert_eq!(good.saying(body).send(&visitor).await.status, StatusCode::OK);
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        house.close().await;
    }
}
