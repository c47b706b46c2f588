//! `confirm = "scan"`: the scan itself counts, for clients that have said so.

use super::asked::{given, page_of, press, redeem};
use super::steps::follower;
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::phone::{Phone, said};
use saoma_tests::visitor::{Held, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{KIOSK, QUICK};
use serde_json::{Value, json};

pub(super) fn body() -> Value {
    let mut body = Visitor::begin_body_for("quick");
    body["client_id"] = json!(KIOSK);
    body
}

/// Somebody has scanned, which is enough.
pub(super) async fn scanned(visitor: &Visitor, person: &str) -> Held {
    scanned_after(visitor, person, &body()).await
}

/// The same, after this begin.
pub(super) async fn scanned_after(visitor: &Visitor, person: &str, begin: &Value) -> Held {
    let phone = Phone::of(visitor, person);
    let held = Held::of(&visitor.try_begin(begin).await);
    phone.scan(held.code_text()).await;
    // A stranger's scan leads to the account, and the follow is what counts.
    if visitor.stage(&held).await != "confirmed" {
        phone.follow(&QUICK).await;
    }
    eventually("it is confirmed", || async { (visitor.stage(&held).await == "confirmed").then_some(()) })
        .await;
    held
}

/// The kiosk's back end takes the user.
async fn user_by(visitor: &Visitor, code: &str) -> String {
    let tokens = redeem(visitor, code).await;
    visitor.user_info(tokens.text("access_token")).await.text("sub").to_owned()
}

every_database! {
    /// A stranger's first scan, which is a follow, and a follower's: both are logins, of one user.
    async fn the_scan_confirms(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let phone = Phone::of(&visitor, "ann");
        let held = Held::of(&visitor.try_begin(&body()).await);
        phone.scan(held.code_text()).await;
        assert!(said(&phone.follow(&QUICK).await).contains("已登录"));
        eventually("it is confirmed", || async { (visitor.stage(&held).await == "confirmed").then_some(()) }).await;
        let page = page_of(&visitor, &held).await;
        let user = user_by(&visitor, &given(&press(&visitor, &page, "allow").await, "code")).await;
        assert!(user.starts_with("usr_"), "{user}");
        let held = Held::of(&visitor.try_begin(&body()).await);
        assert!(said(&phone.scan(held.code_text()).await).contains("已登录"));
        assert_eq!(visitor.stage(&held).await, "confirmed");
        let code = visitor.post(&held, "complete").await.text("code").to_owned();
        assert_eq!(user_by(&visitor, &code).await, user);
        house.close().await;
    }

    /// Two opt-ins: a client that wants a confirmation is not offered it, and cannot begin it.
    async fn a_client_that_wants_more_is_not_offered_it(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        follower(&visitor, &QUICK, "ann").await;
        let refused = visitor.try_begin(&Visitor::begin_body_for("quick")).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "provider_not_offered"));
        house.close().await;
    }
}
