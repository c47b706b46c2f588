//! `confirm = "page"`: the scan is answered with a link; its page proves the openid again and asks.

use super::steps::{follower, open_page, timed_house};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::phone::{Phone, link, said};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::ways::SERVICE;

/// From the page on the phone to the website's user.
async fn confirm(visitor: &Visitor, phone: &Phone, held: &Held) -> String {
    let (browser, page) = open_page(visitor, phone, held).await;
    let done = browser.press(&page, "confirm").await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", String::from_utf8_lossy(&done.bytes));
    visitor.finish(held).await
}

every_database! {
    /// A follower's whole way; the second time they are the same user, and so they are by mini-program.
    async fn a_follower_confirms_on_the_page(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        assert!(held.code_text().starts_with("http://weixin.qq.com/q/"), "{}", held.code_text());
        let told = phone.scan(held.code_text()).await;
        assert!(said(&told).contains("Test Shop") && said(&told).contains("localhost"), "{}", said(&told));
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert!(link(&told).starts_with(&format!("{}/confirm/", house.saoma)));
        let user = confirm(&visitor, &phone, &held).await;
        let again = visitor.begin_by(&SERVICE).await;
        assert_eq!(confirm(&visitor, &phone, &again).await, user);
        assert_eq!(visitor.log_in("ann").await, user, "one person by two ways is one user");
        house.close().await;
    }

    /// A stranger's scan says nothing until they follow; then the same code goes on.
    async fn a_stranger_follows_first(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (phone, held) = (Phone::of(&visitor, "bob"), visitor.begin_by(&SERVICE).await);
        assert_eq!(phone.scan(held.code_text()).await.json["following"], false);
        assert_eq!(visitor.stage(&held).await, "pending");
        let address = link(&phone.follow(&SERVICE).await);
        assert_eq!(visitor.stage(&held).await, "scanned");
        let browser = phone.browser().await;
        let page = browser.open(&address, &visitor.saoma).await;
        browser.press(&page, "confirm").await;
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// Declining, and declining because it looks like a trick, are told apart; both end it.
    async fn a_person_declines_on_the_page(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        for (button, reason) in [("deny", "declined_on_phone"), ("report", "reported_on_phone")] {
            let held = visitor.begin_by(&SERVICE).await;
            let (browser, page) = open_page(&visitor, &phone, &held).await;
            assert_eq!(browser.press(&page, button).await.status, StatusCode::OK);
            let view = visitor.read(&held, "").await;
            assert_eq!((view.text("stage"), view.text("reason")), ("denied", reason));
            // Too late to think otherwise.
            assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::GONE);
            assert_eq!(visitor.post(&held, "complete").await.status, StatusCode::CONFLICT);
        }
        house.close().await;
    }

    /// LOG-05, T2: the page names the site, its host, the asking browser and the age from the server's
    /// own data, the region as unknown; declining comes first and weighs the same.
    async fn log_05_the_page_shows_who_asks(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
        let held = visitor.begin_as(&SERVICE, agent).await;
        house.clock.as_ref().unwrap().advance_millis(37_000);
        let address = link(&phone.scan(held.code_text()).await);
        let browser = phone.browser().await;
        let page = browser.open(&address, &visitor.saoma).await;
        let forged = format!("{}?name=Bank&domain=bank.example&browser=Yours&region=Here", page.url);
        for text in [page.text(), browser.open(&forged, &visitor.saoma).await.text()] {
            for shown in ["Test Shop", "localhost", "Firefox", "Linux", "37 seconds", "not known"] {
                assert!(text.contains(shown), "{shown} is not in {text}");
            }
            assert!(!text.contains("Bank") && !text.contains("bank.example"));
            let (deny, confirm) = (text.find("value=\"deny\" autofocus"), text.find("value=\"confirm\""));
            assert!(deny.is_some() && deny < confirm, "declining comes first and has the focus");
        }
        house.close().await;
    }

    /// T13: nothing but the POST decides: a hundred looks of every sort leave it scanned.
    async fn log_04_a_get_never_confirms(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        let query = format!("?csrf={}&decision=confirm", page.csrf());
        for number in 0..100 {
            let method = [Method::GET, Method::HEAD][number % 2].clone();
            let address = format!("{}{}", page.url, [query.as_str(), ""][number / 2 % 2]);
            let looked = browser.send(method, &address, Some(&visitor.saoma), None).await;
            assert_eq!(looked.status, StatusCode::OK);
        }
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        house.close().await;
    }

    /// T14: a POST without the page's value, with another one, or from another origin is refused.
    async fn log_04_a_post_from_elsewhere_is_refused(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        let (address, csrf) = (page.url.as_str(), page.csrf());
        let own = visitor.saoma.as_str();
        let yes = ("decision", "confirm");
        for (origin, form) in [
            (Some(own), vec![yes]),
            (Some(own), vec![("csrf", "a-guess"), yes]),
            (Some(own), vec![("csrf", csrf.as_str()), ("csrf", csrf.as_str()), yes]),
            (Some(own), vec![("csrf", csrf.as_str()), ("decision", "maybe")]),
            (Some("http://evil.example"), vec![("csrf", csrf.as_str()), yes]),
            (Some("null"), vec![("csrf", csrf.as_str()), yes]),
            (None, vec![("csrf", csrf.as_str()), yes]),
        ] {
            let refused = browser.send(Method::POST, address, origin, Some(&form)).await;
            assert!(refused.status.is_client_error(), "{origin:?} {form:?}: {}", refused.status);
        }
        assert_eq!(visitor.stage(&held).await, "scanned");
        let policy = page.answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        house.close().await;
    }

    /// T15: a scan is no consent: without anything else it stays scanned, and expires.
    async fn log_04_a_scan_alone_expires(db: &Database) {
        let house = timed_house(db).await;
        let visitor = house.visitor();
        let (ann, bob) = (follower(&visitor, &SERVICE, "ann").await, Phone::of(&visitor, "bob"));
        let (scanned, followed) = (visitor.begin_by(&SERVICE).await, visitor.begin_by(&SERVICE).await);
        let address = link(&ann.scan(scanned.code_text()).await);
        bob.scan(followed.code_text()).await;
        bob.follow(&SERVICE).await;
        house.clock.as_ref().unwrap().advance_millis(299_999);
        for held in [&scanned, &followed] {
            assert_eq!(visitor.stage(held).await, "scanned");
        }
        house.clock.as_ref().unwrap().advance_millis(1);
        for held in [&scanned, &followed] {
            let view = visitor.read(held, "").await;
            assert_eq!((view.text("stage"), view.text("reason")), ("expired", "not_confirmed_in_time"));
        }
        let page = ann.browser().await.open(&address, &visitor.saoma).await;
        assert_eq!(page.answer.status, StatusCode::GONE);
        house.close().await;
    }

    /// T16: whoever is named in the address, the body or a header: the person whom WeChat proved counts.
    async fn log_04_nobody_is_named_by_a_parameter(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let bob = visitor.log_in("bob").await;
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        let csrf = page.csrf();
        let form = [
            ("csrf", csrf.as_str()),
            ("decision", "confirm"),
            ("openid", "oAnother"),
            ("unionid", "oAnother"),
            ("user", bob.as_str()),
            ("sub", bob.as_str()),
        ];
        let address = format!("{}?openid=oAnother&user={bob}", page.url);
        let done = browser.send(Method::POST, &address, Some(&visitor.saoma), Some(&form)).await;
        assert_eq!(done.status, StatusCode::OK);
        let user = visitor.finish(&held).await;
        assert_ne!(user, bob);
        assert_eq!(visitor.log_in("ann").await, user);
        house.close().await;
    }

    /// T17: a forwarded link starts a proof of its own, which names another person and fails; the cookie
    /// of one page, or a stolen one, is no proof for another.
    async fn log_04_a_forwarded_link_fails(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (ann, bob) =
            (follower(&visitor, &SERVICE, "ann").await, follower(&visitor, &SERVICE, "bob").await);
        let (held, other) = (visitor.begin_by(&SERVICE).await, visitor.begin_by(&SERVICE).await);
        let (anns, page) = open_page(&visitor, &ann, &held).await;
        let (bobs, bobs_page) = open_page(&visitor, &bob, &other).await;
        let stolen = bobs.open(page.url.as_str(), &visitor.saoma).await;
        assert_eq!(stolen.answer.status, StatusCode::FORBIDDEN);
        assert!(!stolen.text().contains("csrf"), "{}", stolen.text());
        // With the page's own value, as if it had leaked, and with the proof of another page.
        let (csrf, own) = (page.csrf(), visitor.saoma.as_str());
        let form = [("csrf", csrf.as_str()), ("decision", "confirm")];
        let pressed = bobs.send(Method::POST, page.url.as_str(), Some(own), Some(&form)).await;
        assert_eq!(pressed.status, StatusCode::FORBIDDEN);
        let (name, proof) = bobs.kept(bobs_page.url.as_str()).remove(0);
        let moved = visitor.http.post(page.url.as_str()).header("origin", own);
        let moved = moved.header("cookie", format!("{name}={proof}")).form(&form);
        assert_eq!(saoma_tests::visitor::send(moved).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert_eq!(anns.press(&page, "confirm").await.status, StatusCode::OK);
        house.close().await;
    }

    /// LOG-07, T9: a second person on the same code ends it for both, and both are told in the chat.
    async fn log_07_a_second_scan_ends_it_for_both(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let (ann, bob) =
            (follower(&visitor, &SERVICE, "ann").await, follower(&visitor, &SERVICE, "bob").await);
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &ann, &held).await;
        let told = bob.scan(held.code_text()).await;
        assert!(told.json["push"]["reply"]["links"].as_array().unwrap().is_empty(), "{}", told.json);
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("conflict", "second_subject"));
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::GONE);
        let audit = db.lines("SELECT action || ' ' || COALESCE(detail, '') AS line FROM audit_events").await;
        assert!(audit.iter().any(|line| line.contains("second_subject")), "{audit:?}");
        house.close().await;
    }

    /// The same person scans again: the same link, and the page that is open goes on.
    async fn a_second_scan_by_the_same_person_changes_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        let version = visitor.read(&held, "").await.json["version"].clone();
        assert_eq!(link(&phone.scan(held.code_text()).await), page.url.as_str());
        assert_eq!(visitor.read(&held, "").await.json["version"], version);
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        // Pressed twice, scanned once more, and the page opened again: it stays as it is.
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        assert!(said(&phone.scan(held.code_text()).await).contains("已登录"));
        assert_eq!(browser.get(page.url.as_str()).await.status, StatusCode::OK);
        assert_eq!(visitor.stage(&held).await, "confirmed");
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// Whoever stops following before they confirm may still confirm: they are who scanned.
    async fn unfollowing_meanwhile_changes_nothing(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        assert_eq!(phone.unfollow(&SERVICE).await.json["push"]["reply"]["type"], "none");
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::OK);
        assert!(visitor.finish(&held).await.starts_with("usr_"));
        house.close().await;
    }

    /// A person whom WeChat shows the page as a preview only is told so and can confirm nothing.
    async fn a_preview_proves_nobody(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let preview = serde_json::json!({"name": "ANN", "snapshot": true});
        phone.control(Method::PUT, "persons/ann", &preview).await;
        let held = visitor.begin_by(&SERVICE).await;
        let (_, page) = open_page(&visitor, &phone, &held).await;
        assert_eq!(page.answer.status, StatusCode::FORBIDDEN);
        assert!(!page.text().contains("csrf"));
        assert_eq!(visitor.stage(&held).await, "scanned");
        house.close().await;
    }
}
