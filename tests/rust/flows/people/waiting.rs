//! Whose account it is must not depend on luck: a first login waits until WeChat has told the unionid, or
//! fails; somebody known waits for nothing.

use super::steps::{By, INFO, count, reaches, say_number};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{calls, clear_faults, fault};
use saoma_tests::phone::{Phone, WECHAT_AGENT, link, parameter};
use saoma_tests::ways::{CHAT, SERVICE};
use saoma_tests::website::sent_on;
use serde_json::json;

every_database! {
    /// By the number: the chat is answered at once, the login waits for WeChat.
    async fn a_first_login_by_number_waits_for_the_unionid(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        fault(&visitor, INFO, &json!({"delay_ms": 3000}), None).await;
        let first = say_number(&visitor, "ann").await;
        assert_eq!((visitor.stage(&first).await.as_str(), count(db, "users").await), ("scanned", 0));
        reaches(&visitor, &first, "confirmed").await;
        let user = visitor.finish(&first).await;
        assert_eq!((calls(&visitor, INFO).await, count(db, "aliases").await), (1, 1));
        // Known: WeChat is as slow as before, and nobody notices.
        let second = say_number(&visitor, "ann").await;
        assert_eq!(visitor.stage(&second).await, "confirmed");
        assert_eq!((visitor.finish(&second).await, calls(&visitor, INFO).await), (user, 1));
        house.close().await;
    }

    /// Known by another way only is not known by this one: its openid is new, so WeChat is asked, and the answer
    /// leads to the user.
    async fn who_is_known_by_another_way_only_is_asked_about(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let user = By::Mini.log_in(&visitor, "ann").await;
        fault(&visitor, INFO, &json!({"delay_ms": 3000}), Some(1)).await;
        let held = say_number(&visitor, "ann").await;
        assert_eq!(visitor.stage(&held).await, "scanned");
        reaches(&visitor, &held, "confirmed").await;
        assert_eq!((visitor.finish(&held).await, calls(&visitor, INFO).await), (user, 1));
        house.close().await;
    }

    /// On our page: whoever stops following after the scan is told of without a unionid, so WeChat is asked; without
    /// its answer there is no question to press, with it everything goes on from the same link.
    async fn a_first_login_by_page_waits_for_the_unionid(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        phone.already_follows(&SERVICE).await;
        let held = visitor.begin_by(&SERVICE).await;
        let address = link(&phone.scan(held.code_text()).await);
        phone.unfollow(&SERVICE).await;
        fault(&visitor, INFO, &json!({"errcode": 48001}), None).await;
        let browser = phone.browser().await;
        let page = browser.open(&address, &visitor.saoma).await;
        assert!(page.answer.status.is_server_error() && !page.text().contains("csrf"), "{}", page.text());
        assert_eq!((visitor.stage(&held).await.as_str(), count(db, "users").await), ("scanned", 0));
        clear_faults(&visitor).await;
        let page = browser.open(&address, &visitor.saoma).await;
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        let user = visitor.finish(&held).await;
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (1, 0));
        // Known: WeChat may fail as it likes.
        fault(&visitor, INFO, &json!({"errcode": 48001}), None).await;
        assert_eq!(By::Page.log_in(&visitor, "ann").await, user);
        house.close().await;
    }

    /// In WeChat's own browser: the website hears of it.
    async fn a_first_login_inside_wechat_waits_for_the_unionid(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        // Whoever does not follow is asked about as well: WeChat then tells no unionid with the code.
        for (known, error) in [(false, Some("server_error")), (true, None)] {
            if known {
                clear_faults(&visitor).await;
                phone.already_follows(&SERVICE).await;
                By::Page.log_in(&visitor, "ann").await;
                phone.unfollow(&SERVICE).await;
            }
            fault(&visitor, INFO, &json!({"errcode": 48001}), None).await;
            let held = visitor.begin_as(&SERVICE, WECHAT_AGENT).await;
            let browser = phone.browser().await;
            let page = browser.open(held.redirect_url(), &visitor.saoma).await;
            if let Some(error) = error {
                assert_eq!(parameter(&page.url, "error").as_deref(), Some(error), "{}", page.url);
                assert_eq!((visitor.stage(&held).await.as_str(), count(db, "users").await), ("failed", 0));
            } else {
                let done = browser.press(&page, "confirm").await;
                assert!(parameter(&sent_on(&done), "code").is_some());
            }
        }
        house.close().await;
    }

    /// Somebody who does not follow has no unionid to be told: an answer without one is an answer.
    async fn an_answer_without_a_unionid_is_an_answer(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        let held = visitor.begin_as(&SERVICE, WECHAT_AGENT).await;
        let browser = phone.browser().await;
        let page = browser.open(held.redirect_url(), &visitor.saoma).await;
        let done = browser.press(&page, "confirm").await;
        let code = parameter(&sent_on(&done), "code").unwrap();
        assert_eq!(visitor.redeem(&code).await.status, StatusCode::OK);
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (1, 0));
        // As a follower by another account of ours: another openid, now with a unionid.
        phone.already_follows(&CHAT).await;
        By::Number.log_in(&visitor, "ann").await;
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (2, 1));
        house.close().await;
    }
}
