//! Somebody says no, or nothing: at WeChat's page in both of its forms, at ours, or by going away.

use super::steps::{SPENDS, assert_page, assert_told, spent, stands, timed_house, works_again};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::inspect::fault;
use saoma_tests::phone::Phone;
use saoma_tests::visitor::Visitor;
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::{WebsitePage, come_back, confirmed_at_wechat, sent_on};
use serde_json::json;

fn ended(stage: &str, reason: &str) -> (String, String) {
    (stage.to_owned(), reason.to_owned())
}

/// What the audit says of ends.
async fn ends(db: &Database) -> Vec<String> {
    db.lines("SELECT outcome || ' ' || detail AS line FROM audit_events WHERE action = 'login.ended'").await
}

every_database! {
    /// Today's page: nothing comes back at all, and the login ends by its own time.
    async fn a_no_that_stays_at_wechat_expires(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let page = WebsitePage::open(&visitor, &held).await;
        page.declined_by(&Phone::of(&visitor, "ann")).await;
        let clock = house.clock.as_ref().unwrap();
        clock.advance_millis(299_999);
        assert_eq!(visitor.stage(&held).await, "pending");
        clock.advance_millis(1);
        assert_eq!(stands(&visitor, &held).await, ended("expired", "not_scanned_in_time"));
        assert_eq!(spent(&visitor).await, 0);
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// The older page sends the browser back without a code: the website hears that access was denied.
    async fn a_no_that_comes_back_is_told_to_the_website(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        let rules = phone.control(Method::PUT, "wire_rules", &json!({"cancel_redirects": true})).await;
        assert_eq!(rules.status, StatusCode::OK);
        let held = visitor.begin_by(&WEBSITE).await;
        let page = WebsitePage::open(&visitor, &held).await;
        let back = page.declined_by(&phone).await;
        assert!(!back.as_str().contains("code="), "{back}");
        assert_told(&visitor, &come_back(&visitor, &back).await, "access_denied");
        assert_eq!(stands(&visitor, &held).await, ended("denied", "declined_at_vendor"));
        assert_eq!(ends(db).await, ["refused declined_at_vendor"]);
        // Once is enough: the address has done its work.
        assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
        assert_eq!(spent(&visitor).await, 0);
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// A no that arrives while, or after, the yes is answered takes nothing back.
    async fn a_no_after_the_yes_changes_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let page = WebsitePage::open(&visitor, &held).await;
        let back = page.confirmed_by(&Phone::of(&visitor, "ann")).await;
        sent_on(&come_back(&visitor, &back).await);
        assert_page(&come_back(&visitor, &page.back).await, StatusCode::CONFLICT);
        assert_eq!(visitor.stage(&held).await, "confirmed");
        house.close().await;
    }

    /// Back from WeChat when the time is over: a page, WeChat is not asked, nobody is made.
    async fn a_callback_after_the_end_of_time_moves_nothing(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        house.clock.as_ref().unwrap().advance_millis(300_000);
        for _ in 0..2 {
            assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
            assert_eq!(stands(&visitor, &held).await, ended("expired", "not_scanned_in_time"));
        }
        nobody(db, &visitor).await;
        house.close().await;
    }

    /// Likewise when the browser that began has given up.
    async fn a_callback_after_a_cancel_moves_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        assert_eq!(visitor.post(&held, "cancel").await.text("stage"), "cancelled");
        assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
        assert_eq!(stands(&visitor, &held).await, ended("cancelled", "cancelled_by_browser"));
        nobody(db, &visitor).await;
        house.close().await;
    }

    /// T25: a redirect counts as waiting until it is answered, whichever way.
    async fn t25_an_answered_redirect_makes_room(db: &Database) {
        let limits_toml = Some("[limits]\npending_per_address = 1\nbegins = 0\nreads = 0\n".to_owned());
        let house = House::planned(db.url(), Plan { limits_toml, ..Plan::default() }).await;
        let visitor = house.visitor();
        for answer in ["yes", "no", "trouble", "cancel"] {
            let held = visitor.begin_by(&WEBSITE).await;
            let full = visitor.try_begin(&Visitor::begin_body_for("website")).await;
            assert_eq!((full.status, full.code()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"), "{answer}");
            let page = WebsitePage::open(&visitor, &held).await;
            let yes = page.confirmed_by(&Phone::of(&visitor, "ann")).await;
            match answer {
                "yes" => drop(sent_on(&come_back(&visitor, &yes).await)),
                "no" => drop(sent_on(&come_back(&visitor, &page.back).await)),
                "trouble" => {
                    fault(&visitor, SPENDS, &json!({"errcode": 40029}), Some(1)).await;
                    assert_told(&visitor, &come_back(&visitor, &yes).await, "access_denied");
                }
                _ => assert_eq!(visitor.post(&held, "cancel").await.text("stage"), "cancelled"),
            }
        }
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// A code that the website never redeems: the login ends, and the code with it.
    async fn a_confirmed_login_that_nobody_redeems_ends(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let code = saoma_tests::website::code_at_website(&visitor, &held, "ann").await;
        house.clock.as_ref().unwrap().advance_millis(60_000);
        assert_eq!(visitor.redeem(&code).await.code(), "invalid_grant");
        house.clock.as_ref().unwrap().advance_millis(300_000);
        assert_eq!(stands(&visitor, &held).await, ended("expired", "not_redeemed_in_time"));
        house.close().await;
    }
}

/// WeChat was not asked, and there is no user.
async fn nobody(db: &Database, visitor: &Visitor) {
    assert_eq!(spent(visitor).await, 0);
    assert!(db.lines("SELECT id AS line FROM users").await.is_empty());
    works_again(visitor, "ann").await;
}
