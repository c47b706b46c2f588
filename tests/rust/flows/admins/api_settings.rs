//! Settings: changed by call and form, in force at once; what the file has stays the file's; PRV-01.

use super::api_callers::{Held, enrolled, house};
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{Answer, answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::wait::eventually;
use serde_json::{Value, json};

async fn change(owner: &Held, etag: &str, body: &Value) -> Answer {
    let request = owner.browser.call(Method::PATCH, "/settings", &owner.csrf).header(header::IF_MATCH, etag);
    answer(request.json(body)).await
}

async fn owner(house: &House) -> Held {
    enrolled(house, &bootstrap(house).await, "ann").await
}

every_database! {
    async fn a_setting_holds_at_once_and_is_in_the_audit(db: &Database) {
        let house = house(db).await;
        let mut owner = owner(&house).await;
        let read = owner.ask(Method::GET, "/settings", None).await;
        assert_eq!((read.etag.as_str(), &read.json["login_retention_days"]), ("\"1\"", &json!(30)));
        let body = json!({ "name": "门房", "session_idle_minutes": 5 });
        let changed = change(&owner, "\"1\"", &body).await;
        assert_eq!((changed.status, changed.etag.as_str()), (StatusCode::OK, "\"2\""), "{}", changed.json);
        assert_eq!((&changed.json["name"], &changed.json["session_hours"]), (&json!("门房"), &json!(8)));
        let row = owner.ask(Method::GET, "/audit?action=settings.changed", None).await.json["items"][0].clone();
        assert_eq!((&row["detail"], &row["admin_name"]), (&json!("name: \"Saoma\" -> \"门房\"; session_idle_minutes: 15 -> 5"), &json!("ann")));
        // What is as it was is no change and no row.
        assert_eq!(change(&owner, "\"2\"", &body).await.etag, "\"2\"");
        assert_eq!(change(&owner, "\"1\"", &json!({ "name": "x" })).await.code(), "version_changed");
        assert!(owner.browser.get("/websites").await.html.contains("门房"));
        house.clock.as_ref().unwrap().advance_millis(299_000);
        assert_eq!(owner.browser.get("/websites").await.status, StatusCode::OK);
        house.clock.as_ref().unwrap().advance_millis(301_000);
        assert_eq!(owner.browser.get("/websites").await.status, StatusCode::SEE_OTHER, "idle for five minutes");
        house.close().await;
    }

    async fn values_that_cannot_be_are_told_and_unknown_names_refused(db: &Database) {
        let house = house(db).await;
        let mut owner = owner(&house).await;
        let body = json!({ "time_zone": "Mars", "login_retention_days": 0, "session_hours": 25, "audit_retention_days": 7 });
        let refused = change(&owner, "\"1\"", &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json["errors"].as_array().unwrap().len(), 4, "{}", refused.json);
        assert_eq!(change(&owner, "\"1\"", &json!({ "nonsense": 1 })).await.code(), "invalid_field");
        let form = [("csrf", owner.csrf.as_str()), ("version", "1"), ("name", "New name"), ("time_zone", "UTC"),
            ("login_retention_days", "many"), ("audit_retention_days", "0"), ("session_idle_minutes", "15"), ("session_hours", "8")];
        let back = owner.browser.post("/settings", &form).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.html.contains("Choose 1 to 3650 days") && back.html.contains("value=\"New name\""), "{}", back.html);
        let mut good = form;
        good[4].1 = "10";
        let saved = owner.browser.post("/settings", &good).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/settings?saved"), "{}", saved.html);
        assert_eq!(owner.ask(Method::GET, "/settings", None).await.json["login_retention_days"], 10);
        house.close().await;
    }

    async fn what_the_file_has_is_read_only_and_wins(db: &Database) {
        let extra = "[retention]\naudit_days = 90\n[admin]\nsession_hours = 9\n";
        let plan = Plan { manual_clock: true, extra_toml: extra.to_owned(), ..Plan::default() };
        let house = House::planned(db.url(), plan).await;
        let mut owner = owner(&house).await;
        let read = owner.ask(Method::GET, "/settings", None).await.json;
        assert_eq!(read["audit_retention_days"], 90);
        assert_eq!(read["managed_by_file"], json!(["audit_retention_days", "session_hours"]));
        let refused = change(&owner, "\"1\"", &json!({ "audit_retention_days": 91 })).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/audit_retention_days", "{}", refused.json);
        // A form gives back what it showed, the file's values too.
        let form = [("csrf", owner.csrf.as_str()), ("version", "1"), ("name", "N"), ("time_zone", "UTC"),
            ("login_retention_days", "7"), ("audit_retention_days", "90"), ("session_idle_minutes", "15"), ("session_hours", "9")];
        let saved = owner.browser.post("/settings", &form).await;
        assert_eq!(saved.location(), "/settings?saved", "{}", saved.html);
        let page = owner.browser.get("/settings").await.html;
        assert!(page.contains("configuration file") && page.contains("readonly"), "{page}");
        house.close().await;
    }

    /// PRV-01: what is older than the setting says goes by itself, up to a checkpoint, and the rest still holds.
    async fn prv_01_old_audit_rows_go_as_the_setting_says(db: &Database) {
        let house = house(db).await;
        let clock = house.clock.clone().unwrap();
        let first = owner(&house).await;
        house.visitor().log_in("ann").await;
        assert_eq!(change(&first, "\"1\"", &json!({ "audit_retention_days": 30 })).await.status, StatusCode::OK);
        eventually("both streams have a checkpoint", async || {
            clock.advance_seconds(6);
            let found = db.lines("SELECT DISTINCT stream AS line FROM audit_checkpoints").await;
            (found.len() == 2).then_some(())
        })
        .await;
        clock.advance_seconds(29 * 24 * 3600);
        let begun = "SELECT id AS line FROM audit_events WHERE action = 'login.began'";
        clock.advance_seconds(31);
        assert_eq!(db.lines(begun).await.len(), 1);
        clock.advance_seconds(2 * 24 * 3600);
        eventually("they are gone", async || {
            clock.advance_seconds(31);
            db.lines(begun).await.is_empty().then_some(())
        })
        .await;
        let late = owner_named(&house, "late").await;
        let cut = late.ask(Method::GET, "/audit?action=audit.cut", None).await.json;
        assert!(cut["items"].as_array().unwrap().iter().any(|row| row["target"] == "logins:main"), "{cut}");
        let report = late.ask(Method::POST, "/audit/verify", None).await.json;
        assert_eq!(report["holds"], true, "{report}");
        house.close().await;
    }
}

async fn owner_named(house: &House, name: &str) -> Held {
    enrolled(house, &bootstrap(house).await, name).await
}
