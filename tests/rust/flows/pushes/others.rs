//! Whatever else an account is told of: answered with `success`, counted for its operator, and left alone.

use super::steps::{begin, scene, standing, timed_house, world};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::letter::{Writer, element};
use saoma_tests::visitor::{Visitor, send};
use saoma_tests::ways::{CHAT, COMPATIBLE, PLAIN, QUICK, SERVICE};
use serde_json::{Value, json};

/// What an operator reads of pushes.
async fn counted(house: &House, visitor: &Visitor) -> Value {
    send(visitor.http.get(format!("{}/readyz", house.admin))).await.json["pushes"].clone()
}

/// Messages that are not about a login, though some of them carry its scene.
fn others(writer: &Writer, scene: &str) -> Vec<String> {
    let event = |name: &str, key: &str| writer.event("oPerson", name, key);
    let with = |name: &str, more: &str| event(name, "").replace("</xml>", &format!("{more}</xml>"));
    let typed = |kind: &str, rest: &str| {
        writer.message("oPerson", kind, &format!("{rest}<MsgId>7{}</MsgId>", rest.len()))
    };
    let place = "<Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>119.4</Precision>";
    let count = "<TotalCount>100</TotalCount><SentCount>75</SentCount>";
    let photos = "<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>1b5f</PicMd5Sum></item></PicList></SendPicsInfo>";
    vec![
        event("CLICK", scene),
        event("VIEW", "http://www.example.com/"),
        event("scancode_push", scene),
        event("scancode_waitmsg", scene),
        with("LOCATION", place),
        with("TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>"),
        with("MASSSENDJOBFINISH", count),
        with("pic_sysphoto", photos),
        // A plain follow, with and without the empty key, after a payment, by a code of somebody else.
        event("subscribe", ""),
        event("subscribe", "").replace("<EventKey><![CDATA[]]></EventKey>", ""),
        event("subscribe", "last_trade_no_4009012001201706012345678901"),
        event("subscribe", "qrscene_123123"),
        event("subscribe", scene),
        event("unsubscribe", ""),
        event("unsubscribe", "last_trade_no_4009012001201706012345678901"),
        event("SCAN", "0"),
        event("SCAN", "4294967295"),
        event("scan", scene),
        event("SCAN ", scene),
        typed("image", "<PicUrl><![CDATA[http://a.example/b]]></PicUrl><MediaId><![CDATA[m]]></MediaId>"),
        typed("voice", "<MediaId><![CDATA[m]]></MediaId><Format><![CDATA[amr]]></Format>"),
        typed("location", &format!("{place}<Scale>20</Scale>")),
        typed("link", &element("Title", scene)),
        typed("scan", &element("EventKey", scene)),
        writer.text("oPerson", "你好"),
        writer.text("oPerson", scene),
        writer.text("oPerson", "1"),
        writer.text("oPerson", "123"),
    ]
}

every_database! {
    /// By every account in each of its modes: `success`, never encrypted, and nothing moves.
    async fn what_is_not_ours_is_answered_with_success(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let mut sent = 0;
        for way in [&SERVICE, &CHAT, &QUICK, &COMPATIBLE, &PLAIN] {
            let writer = Writer::of(&house, way);
            let (held, _) = begin(&visitor, way).await;
            let scene = scene(db, &held).await;
            let before = world(db).await;
            for message in others(&writer, &scene) {
                let letter = match way.slug {
                    "plain" => writer.plain(message.clone()),
                    "compatible" => writer.beside(&message, &message),
                    _ => writer.sealed(&message),
                };
                // And once more, as WeChat does when it was not sure to be heard.
                for _ in 0..2 {
                    let answer = letter.send(&visitor).await;
                    assert_eq!((answer.status, &*answer.bytes), (StatusCode::OK, &b"success"[..]), "{message}");
                    assert_eq!(answer.headers["content-type"], "text/plain", "{message}");
                    sent += 1;
                }
            }
            assert_eq!(world(db).await, before, "{}", way.slug);
            assert_eq!(standing(&visitor, &held).await, ("pending".to_owned(), 1), "{}", way.slug);
        }
        assert_eq!(counted(&house, &visitor).await, json!({"ours": 0, "late": 0, "not_ours": sent}));
        house.close().await;
    }

    /// What is about a login, what comes too late for one, and what is refused and so not counted.
    async fn an_operator_reads_how_many_were_ours(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &CHAT);
        assert_eq!(counted(&house, &visitor).await, json!({"ours": 0, "late": 0, "not_ours": 0}));
        let (held, number) = begin(&visitor, &CHAT).await;
        let scene = scene(db, &held).await;
        let scan = writer.sealed(writer.scan("oPerson", &scene));
        for _ in 0..2 {
            scan.send(&visitor).await;
        }
        let wrong = format!("{:02}", (number.parse::<u8>().unwrap() + 1) % 100);
        writer.sealed(writer.text("oPerson", &wrong)).send(&visitor).await;
        assert_eq!(counted(&house, &visitor).await, json!({"ours": 3, "late": 0, "not_ours": 0}));
        for late in [writer.scan("oOther", &scene), writer.scan("oPerson", "AAAAAAAAAAAAAAAAAAAAAA")] {
            let told = writer.read(&writer.sealed(late).send(&visitor).await);
            assert!(told.contains("已失效"), "{told}");
        }
        assert_eq!(counted(&house, &visitor).await, json!({"ours": 3, "late": 2, "not_ours": 0}));
        writer.sealed(writer.text("oPerson", &number)).send(&visitor).await;
        writer.sealed(writer.event("oPerson", "CLICK", "a")).send(&visitor).await;
        let forged = writer.sealed(writer.event("oPerson", "CLICK", "b")).with("nonce", "1");
        assert_eq!(forged.send(&visitor).await.status, StatusCode::FORBIDDEN);
        assert_eq!(counted(&house, &visitor).await, json!({"ours": 3, "late": 2, "not_ours": 2}));
        house.close().await;
    }
}
