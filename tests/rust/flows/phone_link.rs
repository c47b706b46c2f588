//! A phone's own browser cannot scan its own screen: it opens WeChat by a link, where the provider makes one.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, ORIGIN};
use saoma_tests::visitor::{Answer, Held, Visitor, send};
use serde_json::json;

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; K) Chrome/126.0.0.0 Mobile Safari/537.36";

/// From now on the house's mini-program makes links of this form.
async fn make_links(house: &mut House, form: &str) {
    house.halt().await;
    for provider in &mut house.config.providers {
        if provider.slug.as_str() == "mini" {
            provider.config.0["phone_link"] = json!(form);
        }
    }
    house.start().await.unwrap();
}

/// Begins in this browser.
async fn begin(visitor: &Visitor, agent: &str) -> Answer {
    let request = visitor.request(reqwest::Method::POST, "/api/v1/logins").header("origin", ORIGIN);
    send(request.header("user-agent", agent).json(&Visitor::begin_body())).await
}

/// The pretend phone opens a link.
async fn tap(visitor: &Visitor, person: &str, link: &str) -> Answer {
    let act = json!({ "person": person, "action": "scan", "text": link });
    send(visitor.http.post(format!("{}/_sandbox/v1/act", visitor.sandbox)).json(&act)).await
}

every_database! {
    async fn a_login_by_a_link_ends_as_one_by_its_code(db: &Database) {
        let mut house = House::open(db.url()).await;
        let visitor = house.visitor();
        for form in ["scheme", "url_link"] {
            make_links(&mut house, form).await;
            let begun = begin(&visitor, PHONE).await;
            let link = begun.json["challenge"]["open_url"].as_str().unwrap().to_owned();
            let held = Held::of(&begun);
            // The code is there for another screen, and a reload finds both.
            assert!(!visitor.scene(&held).await.is_empty());
            assert_eq!(visitor.read(&held, "").await.json["challenge"], begun.json["challenge"]);
            let opened = tap(&visitor, "ann", &link).await;
            assert_eq!((opened.status, opened.json["status"].as_u64()), (StatusCode::OK, Some(200)), "{:?}", opened.json);
            assert_eq!(opened.json["body"]["client"]["name"], "Test Shop");
            assert_eq!(visitor.stage(&held).await, "scanned");
            let confirm = json!({ "person": "ann", "action": "confirm" });
            send(visitor.http.post(format!("{}/_sandbox/v1/act", visitor.sandbox)).json(&confirm)).await;
            assert!(visitor.finish(&held).await.starts_with("usr_"));
        }
        house.close().await;
    }

    async fn other_browsers_cost_no_link_and_a_refused_link_costs_no_login(db: &Database) {
        let mut house = House::open(db.url()).await;
        make_links(&mut house, "scheme").await;
        let visitor = house.visitor();
        for agent in ["Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0", "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.50"] {
            let begun = begin(&visitor, agent).await;
            assert_eq!(begun.json["challenge"].get("open_url"), None, "{agent}");
        }
        let mut unverified = saoma_tests::house::mini_program(&house.saoma);
        unverified.verified = false;
        house.sandbox.register_app(unverified);
        let begun = begin(&visitor, PHONE).await;
        assert_eq!((begun.status, begun.json["challenge"].get("open_url")), (StatusCode::CREATED, None));
        // The admin finds what WeChat said with the Login that goes on.
        let told = format!("SELECT vendor_answer AS line FROM logins WHERE id = '{}'", begun.text("login_id"));
        assert!(db.lines(&told).await[0].contains("40002"));
        let held = Held::of(&begun);
        let token = visitor.scan(&held, "ann").await;
        assert_eq!(visitor.confirm(&token).await.status, StatusCode::OK);
        house.close().await;
    }
}
