//! `confirm = "number"`: the person sends back the two digits that the web page shows.

use super::steps::{follower, timed_house};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{calls, fault};
use saoma_tests::phone::said;
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::CHAT;
use serde_json::json;

/// A code that shows a number.
async fn begin(visitor: &Visitor) -> (Held, String) {
    let begun = visitor.try_begin(&Visitor::begin_body_for("chat")).await;
    let number = begun.text("number").to_owned();
    assert!(number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()), "{:?}", begun.json);
    (Held::of(&begun), number)
}

/// Another number than this one.
fn other_than(number: &str) -> String {
    format!("{:02}", (number.parse::<u8>().unwrap() + 1) % 100)
}

/// Waits until a first login has learned from WeChat who the person is.
async fn confirmed(visitor: &Visitor, held: &Held) {
    eventually("the login is confirmed", || async {
        (visitor.stage(held).await == "confirmed").then_some(())
    })
    .await;
}

every_database! {
    /// The whole way, for somebody new, who is then asked about once, and for somebody known, who is not.
    async fn the_number_confirms(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &CHAT, "ann").await;
        let (held, number) = begin(&visitor).await;
        let told = phone.scan(held.code_text()).await;
        assert!(said(&told).contains("Test Shop") && !said(&told).contains(&number), "{}", said(&told));
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert!(said(&phone.say(&CHAT, &number).await).contains("已登录"));
        confirmed(&visitor, &held).await;
        let user = visitor.finish(&held).await;
        assert_eq!(calls(&visitor, "/cgi-bin/user/info").await, 1);
        let (held, number) = begin(&visitor).await;
        phone.scan(held.code_text()).await;
        // As people type it: full-width digits and blanks.
        let wide: String = number.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        assert!(said(&phone.say(&CHAT, &format!(" {wide} ")).await).contains("已登录"));
        assert_eq!(visitor.stage(&held).await, "confirmed");
        assert_eq!(visitor.finish(&held).await, user);
        assert_eq!(calls(&visitor, "/cgi-bin/user/info").await, 1, "known: nobody is asked");
        assert_eq!(visitor.log_in("ann").await, user);
        house.close().await;
    }

    /// T7: one wrong number ends it; the right one afterwards, and the same again, change nothing.
    async fn a_wrong_number_ends_it(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &CHAT, "ann").await;
        let (held, number) = begin(&visitor).await;
        phone.scan(held.code_text()).await;
        assert!(said(&phone.say(&CHAT, &other_than(&number)).await).contains("不一致"));
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("denied", "wrong_number"));
        assert_eq!(said(&phone.say(&CHAT, &number).await), "", "no login waits: it is just a message");
        assert_eq!(visitor.stage(&held).await, "denied");
        assert_eq!(visitor.post(&held, "complete").await.status, StatusCode::CONFLICT);
        house.close().await;
    }

    /// Of several codes that one person has scanned the newest one counts, and no other is touched.
    async fn the_newest_scanned_login_counts(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &CHAT, "ann").await;
        let ((old, _), (new, number)) = (begin(&visitor).await, begin(&visitor).await);
        phone.scan(old.code_text()).await;
        house.clock.as_ref().unwrap().advance_millis(1000);
        phone.scan(new.code_text()).await;
        phone.say(&CHAT, &number).await;
        confirmed(&visitor, &new).await;
        assert_eq!(visitor.stage(&old).await, "scanned");
        house.close().await;
    }

    /// Whatever else people write is none of our business; neither is a number of somebody who did not scan.
    async fn other_messages_are_answered_with_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (ann, bob) = (follower(&visitor, &CHAT, "ann").await, follower(&visitor, &CHAT, "bob").await);
        let (held, number) = begin(&visitor).await;
        ann.scan(held.code_text()).await;
        for text in ["你好", "123", "1", "no 42", "<xml/>", "]]>"] {
            let answer = ann.say(&CHAT, text).await;
            assert_eq!(answer.json["push"]["reply"]["type"], "none", "{text}");
        }
        assert_eq!(bob.say(&CHAT, &number).await.json["push"]["reply"]["type"], "none");
        assert_eq!(visitor.stage(&held).await, "scanned");
        house.close().await;
    }

    /// A message that said a number before anything was scanned cannot be sent again to confirm later.
    async fn a_number_that_was_said_before_is_spent(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &CHAT, "ann").await;
        let (held, number) = begin(&visitor).await;
        let early = phone.say(&CHAT, &number).await;
        assert_eq!(early.json["push"]["reply"]["type"], "none");
        phone.scan(held.code_text()).await;
        let path = format!("pushes/{}/replay", early.json["push"]["id"]);
        for fresh in [false, true] {
            let again = phone.control(reqwest::Method::POST, &path, &json!({"fresh": fresh})).await;
            assert_eq!(again.json["answers"][0]["body"], "success", "{}", again.json);
        }
        assert_eq!(visitor.stage(&held).await, "scanned");
        phone.say(&CHAT, &number).await;
        confirmed(&visitor, &held).await;
        house.close().await;
    }

    /// WeChat does not tell who somebody new is: the consent fails with the vendor's part, nobody is made.
    async fn without_an_answer_about_the_person_nobody_is_made(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &CHAT, "ann").await;
        fault(&visitor, "/cgi-bin/user/info", &json!({"errcode": 48001}), None).await;
        let (held, number) = begin(&visitor).await;
        phone.scan(held.code_text()).await;
        phone.say(&CHAT, &number).await;
        let view = eventually("the login has failed", || async {
            let view = visitor.read(&held, "").await;
            (view.text("stage") == "failed").then_some(view)
        })
        .await;
        assert_eq!(view.text("reason"), "vendor_failed");
        assert_eq!(db.lines("SELECT id AS line FROM users").await, Vec::<String>::new());
        house.close().await;
    }

    /// A code whose time is over is over: neither scan nor number move it.
    async fn a_late_number_moves_nothing(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &CHAT, "ann").await;
        let ((scanned, number), (late, _)) = (begin(&visitor).await, begin(&visitor).await);
        phone.scan(scanned.code_text()).await;
        house.clock.as_ref().unwrap().advance_millis(300_000);
        phone.control(reqwest::Method::POST, "clock", &json!({"advance_seconds": 300})).await;
        // Told so, or nothing, once the server has seen to it that it is over.
        let told = phone.say(&CHAT, &number).await;
        assert!(said(&told).is_empty() || said(&told).contains("已失效"), "{}", said(&told));
        assert!(said(&phone.scan(late.code_text()).await).contains("已失效"));
        for held in [&scanned, &late] {
            assert_eq!(visitor.stage(held).await, "expired");
        }
        house.close().await;
    }
}
