//! WeChat in trouble while a callback is answered: the website hears an OAuth error at its own address,
//! the login has failed for that reason, and the next one works.

use super::steps::{SPENDS, assert_told, spent, stands, timed_house, works_again};
use reqwest::{Method, StatusCode};
use saoma_sandbox::App;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{clear_faults, fault, forget_calls};
use saoma_tests::phone::{Phone, parameter};
use saoma_tests::visitor::Visitor;
use saoma_tests::ways::{self, WEBSITE};
use saoma_tests::website::{come_back, confirmed_at_wechat, log_in, sent_on};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const INFO: &str = "/sns/userinfo";

/// Which call fails, how, what the website hears, and how often WeChat was asked about the code.
type Case = (&'static str, Value, &'static str, u64);

fn cases() -> Vec<Case> {
    let code = |code: i64| json!({"errcode": code});
    vec![
        (SPENDS, code(40029), "access_denied", 1),
        (SPENDS, code(40163), "access_denied", 1),
        (SPENDS, code(42003), "access_denied", 1),
        (SPENDS, code(40226), "access_denied", 1),
        (SPENDS, code(50002), "access_denied", 1),
        (SPENDS, code(-1), "temporarily_unavailable", 2),
        (SPENDS, code(45011), "temporarily_unavailable", 1),
        (SPENDS, code(123_456), "temporarily_unavailable", 1),
        (SPENDS, json!({"status": 502}), "temporarily_unavailable", 2),
        (SPENDS, json!("garbage"), "temporarily_unavailable", 1),
        (SPENDS, code(40125), "server_error", 1),
        (SPENDS, code(40013), "server_error", 1),
        (SPENDS, code(41008), "server_error", 1),
    ]
}

/// Begins, confirms at WeChat and comes back, while this fault holds.
async fn fails(visitor: &Visitor, (call, kind, error, asked): &Case) {
    let held = visitor.begin_by(&WEBSITE).await;
    let back = confirmed_at_wechat(visitor, &held, "ann").await;
    fault(visitor, call, kind, None).await;
    forget_calls(visitor).await;
    let answer = come_back(visitor, &back).await;
    assert_told(visitor, &answer, error);
    // The vendor's words are for the admin.
    for words in ["errcode", "rid", &kind["errcode"].to_string()] {
        let location = answer.headers["location"].to_str().unwrap();
        assert!(words == "null" || !location.contains(words), "{words} in {location}");
    }
    assert_eq!(spent(visitor).await, *asked, "{kind}");
    assert_eq!(stands(visitor, &held).await, ("failed".to_owned(), "vendor_failed".to_owned()), "{kind}");
    let refused = visitor.post(&held, "complete").await;
    assert_eq!((refused.status, refused.text("stage")), (StatusCode::CONFLICT, "failed"));
    clear_faults(visitor).await;
}

every_database! {
    /// Each refusal of WeChat's in the website's own words; nobody is made, and the next login works.
    async fn each_failure_is_told_to_the_website(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for case in cases() {
            fails(&visitor, &case).await;
        }
        assert!(db.lines("SELECT id AS line FROM users").await.is_empty());
        works_again(&visitor, "ann").await;
        let ends = db.lines("SELECT outcome || ' ' || detail AS line FROM audit_events WHERE action = 'login.ended' ORDER BY at").await;
        assert_eq!(ends.iter().filter(|end| *end == "failure vendor_failed").count(), cases().len());
        house.close().await;
    }

    /// A vendor that does not answer is waited for so long and no longer.
    async fn a_vendor_that_does_not_answer_is_not_waited_for(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let began = Instant::now();
        fails(&visitor, &(SPENDS, json!({"delay_ms": 20_000}), "temporarily_unavailable", 0)).await;
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// The answer to a code is lost on the way: asked once more, WeChat says that it was spent, and so it is told.
    async fn a_lost_answer_is_no_login(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        fault(&visitor, SPENDS, &json!("reset_after_commit"), Some(1)).await;
        assert_told(&visitor, &come_back(&visitor, &back).await, "access_denied");
        assert_eq!(spent(&visitor).await, 2);
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// "System busy" once passes unnoticed.
    async fn busy_once_is_not_noticed(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for call in [SPENDS, INFO] {
            fault(&visitor, call, &json!({"errcode": -1}), Some(1)).await;
        }
        works_again(&visitor, "ann").await;
        assert_eq!(spent(&visitor).await, 2);
        house.close().await;
    }

    /// A code that lay about for ten minutes has lapsed at WeChat, whichever of its two codes says so.
    async fn a_lapsed_code_is_told_to_the_website(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        for expired_code in [42003, 40029] {
            phone.control(Method::PUT, "wire_rules", &json!({"expired_code": expired_code})).await;
            let held = visitor.begin_by(&WEBSITE).await;
            let back = confirmed_at_wechat(&visitor, &held, "ann").await;
            phone.control(Method::POST, "clock", &json!({"advance_seconds": 600})).await;
            assert_told(&visitor, &come_back(&visitor, &back).await, "access_denied");
            assert_eq!(stands(&visitor, &held).await.0, "failed");
        }
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// Name and picture are a courtesy: without them the person is logged in all the same.
    async fn a_missing_name_turns_nobody_away(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for kind in [json!({"errcode": 48001}), json!("garbage"), json!({"status": 500})] {
            fault(&visitor, INFO, &kind, None).await;
            let info = log_in(&visitor, "ann").await;
            assert_eq!(info.json["name_is_stand_in"], true, "{kind}");
            clear_faults(&visitor).await;
        }
        Phone::of(&visitor, "ann").becomes(&json!({"nickname": "安安"})).await;
        assert_eq!(log_in(&visitor, "ann").await.text("name"), "安安", "told when it can be told");
        assert_eq!(db.lines("SELECT id AS line FROM users").await.len(), 1);
        house.close().await;
    }

    /// Whose account it is must not depend on luck: while a unionid may still come, its answer is needed.
    async fn without_an_answer_about_the_unionid_nobody_is_made(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        house.sandbox.register_app(App { open_platform: None, ..ways::app(&WEBSITE, &house.saoma) });
        fails(&visitor, &(INFO, json!({"errcode": 48001}), "server_error", 1)).await;
        fails(&visitor, &(INFO, json!("garbage"), "temporarily_unavailable", 1)).await;
        assert!(db.lines("SELECT id AS line FROM users").await.is_empty());
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// The engine's own patience, by the test's own clock: the website is answered although WeChat never is.
    async fn the_engines_patience_ends_before_wechats(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        fault(&visitor, INFO, &json!({"delay_ms": 4000}), Some(1)).await;
        let (browser, address) = (visitor.clone(), back.clone());
        let callback = tokio::spawn(async move { come_back(&browser, &address).await });
        let spends = || async { (spent(&visitor).await == 1).then_some(()) };
        saoma_tests::wait::eventually("the code is spent", spends).await;
        house.clock.as_ref().unwrap().advance_millis(5_500);
        let answer = callback.await.unwrap();
        assert_told(&visitor, &answer, "temporarily_unavailable");
        assert_eq!(parameter(&sent_on(&answer), "code"), None);
        assert_eq!(stands(&visitor, &held).await.0, "failed");
        house.close().await;
    }
}
