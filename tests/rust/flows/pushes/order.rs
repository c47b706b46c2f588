//! F15: pushes that come in the wrong order, late, or never: none of them does harm, and the person gets on.

use super::steps::{begin, scene, standing, timed_house, until, world};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::letter::Writer;
use saoma_tests::phone::{Phone, link, said};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::ways::{CHAT, SERVICE, Way};
use serde_json::{Value, json};

async fn rules(phone: &Phone, rules: Value) {
    let answer = phone.control(Method::PUT, "push_rules", &rules).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json);
}

async fn follower(visitor: &Visitor, way: &Way, person: &str) -> Phone {
    let phone = Phone::of(visitor, person);
    phone.already_follows(way).await;
    phone
}

/// Every order of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let with_last = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |at| with_last(order, at))).collect()
}

/// A message of this person to the chat account; it must be taken.
async fn tell(house: &House, visitor: &Visitor, message: impl FnOnce(&Writer) -> String) {
    let writer = Writer::of(house, &CHAT);
    let answer = writer.sealed(message(&writer)).send(visitor).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.bytes);
}

/// A Login in each stage from which it does not go on by a push, with its number.
async fn settled(db: &Database, house: &House, visitor: &Visitor) -> Vec<(&'static str, Held, String)> {
    let ann = follower(visitor, &CHAT, "ann").await;
    let scan = async |openid: &str, held: &Held| {
        let scene = scene(db, held).await;
        tell(house, visitor, |writer| writer.scan(openid, &scene)).await;
    };
    let say = async |openid: &str, text: &str| tell(house, visitor, |writer| writer.text(openid, text)).await;
    let (lapsed, number) = begin(visitor, &CHAT).await;
    scan("oLapsed", &lapsed).await;
    house.clock.as_ref().unwrap().advance_seconds(301);
    ann.control(Method::POST, "clock", &json!({"advance_seconds": 301})).await;
    let mut all = vec![("expired", lapsed, number)];
    for stage in ["cancelled", "denied", "conflict", "failed", "confirmed", "redeemed"] {
        let (held, number) = begin(visitor, &CHAT).await;
        let openid = format!("oOf-{stage}");
        match stage {
            "cancelled" => assert_eq!(visitor.post(&held, "cancel").await.status, StatusCode::OK),
            "confirmed" | "redeemed" => drop(ann.scan(held.code_text()).await),
            _ => scan(&openid, &held).await,
        }
        match stage {
            "denied" => say(&openid, &format!("{:02}", (number.parse::<u8>().unwrap() + 1) % 100)).await,
            "conflict" => scan("oOther", &held).await,
            // Nobody whom WeChat knows.
            "failed" => say(&openid, &number).await,
            "confirmed" | "redeemed" => drop(ann.say(&CHAT, &number).await),
            _ => {}
        }
        until(visitor, &held, if stage == "redeemed" { "confirmed" } else { stage }).await;
        if stage == "redeemed" {
            assert!(visitor.finish(&held).await.starts_with("usr_"));
        }
        all.push((stage, held, number));
    }
    all
}

