//! "That was not me": whatever came of a login ends, within seconds, wherever the person says so.

use crate::flows::service::steps::{follower, open_page};
use reqwest::StatusCode;
use saoma_tests::back_end::BackEnd;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, House, Plan};
use saoma_tests::phone::said;
use saoma_tests::relying_party::{SiteBrowser, answered, request_with, signed_for, tokens, usual_request};
use saoma_tests::visitor::Visitor;
use saoma_tests::ways::{PLAIN, SERVICE};
use serde_json::json;

async fn open(db: &Database, back_end: &BackEnd) -> House {
    let client_toml = format!(
        "[client.openid]\nrefresh_tokens = true\nbackchannel_logout_uri = \"{}/told\"\n",
        back_end.base
    );
    House::planned(db.url(), Plan { manual_clock: true, client_toml, ..Plan::default() }).await
}

async fn is_good(visitor: &Visitor, token: &str) -> bool {
    visitor.user_info(token).await.status == StatusCode::OK
}

every_database! {
    async fn log_13_t30_a_minute_later_the_phone_says_not_me_and_all_of_it_is_gone(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        let held = saoma_tests::visitor::Held::of(&browser.start(&page, "mini").await);
        let phone = browser.visitor.scan(&held, "ann").await;
        browser.visitor.confirm(&phone).await;
        let code = answered(&browser.get(&page).await)["code"].clone();
        let (reply, id_token) = tokens(&browser.visitor, &code).await;
        let token = reply.text("access_token");
        // What the session gave besides goes too.
        let more = answered(&browser.authorize(&usual_request()).await)["code"].clone();
        let more = tokens(&browser.visitor, &more).await.0.text("access_token").to_owned();
        let clock = house.clock.as_ref().unwrap();
        clock.advance_seconds(60);
        let waiting = answered(&browser.authorize(&usual_request()).await)["code"].clone();
        let record = "SELECT client_id || ' ' || outcome AS line FROM audit_events WHERE action = 'login.ended'";
        assert_eq!(db.lines(record).await, [format!("{CLIENT} success")]);

        let told = browser.visitor.companion("not-me", &json!({ "companion_token": phone })).await;
        assert_eq!(told.json, json!({ "stage": "denied", "reason": "disowned" }));
        assert!(!is_good(&browser.visitor, token).await && !is_good(&browser.visitor, &more).await);
        let late = saoma_tests::relying_party::redeem(&browser.visitor, &waiting, &[]).await;
        assert_eq!(late.code(), "invalid_grant", "a code on its way");
        let silent = answered(&browser.authorize(&request_with(&[("prompt", "none")])).await);
        assert_eq!(silent["error"], "login_required");
        clock.advance_seconds(1);
        let claims = signed_for(&browser.visitor, &back_end.call(0).await["logout_token"], CLIENT).await;
        assert_eq!((&claims["sub"], &claims["sid"]), (&id_token["sub"], &id_token["sid"]));
        // Saying it twice changes nothing more.
        let again = browser.visitor.companion("not-me", &json!({ "companion_token": phone })).await;
        assert_eq!(again.json, told.json);
        assert_eq!(db.lines("SELECT id AS line FROM audit_events WHERE action = 'login.disowned'").await.len(), 2);
        house.close().await;
    }

    async fn log_13_a_login_that_nobody_redeemed_yet_is_denied(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let phone = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.companion("not-me", &json!({ "companion_token": phone })).await.status, StatusCode::GONE);
        visitor.confirm(&phone).await;
        let code = visitor.post(&held, "complete").await.text("code").to_owned();
        visitor.companion("not-me", &json!({ "companion_token": phone })).await;
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("denied", "disowned"));
        assert_eq!(visitor.redeem(&code).await.code(), "invalid_grant");
        assert_eq!(visitor.post(&held, "complete").await.code(), "login_not_confirmed");
        house.close().await;
    }

    async fn log_13_the_confirm_page_takes_it_back_also_when_it_is_opened_later(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &SERVICE, "ann").await;
        let held = visitor.begin_by(&SERVICE).await;
        let (browser, page) = open_page(&visitor, &ann, &held).await;
        let done = browser.press(&page, "confirm").await;
        assert!(String::from_utf8_lossy(&done.bytes).contains("value=\"not_me\""));
        let token = visitor.access_token(&held).await;
        // In another browser of the same phone it has to prove who it is first; nobody else can.
        let later = ann.browser().await.open(page.url.as_str(), &visitor.saoma).await;
        assert!(later.text().contains("value=\"not_me\""), "{}", later.text());
        let bob = follower(&visitor, &SERVICE, "bob").await.browser().await;
        assert_eq!(bob.open(page.url.as_str(), &visitor.saoma).await.answer.status, StatusCode::FORBIDDEN);
        let forged = browser.send(reqwest::Method::POST, page.url.as_str(), Some(&visitor.saoma), Some(&[("csrf", "x"), ("decision", "not_me")])).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        assert!(is_good(&visitor, &token).await);
        assert_eq!(browser.press(&page, "not_me").await.status, StatusCode::OK);
        assert!(!is_good(&visitor, &token).await);
        house.clock.as_ref().unwrap().advance_seconds(1);
        let claims = signed_for(&visitor, &back_end.call(0).await["logout_token"], CLIENT).await;
        assert!(claims.get("sid").is_none(), "it was in no session: whatever the website has of them");
        house.close().await;
    }

    async fn log_13_a_message_in_the_chat_takes_the_last_login_back_and_no_other(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &SERVICE, "ann").await;
        let mut tokens = Vec::new();
        for _ in 0..2 {
            let held = visitor.begin_by(&SERVICE).await;
            let (browser, page) = open_page(&visitor, &ann, &held).await;
            browser.press(&page, "confirm").await;
            tokens.push(visitor.access_token(&held).await);
            house.clock.as_ref().unwrap().advance_seconds(1);
        }
        assert_eq!(said(&ann.say(&SERVICE, "不是我的错").await), "", "whatever else people write");
        let bob = follower(&visitor, &SERVICE, "bob").await;
        assert_eq!(said(&bob.say(&SERVICE, "不是我").await), "", "they were not logged in");
        assert!(is_good(&visitor, &tokens[1]).await);
        assert!(said(&ann.say(&SERVICE, "不是我。").await).contains("已失效"));
        assert!(is_good(&visitor, &tokens[0]).await && !is_good(&visitor, &tokens[1]).await);
        // Once more is about the same login.
        assert!(said(&ann.say(&SERVICE, "Not me").await).contains("已失效"));
        assert!(is_good(&visitor, &tokens[0]).await);
        house.close().await;
    }

    async fn log_13_a_chat_whose_messages_are_not_covered_by_a_signature_takes_nothing_back(db: &Database) {
        let back_end = BackEnd::start().await;
        let house = open(db, &back_end).await;
        let visitor = house.visitor();
        let ann = follower(&visitor, &PLAIN, "ann").await;
        let held = visitor.begin_by(&PLAIN).await;
        let (browser, page) = open_page(&visitor, &ann, &held).await;
        browser.press(&page, "confirm").await;
        let token = visitor.access_token(&held).await;
        assert_eq!(said(&ann.say(&PLAIN, "不是我").await), "");
        assert!(is_good(&visitor, &token).await);
        house.close().await;
    }
}
