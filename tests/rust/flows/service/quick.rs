//! `confirm = "scan"`: the scan itself counts, for clients that have said so.

use super::steps::follower;
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::phone::{Phone, said};
use saoma_tests::visitor::{Held, VERIFIER, Visitor};
use saoma_tests::wait::eventually;
use saoma_tests::ways::{KIOSK, QUICK};
use serde_json::{Value, json};

fn body() -> Value {
    let mut body = Visitor::begin_body_for("quick");
    body["client_id"] = json!(KIOSK);
    body
}

/// The kiosk's back end takes the user.
async fn finish(visitor: &Visitor, held: &Held) -> String {
    let code = visitor.post(held, "complete").await.text("code").to_owned();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
        ("redirect_uri", saoma_tests::house::REDIRECT_URI),
    ];
    let request = visitor.request(reqwest::Method::POST, "/oauth2/token");
    let request = request.basic_auth(KIOSK, Some(saoma_tests::house::CLIENT_SECRET)).form(&fields);
    let tokens = saoma_tests::visitor::send(request).await;
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
        let user = finish(&visitor, &held).await;
        assert!(user.starts_with("usr_"), "{user}");
        let held = Held::of(&visitor.try_begin(&body()).await);
        assert!(said(&phone.scan(held.code_text()).await).contains("已登录"));
        assert_eq!(visitor.stage(&held).await, "confirmed");
        assert_eq!(finish(&visitor, &held).await, user);
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
