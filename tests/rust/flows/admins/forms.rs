//! What is no form of ours, and what does not come to our name, changes nothing (ADM-07, ADM-12).

use super::routes::{Address, addresses};
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{AdminBrowser, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};

every_database! {
    async fn adm_07_a_form_from_elsewhere_is_refused_everywhere(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let mut browser = AdminBrowser::new(&house);
        browser.enrol(&house, &bootstrap(&house).await, "ann").await;
        let csrf = browser.get("/websites").await.hidden("csrf");
        let base = browser.base.clone();
        for path in addresses().into_iter().filter(|address| address.posts).map(|address| address.path) {
            let path = path.as_str();
            let bare = || browser.request(Method::POST, path);
            let post = || bare().form(&[("csrf", csrf.as_str())]);
            let forged = [
                post(),
                post().header(header::ORIGIN, "https://evil.example"),
                post().header(header::ORIGIN, "null"),
                post().header(header::ORIGIN, &house.saoma),
                post().header(header::ORIGIN, &base).header("sec-fetch-site", "cross-site"),
                post().header(header::ORIGIN, &base).header("sec-fetch-site", "same-site"),
                bare().header(header::ORIGIN, &base).header(header::CONTENT_TYPE, "text/plain").body(format!("csrf={csrf}")),
                bare().header(header::ORIGIN, &base).json(&serde_json::json!({"csrf": csrf})),
            ];
            for request in forged {
                let refused = AdminBrowser::new(&house).send(request).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.html);
            }
        }
        assert_eq!(browser.get("/websites").await.status, StatusCode::OK);
        house.close().await;
    }

    async fn adm_07_a_form_needs_the_value_of_its_own_session(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let [mut ann, mut bob] = [(); 2].map(|()| AdminBrowser::new(&house));
        ann.enrol(&house, &bootstrap(&house).await, "ann").await;
        bob.enrol(&house, &bootstrap(&house).await, "bob").await;
        let csrf = bob.get("/websites").await.hidden("csrf");
        for value in ["", "x", csrf.as_str()] {
            let refused = ann.post("/log-out", &[("csrf", value)]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(ann.get("/websites").await.status, StatusCode::OK);
        house.close().await;
    }

    async fn adm_07_no_get_changes_anything(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let mut browser = AdminBrowser::new(&house);
        browser.enrol(&house, &bootstrap(&house).await, "ann").await;
        for Address { path, .. } in addresses().into_iter().filter(|address| !address.gets) {
            assert_eq!(browser.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
        assert_eq!(browser.get("/websites").await.status, StatusCode::OK);
        house.close().await;
    }

    async fn adm_12_the_house_is_on_its_own_listener_and_answers_to_its_name_only(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let mut browser = AdminBrowser::new(&house);
        let own = browser.base.clone();
        for path in ["/log-in", "/websites", "/account/password", "/enrol/x"] {
            browser.base.clone_from(&house.saoma);
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            browser.base.clone_from(&own);
            let rebound = browser.request(Method::GET, path).header(header::HOST, "evil.example");
            let refused = browser.send(rebound).await;
            assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
            assert!(refused.html.contains(&own), "{}", refused.html);
        }
        let health = browser.request(Method::GET, "/healthz").header(header::HOST, "10.0.0.1:8081");
        assert_eq!(browser.send(health).await.status, StatusCode::OK);
        house.close().await;
    }
}
