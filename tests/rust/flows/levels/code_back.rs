//! Code-back (assurance `code_back`): the phone shows six digits, and the browser gives them back.

use super::open;
use crate::flows::service::steps::{follower, open_page};
use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{SiteBrowser, answered, tokens, usual_request};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use saoma_tests::ways::SERVICE;
use serde_json::json;

async fn give_back(visitor: &Visitor, held: &Held, digits: &str) -> Answer {
    let address = format!("/api/v1/logins/{}/code-back", held.id);
    let request = visitor.request(Method::POST, &address).bearer_auth(&held.secret);
    send(request.json(&json!({ "digits": digits }))).await
}

/// The person scans and confirms; gives the companion's token and what the phone shows.
async fn consented(visitor: &Visitor, held: &Held, person: &str) -> (String, String) {
    let token = visitor.scan(held, person).await;
    let body = json!({ "companion_token": token, "nickname": "Lee" });
    let told = visitor.companion("confirm", &body).await;
    assert_eq!((told.status, told.text("stage")), (StatusCode::OK, "scanned"), "{:?}", told.json);
    (token, told.text("digits").to_owned())
}

fn other(digits: &str) -> String {
    format!("{:06}", (digits.parse::<u32>().unwrap() + 1) % 1_000_000)
}

every_database! {
    async fn t5_no_code_is_issued_until_the_digits_come_back(db: &Database) {
        let house = open(db, "code_back").await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        assert_eq!(give_back(&visitor, &held, "000000").await.code(), "digits_not_awaited");
        let (token, digits) = consented(&visitor, &held, "ann").await;
        assert!(digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()), "{digits}");
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("awaiting")), ("scanned", "code_back"));
        assert!(!view.json.to_string().contains(&digits), "the browser is never told");
        assert_eq!(visitor.post(&held, "complete").await.code(), "login_not_confirmed");
        // The phone asks again and is shown the same.
        assert_eq!(visitor.confirm(&token).await.text("digits"), digits);
        let wrong = give_back(&visitor, &held, &other(&digits)).await;
        assert_eq!((wrong.status, wrong.code()), (StatusCode::UNPROCESSABLE_ENTITY, "wrong_digits"));
        let right = give_back(&visitor, &held, &digits).await;
        assert_eq!((right.status, right.text("stage")), (StatusCode::OK, "confirmed"), "{:?}", right.json);
        assert_eq!(give_back(&visitor, &held, &digits).await.text("stage"), "confirmed", "a lost answer");
        assert_eq!(visitor.confirm(&token).await.text("stage"), "confirmed");
        let token = visitor.access_token(&held).await;
        assert_eq!(visitor.user_info(&token).await.text("name"), "Lee", "what was typed on the phone counts now");
        house.close().await;
    }

    async fn t5_three_wrong_ones_end_it_even_at_once(db: &Database) {
        let house = open(db, "code_back").await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let (token, digits) = consented(&visitor, &held, "ann").await;
        let guesses = (0..8).map(|_| give_back(&visitor, &held, "none"));
        let told = futures_util::future::join_all(guesses).await;
        let wrong = told.iter().filter(|answer| answer.json["code"] == "wrong_digits").count();
        assert_eq!(wrong, 2, "the third says that it is over");
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("denied", "wrong_digits"));
        assert_eq!(give_back(&visitor, &held, &digits).await.text("stage"), "denied");
        assert_eq!(visitor.confirm(&token).await.code(), "login_ended");
        house.close().await;
    }

    async fn t5_another_browser_gets_nothing_by_the_digits_and_a_new_scan_makes_new_ones(db: &Database) {
        let house = open(db, "code_back").await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let (_, digits) = consented(&visitor, &held, "ann").await;
        let stranger = Held { secret: visitor.begin().await.secret, ..held.clone() };
        assert_eq!(give_back(&visitor, &stranger, &digits).await.code(), "unknown_login");
        let (_, next) = consented(&visitor, &held, "ann").await;
        assert_ne!(next, digits);
        assert_eq!(give_back(&visitor, &held, &digits).await.code(), "wrong_digits");
        assert_eq!(give_back(&visitor, &held, &next).await.text("stage"), "confirmed");
        house.close().await;
    }

    async fn log_06_the_confirm_page_shows_the_digits_and_our_login_page_takes_them(db: &Database) {
        let house = open(db, "code_back").await;
        let mut site = SiteBrowser::new(&house);
        let login_page = site.to_login_page(&usual_request()).await;
        let held = Held::of(&site.start(&login_page, "service").await);
        let phone = follower(&site.visitor, &SERVICE, "ann").await;
        let (browser, page) = open_page(&site.visitor, &phone, &held).await;
        let shown = browser.press(&page, "confirm").await;
        let digits = |answer: &Answer| {
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            let shown = text.split_once("class=\"digits\" aria-label=\"").unwrap_or_else(|| panic!("{text}")).1;
            shown.split_once('"').unwrap().0.replace(' ', "")
        };
        let told = digits(&shown);
        assert_eq!(digits(&browser.get(page.url.as_str()).await), told, "the page is loaded again");
        let address = format!("/api/v1/logins/{}/code-back", held.id);
        let given = site.post_json(&address, &json!({ "digits": told })).await;
        assert_eq!(given.text("stage"), "confirmed", "{:?}", given.json);
        let code = answered(&site.get(&login_page).await)["code"].clone();
        assert_eq!(tokens(&site.visitor, &code).await.1["acr"], "urn:saoma:acr:code_back");
        house.close().await;
    }

    async fn a_consent_without_its_digits_runs_out(db: &Database) {
        let house = open(db, "code_back").await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let (_, digits) = consented(&visitor, &held, "ann").await;
        house.clock.as_ref().unwrap().advance_seconds(301);
        let late = give_back(&visitor, &held, &digits).await;
        assert_eq!((late.text("stage"), late.text("reason")), ("expired", "not_confirmed_in_time"));
        let kept = db.lines("SELECT COUNT(code_back) || '' AS line FROM logins").await;
        assert_eq!(kept, ["0"], "what was typed on the phone is not kept");
        house.close().await;
    }
}
