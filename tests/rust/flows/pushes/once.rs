//! PSH-06, T8: whatever is delivered twice, or a hundred times at once, has one effect and one answer,
//! which is there within a second.

use super::steps::{again, begin, event, hundredfold, said, scene, standing, timed_house, until, world};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{calls, fault, rows};
use saoma_tests::letter::{Writer, field};
use saoma_tests::phone::Phone;
use saoma_tests::visitor::Visitor;
use saoma_tests::wait::eventually;
use saoma_tests::ways::{CHAT, QUICK, SERVICE, Way};
use serde_json::json;
use std::collections::BTreeSet;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const USER_INFO: &str = "/cgi-bin/user/info";

async fn follower(visitor: &Visitor, way: &Way, person: &str) -> Phone {
    let phone = Phone::of(visitor, person);
    phone.already_follows(way).await;
    phone
}

/// The one text in all these answers.
fn one(answers: &BTreeSet<String>) -> &str {
    assert_eq!(answers.len(), 1, "{answers:?}");
    field(answers.first().unwrap(), "Content").unwrap_or_else(|| panic!("no text: {answers:?}"))
}

/// How many users, identities and entries in the audit there are.
async fn made(db: &Database) -> [usize; 3] {
    let rows = rows(db).await;
    ["users", "identities", "audit_events"].map(|table| rows[table].parse().unwrap())
}

