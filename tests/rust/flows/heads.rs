//! Looking at the head of an address that a vendor sent a browser to: link previews and scanners do so,
//! and must not use up what the person is about to use.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::calls;
use saoma_tests::phone::{Phone, link, parameter};
use saoma_tests::visitor::send;
use saoma_tests::ways::{SERVICE, WEBSITE};
use saoma_tests::website::{come_back, confirmed_at_wechat, sent_on};

const SPENDS: &str = "/sns/oauth2/access_token";

every_database! {
    /// LOG-12: a look, or another method, at a callback.
    async fn log_12_a_look_at_a_callback_uses_nothing_up(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        for method in [Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH] {
            let looked = send(visitor.http.request(method.clone(), back.as_str())).await;
            assert_eq!(looked.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert_eq!(looked.headers["allow"], "GET, POST");
        }
        assert_eq!((calls(&visitor, SPENDS).await, visitor.stage(&held).await.as_str()), (0, "pending"));
        assert!(parameter(&sent_on(&come_back(&visitor, &back).await), "code").is_some());
        house.close().await;
    }

    /// T13: a look at the confirm page when the browser is sent back to it with the proof's code.
    async fn t13_a_look_at_the_way_back_to_the_page_uses_nothing_up(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        phone.already_follows(&SERVICE).await;
        let held = visitor.begin_by(&SERVICE).await;
        let page = link(&phone.scan(held.code_text()).await);
        let browser = phone.browser().await;
        let to_wechat = browser.get(&page).await;
        let back = browser.get(to_wechat.headers["location"].to_str().unwrap()).await;
        let back = back.headers["location"].to_str().unwrap();
        assert!(back.starts_with(&page) && back.contains("code="), "{back}");
        let looked = send(visitor.http.head(back)).await;
        assert!(!looked.status.is_client_error(), "{}", looked.status);
        assert_eq!(calls(&visitor, SPENDS).await, 0);
        let shown = browser.open(back, &visitor.saoma).await;
        assert!(shown.text().contains("csrf"), "{}", shown.text());
        assert_eq!(calls(&visitor, SPENDS).await, 1);
        house.close().await;
    }
}
