//! Who is shown the page, and how it is kept from everybody else.

use super::{at_home, open, text};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::relying_party::{SiteBrowser, location, usual_request};

every_database! {
    async fn somebody_logs_in_by_scanning_and_sees_their_page(db: &Database) {
        let house = open(db).await;
        let (mut browser, shown) = at_home(&house, "ann").await;
        assert_eq!(shown.status, StatusCode::OK, "{}", text(&shown));
        let html = text(&shown);
        for expected in ["Your account", "Mini-program code", "WeChat mini program", "wx00000000000000a1", "this browser", "No website knows you"] {
            assert!(html.contains(expected), "{expected}: {html}");
        }
        assert!(!html.contains("oNHw"), "no openid");
        assert_eq!(shown.headers["cache-control"], "no-store");
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
        // Nothing was granted and nobody consented to anything: there is no website.
        for table in ["grants", "consents"] {
            assert!(db.lines(&format!("SELECT user_id AS line FROM {table}")).await.is_empty(), "{table}");
        }
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        house.close().await;
    }

    async fn whoever_is_logged_in_for_a_website_is_shown_their_page_at_once(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        browser.log_in(&usual_request(), "ann").await;
        let shown = browser.get("/account").await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(text(&shown).contains("Mini-program code"));
        house.close().await;
    }

    async fn the_login_page_names_saoma_and_its_address_serves_no_other_browser(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = location(&browser.get("/account").await);
        let shown = text(&browser.get(&page).await);
        assert!(shown.contains("Log in to your account") && shown.contains("client-id=\"(account)\""), "{shown}");
        let client = browser.get("/api/v1/clients/(account)").await;
        assert_eq!(client.text("name"), "Saoma");
        let ways = client.json["providers"].as_array().unwrap();
        assert!(ways.iter().any(|way| way["slug"] == "mini") && ways.iter().all(|way| way["slug"] != "quick"));
        browser.confirm_at(&page, "ann").await;
        let mut thief = SiteBrowser::new(&house);
        let elsewhere = location(&thief.get(&page).await);
        assert!(elsewhere.starts_with("/login/azr_") && elsewhere != page);
        assert!(location(&thief.get("/account").await).starts_with("/login/azr_"));
        house.close().await;
    }

    async fn nobody_begins_a_login_in_the_name_of_saoma(db: &Database) {
        let house = open(db).await;
        let visitor = house.visitor();
        for name in ["(account)", "(linking)", "(rehearsal)"] {
            let mut body = saoma_tests::visitor::Visitor::begin_body();
            body["client_id"] = name.into();
            body["redirect_uri"] = format!("{}/account", house.saoma).into();
            let request = visitor.request(reqwest::Method::POST, "/api/v1/logins");
            let answer = saoma_tests::visitor::send(request.header("origin", &house.saoma).json(&body)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_client"));
            let mut browser = SiteBrowser::new(&house);
            let request = saoma_tests::relying_party::request_with(&[("client_id", name)]);
            assert_eq!(browser.authorize(&request).await.status, StatusCode::BAD_REQUEST);
        }
        house.close().await;
    }

    async fn who_gives_up_is_not_logged_in(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = location(&browser.get("/account").await);
        let away = browser.post(&page, &[("decision", "cancel")]).await;
        assert_eq!(location(&away), format!("{}/", house.saoma));
        assert!(browser.cookies.keys().all(|name| !name.ends_with("-session")));
        house.close().await;
    }
}