every_database! {
    async fn psh_06_a_hundred_scans_at_once_are_one(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &SERVICE, "ann").await;
        let (held, _) = begin(&visitor, &SERVICE).await;
        let before = made(db).await;
        let answers = hundredfold(&ann, &SERVICE, &event("SCAN", &scene(db, &held).await)).await;
        assert!(one(&answers).contains("/confirm/"), "{answers:?}");
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        assert_eq!(made(db).await, before);
        // The link in it is good.
        let link = one(&answers).split_once("href=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let browser = ann.browser().await;
        let page = browser.open(&link, &visitor.saoma).await;
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        assert_eq!(standing(&visitor, &held).await.0, "confirmed");
        house.close().await;
    }

    /// By somebody new, who follows at the same time: one user, whom WeChat is asked about once.
    async fn psh_06_a_hundred_follows_at_once_are_one(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let bob = follower(&visitor, &QUICK, "bob").await;
        let (held, _) = begin(&visitor, &QUICK).await;
        let [users, identities, audit] = made(db).await;
        let key = format!("qrscene_{}", scene(db, &held).await);
        let answers = hundredfold(&bob, &QUICK, &event("subscribe", &key)).await;
        assert!(one(&answers).contains("已登录"), "{answers:?}");
        until(&visitor, &held, "confirmed").await;
        assert_eq!(made(db).await, [users + 1, identities + 1, audit]);
        assert_eq!(calls(&visitor, USER_INFO).await, 1);
        // Known by now: a step less, and nobody is asked.
        let (held, _) = begin(&visitor, &QUICK).await;
        let answers = hundredfold(&bob, &QUICK, &event("SCAN", &scene(db, &held).await)).await;
        assert!(one(&answers).contains("已登录"), "{answers:?}");
        assert_eq!(standing(&visitor, &held).await, ("confirmed".to_owned(), 2));
        assert_eq!(made(db).await, [users + 1, identities + 1, audit + 1]);
        assert_eq!(calls(&visitor, USER_INFO).await, 1);
        house.close().await;
    }

    async fn psh_06_a_hundred_numbers_at_once_are_one(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &CHAT, "ann").await;
        let [users, identities, _] = made(db).await;
        // The first time WeChat is asked who she is, which is a step of its own.
        for (steps, asked) in [(2, 1), (1, 1)] {
            let (held, number) = begin(&visitor, &CHAT).await;
            ann.scan(held.code_text()).await;
            let (before, audit) = (standing(&visitor, &held).await.1, made(db).await[2]);
            let answers = hundredfold(&ann, &CHAT, &said(&number)).await;
            assert!(one(&answers).contains("已登录"), "{answers:?}");
            until(&visitor, &held, "confirmed").await;
            assert_eq!(standing(&visitor, &held).await.1, before + steps);
            assert_eq!(calls(&visitor, USER_INFO).await, asked);
            assert!(visitor.finish(&held).await.starts_with("usr_"));
            // What became of a login is written when it ends: once.
            assert_eq!(made(db).await, [users + 1, identities + 1, audit + 1]);
        }
        // A wrong one likewise: it ends the login once.
        let (held, number) = begin(&visitor, &CHAT).await;
        ann.scan(held.code_text()).await;
        let audit = made(db).await[2];
        let wrong = format!("{:02}", (number.parse::<u8>().unwrap() + 1) % 100);
        let answers = hundredfold(&ann, &CHAT, &json!({"MsgType": "text", "Content": wrong, "MsgId": "1"})).await;
        assert!(one(&answers).contains("不一致"), "{answers:?}");
        assert_eq!(standing(&visitor, &held).await, ("denied".to_owned(), 3));
        assert_eq!(made(db).await[2], audit + 1);
        house.close().await;
    }

    /// T8: sent again when all is over, as it was or signed anew: the same answer, and nothing moves.
    async fn t08_a_replay_is_answered_as_the_first_and_moves_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &CHAT, "ann").await;
        let (held, number) = begin(&visitor, &CHAT).await;
        ann.scan(held.code_text()).await;
        let first = ann.say(&CHAT, &number).await;
        until(&visitor, &held, "confirmed").await;
        let id = &first.json["push"]["id"];
        let text = saoma_tests::phone::said(&first).to_owned();
        assert_eq!(one(&again(&ann, &CHAT, id, false).await), text);
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        let after = world(db).await;
        for fresh in [false, true] {
            assert_eq!(one(&again(&ann, &CHAT, id, fresh).await), text);
        }
        // Nor does it meet the next login, whatever that one's number is.
        let (next, _) = begin(&visitor, &CHAT).await;
        ann.scan(next.code_text()).await;
        assert_eq!(one(&again(&ann, &CHAT, id, true).await), text);
        assert_eq!(standing(&visitor, &next).await, ("scanned".to_owned(), 2));
        assert_eq!(rows(db).await["users"], after.0["users"]);
        house.close().await;
    }

    /// WeChat hangs up before it is answered and tries again: the retry reads what the answer would have said.
    async fn psh_06_a_lost_answer_is_given_again(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let writer = Writer::of(&house, &SERVICE);
        let (held, _) = begin(&visitor, &SERVICE).await;
        let scan = writer.scan("oPerson", &scene(db, &held).await);
        let letter = writer.sealed(&scan);
        let mut wire = TcpStream::connect(visitor.saoma.strip_prefix("http://").unwrap()).await.unwrap();
        let head = letter.head(&visitor, &format!("content-length: {}\r\n", letter.body.len()));
        wire.write_all(&[head.as_bytes(), &letter.body].concat()).await.unwrap();
        drop(wire);
        until(&visitor, &held, "scanned").await;
        let after = world(db).await;
        let retry = writer.read(&letter.send(&visitor).await);
        assert!(retry.contains("/confirm/"), "{retry}");
        // A later one, over which the clock has moved on, and one that is signed anew.
        house.clock.as_ref().unwrap().advance_seconds(10);
        let signed_anew = Writer { now: writer.now + 10, ..writer.clone() }.sealed(&scan);
        for again in [letter, signed_anew] {
            let answer = again.send(&visitor).await;
            assert_eq!((answer.status, writer.read(&answer)), (StatusCode::OK, retry.clone()));
        }
        assert_eq!(world(db).await, after);
        house.close().await;
    }

    /// F16: somebody new confirms while WeChat does not tell who they are: the push is answered at once,
    /// its retries are too, and the login finishes or fails by itself.
    async fn psh_06_the_answer_does_not_wait_for_wechat(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for (person, hangs, end) in [("ann", 2_000, "confirmed"), ("bob", 30_000, "failed")] {
            let phone = follower(&visitor, &CHAT, person).await;
            fault(&visitor, USER_INFO, &json!({"delay_ms": hangs}), Some(1)).await;
            let (held, number) = begin(&visitor, &CHAT).await;
            phone.scan(held.code_text()).await;
            let told = phone.say(&CHAT, &number).await;
            assert!(saoma_tests::phone::said(&told).contains("已登录"), "{}", told.json);
            let attempts = told.json["push"]["attempts"].as_array().unwrap();
            assert_eq!(attempts.len(), 1, "{attempts:?}");
            assert!(attempts[0]["millis"].as_u64().unwrap() < 1000, "{attempts:?}");
            assert_eq!(visitor.stage(&held).await, "scanned");
            let path = format!("pushes/{}/replay", told.json["push"]["id"]);
            let retried = phone.control(Method::POST, &path, &json!({"times": 3})).await;
            for answer in retried.json["answers"].as_array().unwrap() {
                assert_eq!(answer["status"], 200);
                assert!(answer["millis"].as_u64().unwrap() < 1000, "{answer}");
            }
            let view = eventually("it ends by itself", || async {
                let view = visitor.read(&held, "").await;
                (view.text("stage") != "scanned").then_some(view)
            })
            .await;
            assert_eq!(view.text("stage"), end, "{}", view.json);
            if end == "failed" {
                assert_eq!(view.text("reason"), "vendor_failed");
            }
        }
        assert_eq!(rows(db).await["users"], "1");
        // The next login of who failed works.
        let bob = Phone::of(&visitor, "bob");
        let (held, number) = begin(&visitor, &CHAT).await;
        bob.scan(held.code_text()).await;
        bob.say(&CHAT, &number).await;
        until(&visitor, &held, "confirmed").await;
        house.close().await;
    }
}
