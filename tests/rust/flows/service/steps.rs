//! What the tests of this folder do again and again.

use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan};
use saoma_tests::phone::{Phone, Visited, WechatBrowser, link};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::ways::Way;

/// A house whose time the test moves.
pub(in crate::flows) async fn timed_house(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

/// Somebody who follows this account already.
pub(in crate::flows) async fn follower(visitor: &Visitor, way: &Way, person: &str) -> Phone {
    let phone = Phone::of(visitor, person);
    phone.already_follows(way).await;
    phone
}

/// The follower scans the code of this Login and opens the link of the answer in WeChat's browser.
pub(in crate::flows) async fn open_page(
    visitor: &Visitor,
    phone: &Phone,
    held: &Held,
) -> (WechatBrowser, Visited) {
    let address = link(&phone.scan(held.code_text()).await);
    let browser = phone.browser().await;
    let page = browser.open(&address, &visitor.saoma).await;
    (browser, page)
}