every_database! {
    /// A number, a scan, a follow and an end of following in each of their orders: confirmed if the number
    /// came after the scan, else still waiting for the number, which then confirms.
    async fn f15_every_order_ends_well(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &CHAT, "ann").await;
        let (held, number) = begin(&visitor, &CHAT).await;
        ann.scan(held.code_text()).await;
        ann.say(&CHAT, &number).await;
        until(&visitor, &held, "confirmed").await;
        let openid = db.lines("SELECT subject AS line FROM identities").await.remove(0);
        for order in orders(4) {
            let (held, number) = begin(&visitor, &CHAT).await;
            let scene = scene(db, &held).await;
            for what in &order {
                tell(&house, &visitor, |writer| match what {
                    0 => writer.scan(&openid, &scene),
                    1 => writer.text(&openid, &number),
                    2 => writer.event(&openid, "unsubscribe", ""),
                    _ => writer.event(&openid, "subscribe", ""),
                })
                .await;
            }
            let place = |one: usize| order.iter().position(|what| *what == one).unwrap();
            let wanted = if place(0) < place(1) { "confirmed" } else { "scanned" };
            assert_eq!(standing(&visitor, &held).await.0, wanted, "{order:?}");
            tell(&house, &visitor, |writer| writer.text(&openid, &number)).await;
            assert_eq!(standing(&visitor, &held).await, ("confirmed".to_owned(), 3), "{order:?}");
        }
        assert_eq!(db.lines("SELECT id AS line FROM users").await.len(), 1);
        house.close().await;
    }

    /// The same by the phone: WeChat lets the number overtake the scan; said again, it confirms.
    async fn f15_a_number_overtakes_its_scan(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &CHAT, "ann").await;
        let (held, number) = begin(&visitor, &CHAT).await;
        rules(&ann, json!({"swap_next_two": true})).await;
        assert_eq!(ann.scan(held.code_text()).await.json["push"]["held"], true);
        let overtaking = ann.say(&CHAT, &number).await;
        assert_eq!(overtaking.json["push"]["reply"]["type"], "none", "{}", overtaking.json);
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        ann.say(&CHAT, &number).await;
        until(&visitor, &held, "confirmed").await;
        house.close().await;
    }

    /// Somebody follows by a code and stops at once, and WeChat tells it the wrong way round.
    async fn f15_an_end_of_following_overtakes_its_beginning(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let bob = Phone::of(&visitor, "bob");
        let (held, _) = begin(&visitor, &SERVICE).await;
        bob.scan(held.code_text()).await;
        rules(&bob, json!({"hold": true})).await;
        bob.follow(&SERVICE).await;
        bob.unfollow(&SERVICE).await;
        assert_eq!(standing(&visitor, &held).await, ("pending".to_owned(), 1));
        let released = bob.control(Method::POST, "pushes/release", &json!({})).await;
        let replies = released.json["pushes"].as_array().unwrap();
        assert_eq!((&replies[0]["reply"]["type"], &replies[1]["reply"]["type"]), (&json!("none"), &json!("text")));
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        house.close().await;
    }

    /// A scan that WeChat loses is lost; the next one counts.
    async fn f15_a_lost_scan_is_scanned_again(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &SERVICE, "ann").await;
        let (held, _) = begin(&visitor, &SERVICE).await;
        rules(&ann, json!({"drop": true})).await;
        assert_eq!(ann.scan(held.code_text()).await.json["push"]["dropped"], true);
        assert_eq!(standing(&visitor, &held).await, ("pending".to_owned(), 1));
        rules(&ann, json!({})).await;
        assert!(link(&ann.scan(held.code_text()).await).contains("/confirm/"));
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        house.close().await;
    }

    /// Whatever is pushed when all is over, by whomever: it is taken, and nothing moves.
    async fn f15_late_pushes_move_nothing(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let all = settled(db, &house, &visitor).await;
        for (stage, held, _) in &all {
            assert_eq!(visitor.stage(held).await, *stage);
        }
        let subject = "SELECT proof_subject AS line FROM logins WHERE id = ";
        let before = world(db).await;
        for (_, held, number) in &all {
            let scene = scene(db, held).await;
            let scanned_by = db.lines(&format!("{subject}'{}' AND proof_subject IS NOT NULL", held.id)).await;
            for openid in scanned_by.iter().map(String::as_str).chain(["oNew"]) {
                tell(&house, &visitor, |writer| writer.scan(openid, &scene)).await;
                tell(&house, &visitor, |writer| writer.event(openid, "subscribe", &format!("qrscene_{scene}"))).await;
                tell(&house, &visitor, |writer| writer.text(openid, number)).await;
                tell(&house, &visitor, |writer| writer.text(openid, "00")).await;
                tell(&house, &visitor, |writer| writer.event(openid, "unsubscribe", "")).await;
            }
        }
        assert_eq!(world(db).await, before, "a late push has moved something");
        house.close().await;
    }

    /// T25: whoever scans too often is told so, their scan does not count, and others scan on.
    async fn t25_a_person_scans_so_often_an_hour(db: &Database) {
        let limits_toml = Some("[limits]\nbegins = 0\nreads = 0\nscans_per_subject_per_hour = 2\n".to_owned());
        let house = House::planned(db.url(), Plan { limits_toml, ..Plan::default() }).await;
        let visitor = house.visitor();
        let (ann, bob) = (follower(&visitor, &SERVICE, "ann").await, follower(&visitor, &SERVICE, "bob").await);
        for _ in 0..2 {
            let (held, _) = begin(&visitor, &SERVICE).await;
            // Again and again on one code is one scan.
            for _ in 0..5 {
                assert!(said(&ann.scan(held.code_text()).await).contains("Test Shop"));
            }
        }
        let (held, _) = begin(&visitor, &SERVICE).await;
        let before = world(db).await;
        let told = ann.scan(held.code_text()).await;
        assert!(said(&told).contains("过于频繁") && !said(&told).contains("/confirm/"), "{}", said(&told));
        assert_eq!(world(db).await, before);
        assert!(said(&bob.scan(held.code_text()).await).contains("Test Shop"));
        assert_eq!(standing(&visitor, &held).await, ("scanned".to_owned(), 2));
        house.close().await;
    }
}
