//! Somebody whom an admin has switched off: every way ends with a reason, nothing is handed over, and
//! what had been handed over says nothing any more.

use super::steps::{By, consent, say_number};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::phone::{Phone, parameter};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::ways::WEBSITE;
use saoma_tests::website::{WebsitePage, come_back, sent_on};
use serde_json::json;

async fn switch(db: &Database, off: bool) {
    let at = if off { "1" } else { "NULL" };
    db.raw().await.execute(&format!("UPDATE users SET disabled_at = {at}")).await.unwrap();
}

async fn assert_turned_away(visitor: &Visitor, held: &Held) {
    let view = visitor.read(held, "").await;
    assert_eq!((view.text("stage"), view.text("reason")), ("failed", "user_disabled"), "{:?}", view.json);
}

every_database! {
    async fn whoever_is_switched_off_is_turned_away_by_every_way(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for way in [By::Mini, By::Number, By::Website] {
            way.log_in(&visitor, "ann").await;
        }
        let before = visitor.begin().await;
        consent(&visitor, &before, "ann", None).await;
        let token = visitor.access_token(&before).await;
        assert_eq!(visitor.user_info(&token).await.status, StatusCode::OK);
        switch(db, true).await;
        assert_eq!(visitor.user_info(&token).await.status, StatusCode::UNAUTHORIZED);

        let held = visitor.begin().await;
        let companion = visitor.scan(&held, "ann").await;
        for _ in 0..2 {
            let answer = visitor.companion("confirm", &json!({"companion_token": companion})).await;
            assert_eq!((answer.status, answer.text("code")), (StatusCode::GONE, "login_ended"));
        }
        assert_turned_away(&visitor, &held).await;

        let held = say_number(&visitor, "ann").await;
        assert_turned_away(&visitor, &held).await;

        let held = visitor.begin_by(&WEBSITE).await;
        let page = WebsitePage::open(&visitor, &held).await;
        let back = page.confirmed_by(&Phone::of(&visitor, "ann")).await;
        let to = sent_on(&come_back(&visitor, &back).await);
        assert_eq!((parameter(&to, "error").as_deref(), parameter(&to, "code")), (Some("access_denied"), None));
        assert_turned_away(&visitor, &held).await;

        let told = "SELECT outcome || ' ' || detail || ' ' || (CASE WHEN user_id IS NULL THEN 'nobody' ELSE 'known' END) AS line
            FROM audit_events WHERE action = 'login.ended' AND outcome <> 'success'";
        assert_eq!(db.lines(told).await, ["refused user_disabled known"; 3]);
        switch(db, false).await;
        By::Mini.log_in(&visitor, "ann").await;
        house.close().await;
    }
}
