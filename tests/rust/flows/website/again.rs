//! The same callback again: reloaded, in parallel, by the back button. WeChat is asked once.

use super::steps::{assert_page, assert_told, spent, stands, works_again};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{calls, fault};
use saoma_tests::phone::parameter;
use saoma_tests::visitor::send;
use saoma_tests::wait::eventually;
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::{come_back, confirmed_at_wechat, sent_on};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

every_database! {
    /// T8: reloaded before and after the website has redeemed: a page without a code, one call to WeChat, and the
    /// first code stays good.
    async fn t8_a_reload_gives_a_page_and_no_second_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        let code = parameter(&sent_on(&come_back(&visitor, &back).await), "code").unwrap();
        for _ in 0..3 {
            assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
        }
        let tokens = visitor.redeem(&code).await;
        assert_eq!(tokens.status, StatusCode::OK, "{:?}", tokens.json);
        assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
        assert_eq!((spent(&visitor).await, visitor.stage(&held).await.as_str()), (1, "redeemed"));
        assert_eq!(visitor.user_info(tokens.text("access_token")).await.status, StatusCode::OK);
        house.close().await;
    }

    /// The page says in the reader's language what to do.
    async fn the_page_of_a_reload_speaks_the_readers_language(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        sent_on(&come_back(&visitor, &back).await);
        for (language, text) in [("zh-CN", "本次登录已处理过"), ("en-GB", "This login was answered before")] {
            let page = send(visitor.http.get(back.as_str()).header("accept-language", language)).await;
            assert!(String::from_utf8_lossy(&page.bytes).contains(text), "{text}");
        }
        house.close().await;
    }

    /// LOG-03: sixteen at once: one is sent on with a code, WeChat is asked once.
    async fn log_03_sixteen_callbacks_at_once_give_one_code(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for person in ["ann", "bob"] {
            let before = spent(&visitor).await;
            let held = visitor.begin_by(&WEBSITE).await;
            let back = confirmed_at_wechat(&visitor, &held, person).await;
            let all = futures_util::future::join_all((0..16).map(|_| come_back(&visitor, &back))).await;
            let (sent, pages): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.status == StatusCode::SEE_OTHER);
            assert_eq!((sent.len(), pages.len()), (1, 15));
            pages.into_iter().for_each(|page| assert_page(page, StatusCode::CONFLICT));
            assert_eq!(spent(&visitor).await - before, 1);
            let code = parameter(&sent_on(sent[0]), "code").unwrap();
            assert_eq!(visitor.redeem(&code).await.status, StatusCode::OK);
        }
        house.close().await;
    }

    /// A browser that loses patience while WeChat is slow, and loads again: the second hears that it is over,
    /// the first is still answered.
    async fn a_reload_while_wechat_is_slow_asks_nobody(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        fault(&visitor, "/sns/userinfo", &json!({"delay_ms": 3000}), Some(1)).await;
        let (patient, address) = (visitor.clone(), back.clone());
        let first = tokio::spawn(async move { come_back(&patient, &address).await });
        eventually("the code is spent", || async { (spent(&visitor).await == 1).then_some(()) }).await;
        assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
        assert!(parameter(&sent_on(&first.await.unwrap()), "code").is_some());
        assert_eq!((spent(&visitor).await, calls(&visitor, "/sns/userinfo").await), (1, 1));
        house.close().await;
    }

    /// A browser that goes away in the middle leaves nothing half done: the code is spent, so the person is logged
    /// in as far as that goes, and whoever loads the address again reads that it was answered.
    async fn a_callback_whose_browser_hangs_up_is_carried_out(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        fault(&visitor, "/sns/userinfo", &json!({"delay_ms": 2000}), Some(1)).await;
        let host = house.saoma.strip_prefix("http://").unwrap();
        let mut browser = TcpStream::connect(host).await.unwrap();
        let request = format!("GET {}?{} HTTP/1.1\r\nhost: {host}\r\n\r\n", back.path(), back.query().unwrap());
        browser.write_all(request.as_bytes()).await.unwrap();
        eventually("the code is spent", || async { (spent(&visitor).await == 1).then_some(()) }).await;
        browser.set_zero_linger().unwrap();
        drop(browser);
        let confirmed = || async { (visitor.stage(&held).await == "confirmed").then_some(()) };
        eventually("it is confirmed all the same", confirmed).await;
        assert_page(&come_back(&visitor, &back).await, StatusCode::CONFLICT);
        assert_eq!((spent(&visitor).await, db.lines("SELECT id AS line FROM users").await.len()), (1, 1));
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// Cancelled while WeChat is slow: the cancel stands, the person is told so, nobody is logged in.
    async fn a_cancel_while_wechat_is_slow_stands(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        fault(&visitor, "/sns/userinfo", &json!({"delay_ms": 3000}), Some(1)).await;
        let (patient, address) = (visitor.clone(), back.clone());
        let callback = tokio::spawn(async move { come_back(&patient, &address).await });
        eventually("the code is spent", || async { (spent(&visitor).await == 1).then_some(()) }).await;
        assert_eq!(visitor.post(&held, "cancel").await.text("stage"), "cancelled");
        assert_page(&callback.await.unwrap(), StatusCode::CONFLICT);
        assert_eq!(visitor.stage(&held).await, "cancelled");
        assert!(db.lines("SELECT id AS line FROM users").await.is_empty());
        works_again(&visitor, "ann").await;
        house.close().await;
    }

    /// Somebody has spent the code at WeChat before us: the website hears of it, and may begin again.
    async fn a_code_that_was_spent_elsewhere_is_told_to_the_website(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let held = visitor.begin_by(&WEBSITE).await;
        let back = confirmed_at_wechat(&visitor, &held, "ann").await;
        let code = parameter(&back, "code").unwrap();
        let query = [
            ("appid", WEBSITE.appid), ("secret", WEBSITE.secret), ("code", code.as_str()),
            ("grant_type", "authorization_code"),
        ];
        let theirs = send(visitor.http.get(format!("{}/sns/oauth2/access_token", visitor.sandbox)).query(&query)).await;
        assert!(theirs.json.get("openid").is_some(), "{:?}", theirs.json);
        assert_told(&visitor, &come_back(&visitor, &back).await, "access_denied");
        assert_eq!(stands(&visitor, &held).await, ("failed".to_owned(), "vendor_failed".to_owned()));
        assert_eq!(spent(&visitor).await, 2, "theirs and one of ours: a spent code is not tried again");
        works_again(&visitor, "ann").await;
        house.close().await;
    }
}
