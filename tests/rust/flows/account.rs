//! People's own page at Saoma: what is on it, what may be changed from it, and what may not.

mod forms;
mod leaving;
mod merge;
mod page;
mod proof;
mod ways;

use saoma_tests::database::Database;
use saoma_tests::house::{House, Plan};
use saoma_tests::relying_party::{SiteBrowser, hidden, location};
use saoma_tests::visitor::Answer;

/// A house in which the test moves time, and a website may have refresh tokens.
async fn open(db: &Database) -> House {
    let client_toml = "[client.openid]\nrefresh_tokens = true\n".to_owned();
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}

/// A browser in which this person is logged in at their own page, which it shows.
async fn at_home(house: &House, person: &str) -> (SiteBrowser, Answer) {
    let mut browser = SiteBrowser::new(house);
    let page = location(&browser.get("/account").await);
    browser.confirm_at(&page, person).await;
    let home = location(&browser.get(&page).await);
    assert_eq!(home, format!("{}/account", house.saoma));
    let shown = browser.get("/account").await;
    (browser, shown)
}

/// Whoever is logged in for a website says yes to their own page, too.
async fn prove(browser: &mut SiteBrowser, person: &str) {
    let page = location(&browser.get("/account/delete").await);
    browser.confirm_at(&page, person).await;
    assert!(location(&browser.get(&page).await).ends_with("/account/delete"));
}

/// A page's text.
fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// Presses what a page of a step offers, having read it.
async fn press(browser: &mut SiteBrowser, place: &str, decision: &str) -> Answer {
    let shown = browser.get(place).await;
    let csrf = hidden(&shown, "csrf");
    browser.post(place, &[("csrf", &csrf), ("decision", decision), ("sure", "yes")]).await
}

/// The value that the forms of this session send back.
async fn csrf(browser: &mut SiteBrowser) -> String {
    hidden(&browser.get("/account/delete").await, "csrf")
}

/// Sends one of the small forms of the page itself.
async fn send_form(browser: &mut SiteBrowser, place: &str) -> Answer {
    let csrf = csrf(browser).await;
    browser.post(place, &[("csrf", &csrf)]).await
}

/// Somebody scans and confirms what a linking shows; gives the page that says what was found.
async fn scan_to_link(browser: &mut SiteBrowser, person: &str) -> String {
    let page = location(&press(browser, "/account/link", "go").await);
    browser.confirm_at(&page, person).await;
    let to = location(&browser.get(&page).await);
    let place = to.strip_prefix(&browser.visitor.saoma).unwrap().to_owned();
    assert!(place.starts_with("/account/link/azr_"), "{place}");
    place
}

/// What the page says was done.
fn said(answer: &Answer) -> String {
    location(answer).strip_prefix("/account?said=").unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// The rows of one column.
async fn lines(db: &Database, column: &str, rest: &str) -> Vec<String> {
    db.lines(&format!("SELECT {column} AS line FROM {rest}")).await
}
