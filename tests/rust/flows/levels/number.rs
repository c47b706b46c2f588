//! Number choice (assurance `number`): the page shows one of three, and there is one try.

use super::open;
use crate::flows::service::steps::{follower, open_page};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{SiteBrowser, answered, request_with, tokens, usual_request};
use saoma_tests::visitor::{Answer, Held, Visitor};
use saoma_tests::ways::SERVICE;
use serde_json::{Value, json};

/// Somebody scans; gives the companion's token and the three numbers.
async fn scan(visitor: &Visitor, held: &Held, person: &str) -> (String, Vec<String>) {
    let scanned = visitor.try_scan(&visitor.scene(held).await, &visitor.js_code(person).await).await;
    assert_eq!(scanned.status, StatusCode::OK, "{:?}", scanned.json);
    (scanned.text("companion_token").to_owned(), numbers(&scanned))
}

fn numbers(scanned: &Answer) -> Vec<String> {
    let numbers = scanned.json["numbers"].as_array().unwrap();
    numbers.iter().map(|number| number.as_str().unwrap().to_owned()).collect()
}

async fn confirm(visitor: &Visitor, token: &str, number: Option<&str>) -> Answer {
    visitor.companion("confirm", &json!({ "companion_token": token, "number": number })).await
}

every_database! {
    async fn log_06_the_right_number_logs_in_and_the_id_token_says_so(db: &Database) {
        let house = open(db, "number").await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        let begun = browser.start(&page, "mini").await;
        let (held, shown) = (Held::of(&begun), begun.text("number").to_owned());
        assert_eq!(shown.len(), 2);
        let (token, offered) = scan(&browser.visitor, &held, "ann").await;
        assert_eq!(offered.len(), 3);
        assert_eq!(offered.iter().filter(|number| **number == shown).count(), 1, "{offered:?} and {shown}");
        // Whoever asks again is offered the same.
        let (token, again) = { let (next, again) = scan(&browser.visitor, &held, "ann").await; drop(token); (next, again) };
        assert_eq!(again, offered);
        let done = confirm(&browser.visitor, &token, Some(&shown)).await;
        assert_eq!(done.json, json!({ "stage": "confirmed" }));
        let code = answered(&browser.get(&page).await)["code"].clone();
        let (_, claims) = tokens(&browser.visitor, &code).await;
        assert_eq!(claims["acr"], "urn:saoma:acr:number");
        house.close().await;
    }

    async fn t4_a_wrong_number_ends_it_at_once_and_there_is_no_second_try(db: &Database) {
        let house = open(db, "number").await;
        let visitor = house.visitor();
        let begun = visitor.try_begin(&Visitor::begin_body()).await;
        let (held, shown) = (Held::of(&begun), begun.text("number").to_owned());
        let (token, offered) = scan(&visitor, &held, "ann").await;
        // To forget it spends nothing.
        for nothing in [json!({ "companion_token": token }), json!({ "companion_token": token, "number": "seven" })] {
            let told = visitor.companion("confirm", &nothing).await;
            assert_eq!((told.status, told.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"), "{nothing}");
        }
        assert_eq!(visitor.stage(&held).await, "scanned");
        let wrong = offered.iter().find(|number| **number != shown).unwrap();
        let told = confirm(&visitor, &token, Some(wrong)).await;
        assert_eq!(told.json, json!({ "stage": "denied", "reason": "wrong_number" }));
        let view = visitor.read(&held, "").await;
        assert_eq!((view.text("stage"), view.text("reason")), ("denied", "wrong_number"));
        assert_eq!(confirm(&visitor, &token, Some(&shown)).await.code(), "login_ended");
        assert_eq!(visitor.post(&held, "complete").await.code(), "login_not_confirmed");
        house.close().await;
    }

    async fn t4_the_confirm_page_asks_for_the_number_as_well(db: &Database) {
        let house = open(db, "number").await;
        let visitor = house.visitor();
        let phone = follower(&visitor, &SERVICE, "ann").await;
        let begin = async || {
            let begun = visitor.try_begin(&Visitor::begin_body_for("service")).await;
            (Held::of(&begun), begun.text("number").to_owned())
        };
        let (held, shown) = begin().await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        let text = page.text();
        assert_eq!(text.matches("name=\"number\"").count(), 3);
        assert!(text.contains(&format!("value=\"{shown}\"")), "{text}");
        assert_eq!(browser.press(&page, "confirm").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(visitor.stage(&held).await, "scanned");
        assert_eq!(browser.press_with(&page, "confirm", &[("number", &shown)]).await.status, StatusCode::OK);
        assert!(visitor.finish(&held).await.starts_with("usr_"));

        let (held, shown) = begin().await;
        let (browser, page) = open_page(&visitor, &phone, &held).await;
        let wrong = format!("{:02}", (shown.parse::<u8>().unwrap() + 1) % 100);
        let told = browser.press_with(&page, "confirm", &[("number", &wrong)]).await;
        assert!(String::from_utf8_lossy(&told.bytes).contains("not the number"), "the person is told");
        assert_eq!(visitor.read(&held, "").await.text("reason"), "wrong_number");
        let late = browser.press_with(&page, "confirm", &[("number", &shown)]).await;
        assert_eq!(late.status, StatusCode::GONE);
        house.close().await;
    }

    async fn log_06_a_website_that_asks_for_more_by_acr_values_gets_it_from_whoever_is_logged_in_already(db: &Database) {
        let house = open(db, "confirmed").await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&usual_request(), "ann").await;
        let more = request_with(&[("acr_values", "urn:saoma:acr:number")]);
        let page = browser.to_login_page(&more).await;
        let begun = browser.start(&page, "mini").await;
        let (held, shown) = (Held::of(&begun), begun.text("number").to_owned());
        let (token, _) = scan(&browser.visitor, &held, "ann").await;
        confirm(&browser.visitor, &token, Some(&shown)).await;
        let code = answered(&browser.get(&page).await)["code"].clone();
        assert_eq!(tokens(&browser.visitor, &code).await.1["acr"], "urn:saoma:acr:number");
        // A way by redirect cannot give it.
        let page = browser.to_login_page(&request_with(&[("acr_values", "urn:saoma:acr:code_back")])).await;
        assert_eq!(browser.start(&page, "website").await.code(), "provider_not_offered");
        house.close().await;
    }

    async fn whoever_asks_for_no_more_than_a_confirmation_chooses_no_number(db: &Database) {
        let house = open(db, "confirmed").await;
        let visitor = house.visitor();
        let begun = visitor.try_begin(&Visitor::begin_body()).await;
        assert_eq!(begun.json.get("number"), None);
        let scene = visitor.scene(&Held::of(&begun)).await;
        let scanned = visitor.try_scan(&scene, &visitor.js_code("ann").await).await;
        assert_eq!(scanned.json.get("numbers"), None::<&Value>);
        house.close().await;
    }
}
