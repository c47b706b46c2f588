//! A Login begun in WeChat's own browser: web authorization in place of a code, then our page.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, REDIRECT_URI};
use saoma_tests::phone::{Phone, Visited, WECHAT_AGENT, WechatBrowser, parameter};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::ways::SERVICE;
use url::Url;

async fn begin(visitor: &Visitor) -> Held {
    visitor.begin_as(&SERVICE, WECHAT_AGENT).await
}

/// The person's own browser goes where the Login says, up to our page.
async fn opened(visitor: &Visitor, person: &str, held: &Held) -> (WechatBrowser, Visited) {
    let browser = Phone::of(visitor, person).browser().await;
    let page = browser.open(held.redirect_url(), &visitor.saoma).await;
    (browser, page)
}

fn back(answer: &saoma_tests::visitor::Answer) -> Url {
    answer.headers["location"].to_str().unwrap().parse().unwrap()
}

every_database! {
    /// The website's own address gets code, state and iss; the code is the person's.
    async fn the_website_is_answered_at_its_own_address(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        Phone::of(&visitor, "ann").already_follows(&SERVICE).await;
        let held = begin(&visitor).await;
        let to: Url = held.redirect_url().parse().unwrap();
        let names: Vec<_> = to.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["appid", "redirect_uri", "response_type", "scope", "state"], "WeChat's own order");
        assert_eq!((to.path(), to.fragment()), ("/connect/oauth2/authorize", Some("wechat_redirect")));
        let (browser, page) = opened(&visitor, "ann", &held).await;
        assert!(page.url.path().starts_with("/confirm/") && page.text().contains("Test Shop"));
        assert_eq!(visitor.stage(&held).await, "scanned");
        let done = browser.press(&page, "confirm").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let back = back(&done);
        assert!(back.as_str().starts_with(REDIRECT_URI), "{back}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("website-state"));
        assert_eq!(parameter(&back, "iss").as_deref(), Some(house.saoma.as_str()));
        let tokens = visitor.redeem(&parameter(&back, "code").unwrap()).await;
        let user = visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned();
        assert_eq!(visitor.log_in("ann").await, user);
        assert_eq!(visitor.stage(&held).await, "redeemed");
        house.close().await;
    }

    /// Whoever began it gets no code by `complete`; a mailed link leads whoever opens it to the website.
    async fn the_browser_that_began_gets_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = begin(&visitor).await;
        let (browser, page) = opened(&visitor, "bob", &held).await;
        let back = back(&browser.press(&page, "confirm").await);
        let refused = visitor.post(&held, "complete").await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "answered_by_redirect"));
        assert!(parameter(&back, "code").is_some(), "it went to the website with bob's own browser");
        let view = visitor.read(&held, "").await;
        assert!(!view.json.to_string().contains(&parameter(&back, "code").unwrap()));
        house.close().await;
    }

    /// Declined on our page: the website hears `access_denied`.
    async fn a_decline_is_told_to_the_website(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = begin(&visitor).await;
        let (browser, page) = opened(&visitor, "ann", &held).await;
        let back = back(&browser.press(&page, "deny").await);
        assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
        assert_eq!(parameter(&back, "state").as_deref(), Some("website-state"));
        assert_eq!(parameter(&back, "iss").as_deref(), Some(house.saoma.as_str()));
        assert_eq!(visitor.read(&held, "").await.text("stage"), "denied");
        house.close().await;
    }

    /// Pressed twice, because the first answer got lost: another code, and the first one is void.
    async fn a_second_press_gives_another_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = begin(&visitor).await;
        let (browser, page) = opened(&visitor, "ann", &held).await;
        let first = parameter(&back(&browser.press(&page, "confirm").await), "code").unwrap();
        let second = parameter(&back(&browser.press(&page, "confirm").await), "code").unwrap();
        assert_ne!(first, second);
        assert_eq!(visitor.redeem(&first).await.code(), "invalid_grant");
        assert_eq!(visitor.redeem(&second).await.status, StatusCode::OK);
        house.close().await;
    }
}
