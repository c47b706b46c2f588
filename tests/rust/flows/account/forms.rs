//! Every form of the page: from our own page, in this session, by POST, and not too often.

use super::{at_home, csrf, lines, open, text};
use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::relying_party::{SiteBrowser, location};
use saoma_tests::visitor::send;

/// Every place that takes a form, with what it takes.
async fn places(db: &Database) -> Vec<(String, &'static str)> {
    let first = |rows: Vec<String>| rows.into_iter().next().unwrap();
    let way = first(lines(db, "id", "identities").await);
    let session = first(lines(db, "id", "user_sessions").await);
    vec![
        ("/account/link".to_owned(), "go"),
        (format!("/account/link/azr_{}", "0".repeat(22)), "merge"),
        (format!("/account/ways/{way}"), "remove"),
        ("/account/sites/shop".to_owned(), ""),
        ("/account/sessions".to_owned(), "all"),
        (format!("/account/sessions/{session}"), ""),
        (format!("/account/offers/off_{}", "0".repeat(22)), ""),
        ("/account/delete".to_owned(), "delete"),
    ]
}

/// What must not have changed.
async fn state(db: &Database) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for (column, rest) in [
        ("id || ' ' || version", "users ORDER BY 1"),
        ("id", "identities ORDER BY 1"),
        ("id", "user_sessions WHERE ended_at IS NULL ORDER BY 1"),
        ("id", "authorizations WHERE client_id = '(linking)' ORDER BY 1"),
        ("client_id", "consents ORDER BY 1"),
    ] {
        all.push(lines(db, column, rest).await);
    }
    all
}

every_database! {
    async fn no_form_is_taken_from_elsewhere_or_without_the_value_of_this_session(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let (mut others, _) = at_home(&house, "bob").await;
        let (csrf, others) = (csrf(&mut browser).await, csrf(&mut others).await);
        let before = state(db).await;
        let own = house.saoma.clone();
        for (place, decision) in places(db).await {
            for (origin, value) in [
                (None, csrf.as_str()),
                (Some("null"), &csrf),
                (Some("http://evil.example"), &csrf),
                (Some(own.as_str()), ""),
                (Some(&own), "x"),
                (Some(&own), &others),
            ] {
                let fields = [("csrf", value), ("decision", decision), ("sure", "yes")];
                let refused = browser.post_from(origin, &place, &fields).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{place} {origin:?} {value}");
            }
            let twice = [("csrf", csrf.as_str()), ("csrf", &csrf), ("decision", decision)];
            assert_eq!(browser.post(&place, &twice).await.status, StatusCode::BAD_REQUEST, "{place}");
        }
        assert_eq!(state(db).await, before);
        house.close().await;
    }

    async fn a_look_changes_nothing_and_a_form_of_nobody_leads_to_the_login(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let csrf = csrf(&mut browser).await;
        let before = state(db).await;
        for (place, decision) in places(db).await {
            let query = format!("{place}?csrf={csrf}&decision={decision}&sure=yes");
            browser.get(&query).await;
            let head = browser.visitor.request(reqwest::Method::HEAD, &place);
            assert_eq!(send(head).await.status, StatusCode::METHOD_NOT_ALLOWED, "{place}");
            let mut nobody = SiteBrowser::new(&house);
            let fields = [("csrf", csrf.as_str()), ("decision", decision), ("sure", "yes")];
            assert!(location(&nobody.post(&place, &fields).await).starts_with("/login/azr_"), "{place}");
        }
        for nothing in ["/account/", "/account/x", "/account/delete/x", "/account/sites/(account)", "/account/ways/x"] {
            assert_eq!(browser.get(nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
        }
        assert_eq!(state(db).await, before);
        house.close().await;
    }

    /// Whoever is switched off, or whose session was ended, is nobody at the page; who became part of another
    /// account is at home there.
    async fn who_is_switched_off_or_logged_out_meanwhile_is_asked_to_log_in(db: &Database) {
        let house = open(db).await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let csrf = csrf(&mut browser).await;
        for change in ["UPDATE users SET disabled_at = 1", "UPDATE user_sessions SET ended_at = 1"] {
            let mut raw = db.raw().await;
            raw.execute(change).await.unwrap();
            assert!(location(&browser.get("/account").await).starts_with("/login/azr_"), "{change}");
            let fields = [("csrf", csrf.as_str()), ("decision", "delete"), ("sure", "yes")];
            assert!(location(&browser.post("/account/delete", &fields).await).starts_with("/login/azr_"));
            raw.execute("UPDATE users SET disabled_at = NULL").await.unwrap();
        }
        let ann = lines(db, "id", "users").await;
        let (mut browser, _) = at_home(&house, "ann").await;
        let bob = house.visitor().log_in("bob").await;
        db.raw().await.execute(&format!("UPDATE users SET merged_into = '{bob}' WHERE id = '{}'", ann[0])).await.unwrap();
        assert!(text(&browser.get("/account").await).contains("Test Shop"));
        house.close().await;
    }

    async fn forms_and_asking_are_counted_as_begins(db: &Database) {
        let limits = "[limits]\nbegins = 4\nbegins_per_client = 0\npending_per_address = 0\nreads = 0\n\
            unknown_scenes = 0\nscans_per_subject_per_hour = 0\nstreams_per_address = 0\n";
        let plan = Plan { manual_clock: true, limits_toml: Some(limits.to_owned()), ..Plan::default() };
        let house = House::planned(db.url(), plan).await;
        // One for the question, one for the code.
        let (mut browser, _) = at_home(&house, "ann").await;
        let csrf = csrf(&mut browser).await;
        let mut last = StatusCode::OK;
        for _ in 0..3 {
            last = browser.post("/account/sites/shop", &[("csrf", &csrf)]).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "reading goes on");
        assert_eq!(SiteBrowser::new(&house).get("/account").await.status, StatusCode::TOO_MANY_REQUESTS);
        house.close().await;
    }
}
