//! The Form Post profile: the same answers, posted by the browser (OAuth 2.0 Form Post Response Mode).

use super::open;
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::REDIRECT_URI;
use saoma_tests::relying_party::{SiteBrowser, hidden, request_with, tokens};

every_database! {
    async fn oidcc_server_by_form_post(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&request_with(&[("response_mode", "form_post")])).await;
        browser.confirm_at(&page, "ann").await;
        let form = browser.get(&page).await;
        assert_eq!(form.status, StatusCode::OK);
        let html = String::from_utf8_lossy(&form.bytes).into_owned();
        let action = format!("action=\"{REDIRECT_URI}\"");
        assert!(html.replace("&#x2F;", "/").contains(&action), "{html}");
        assert_eq!((hidden(&form, "state").as_str(), hidden(&form, "iss")), ("website-state", house.saoma.clone()));
        let policy = form.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'nonce-") && policy.contains("form-action http://localhost:9;"), "{policy}");
        assert_eq!(form.headers["cache-control"], "no-store");
        tokens(&browser.visitor, &hidden(&form, "code")).await;
        house.close().await;
    }

    async fn a_refusal_goes_by_form_post_as_well_and_is_escaped(db: &Database) {
        let house = open(db).await;
        let mut browser = SiteBrowser::new(&house);
        let request = request_with(&[("response_mode", "form_post"), ("prompt", "none"), ("state", "\"><script>alert(1)</script>")]);
        let form = browser.authorize(&request).await;
        assert_eq!((form.status, hidden(&form, "error").as_str()), (StatusCode::OK, "login_required"));
        assert!(!String::from_utf8_lossy(&form.bytes).contains("<script>alert"));
        house.close().await;
    }
}
