//! The audit by API, page and file: one filter, the same rows; taken away, verified; every write leaves one.

use super::api_callers::{Held, enrolled, house};
use regex::Regex;
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{answer, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use serde_json::{Value, json};

/// A house in which an owner did some things and two people logged in.
async fn lived_in(db: &Database) -> (House, Held) {
    let house = house(db).await;
    let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
    let visitor = house.visitor();
    for person in ["ann", "bob", "ann"] {
        visitor.log_in(person).await;
    }
    for name in ["own", "other"] {
        let body = json!({ "client_id": name, "name": format!("The {name}"), "type": "public" });
        assert_eq!(owner.ask(Method::POST, "/clients", Some(&body)).await.status, StatusCode::CREATED);
    }
    (house, owner)
}

async fn list(owner: &Held, query: &str) -> Vec<Value> {
    let (mut items, mut after) = (Vec::new(), String::new());
    loop {
        let page = owner.ask(Method::GET, &format!("/audit?limit=3{after}&{query}"), None).await;
        assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.json);
        items.extend(page.json["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page.json["next"].as_str() else { return items };
        after = format!("&after={next}");
    }
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["event_id"].as_str().unwrap().to_owned()).collect()
}

/// The file: its media type and text.
async fn file(owner: &Held, query: &str) -> (String, String) {
    let request = owner.browser.request(Method::GET, &format!("/admin/api/v1/audit/export?{query}"));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let media_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
    (media_type, response.text().await.unwrap())
}

const FILTERS: [&str; 7] = [
    "",
    "action=client.&actor=admin",
    "action=login.ended&outcome=success",
    "client=shop",
    "target=own",
    "q=the+own",
    "from=2020-01-01&to=2099-12-31&actor=browser",
];

every_database! {
    async fn page_call_and_files_show_the_same_rows(db: &Database) {
        let (house, mut owner) = lived_in(db).await;
        let row = Regex::new("<dd><code>(aud_[A-Za-z0-9]+)</code>").unwrap();
        for filter in FILTERS {
            let shown = ids(&list(&owner, filter).await);
            assert!(!shown.is_empty(), "{filter}");
            let page = owner.browser.get(&format!("/audit?{filter}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.html);
            let drawn: Vec<_> = row.captures_iter(&page.html).map(|found| found[1].to_owned()).collect();
            assert_eq!(drawn, shown, "{filter}");
            let (media_type, table) = file(&owner, &format!("format=csv&{filter}")).await;
            assert!(media_type.starts_with("text/csv"), "{media_type}");
            let exported = ids(&list(&owner, "action=audit.exported").await);
            let cells: Vec<_> = table.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
            // What the export itself wrote down is no part of it.
            assert_eq!(cells, shown, "{filter}");
            let (media_type, lines) = file(&owner, &format!("format=jsonl&{filter}")).await;
            assert_eq!(media_type, "application/x-ndjson");
            let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let lines: Vec<_> = lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect();
            let but = |ids: Vec<String>| ids.into_iter().filter(|id| !exported.contains(id)).collect::<Vec<_>>();
            assert_eq!(but(lines), but(shown), "{filter}");
        }
        let exported = list(&owner, "action=audit.exported").await;
        assert_eq!(exported.len(), FILTERS.len() * 2);
        let with = exported.iter().find(|row| row["detail"] == "client=shop").unwrap();
        assert!(with["target"] == "csv" || with["target"] == "jsonl");
        house.close().await;
    }

    async fn rows_have_names_and_lead_to_all_about_the_same(db: &Database) {
        let (house, mut owner) = lived_in(db).await;
        let created = list(&owner, "action=client.created&target=own").await.remove(0);
        assert_eq!((&created["admin_name"], &created["target_name"]), (&json!("ann"), &json!("The own")));
        let ended = list(&owner, "action=login.ended").await.remove(0);
        assert_eq!((&ended["client_name"], &ended["provider_title"]), (&json!("Test Shop"), &json!("Mini-program code")));
        let page = owner.browser.get("/audit?action=client.created&target=own").await;
        for part in [">ann</a>", "The own", "href=\"/audit?target=own\"", "href=\"/audit?action=client.created\""] {
            let html = page.html.replace("&#x2F;", "/").replace("&#x3D;", "=");
            assert!(html.contains(part), "{part}: {html}");
        }
        let id = created["event_id"].as_str().unwrap();
        let placed = owner.ask(Method::GET, &format!("/audit/{id}"), None).await;
        assert_eq!(placed.json["event"], created);
        assert_eq!(placed.json["stream"], "admin");
        assert!(placed.json["link"].as_i64().is_some() && placed.json["mac"].is_string(), "{}", placed.json);
        assert_eq!(owner.ask(Method::GET, "/audit/aud_none", None).await.code(), "unknown_resource");
        house.close().await;
    }

    /// Days are those of the house, and both ends belong to the span.
    async fn a_day_is_a_day_of_the_house(db: &Database) {
        let (house, owner) = lived_in(db).await;
        // The house's clock stands at 2027-01-15T08:00:00Z: the 15th in Shanghai, the 14th in Honolulu.
        let on = async |day: &str| list(&owner, &format!("from={day}&to={day}")).await.len();
        let all = list(&owner, "").await.len();
        assert_eq!((on("2027-01-15").await, on("2027-01-14").await), (all, 0));
        let zone = json!({ "time_zone": "Pacific/Honolulu" });
        let changed = owner.browser.call(Method::PATCH, "/settings", &owner.csrf).header(header::IF_MATCH, "\"1\"");
        assert_eq!(answer(changed.json(&zone)).await.status, StatusCode::OK);
        assert_eq!((on("2027-01-15").await, on("2027-01-14").await), (0, all + 1));
        house.close().await;
    }

    async fn what_is_not_understood_of_a_filter_is_told(db: &Database) {
        let (house, mut owner) = lived_in(db).await;
        for (query, fields) in [
            ("actor=root&from=yesterday", vec!["actor", "from"]),
            ("from=2026-02-02&to=2026-02-01", vec!["to"]),
            ("client=shop&client=other", vec!["client"]),
            ("limit=0", vec!["limit"]),
        ] {
            let told = owner.ask(Method::GET, &format!("/audit?{query}"), None).await;
            assert_eq!((told.status, told.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"), "{query}");
            let pointers: Vec<_> = told.json["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
            assert_eq!(pointers, fields, "{query}");
        }
        let page = owner.browser.get("/audit?from=yesterday&q=typed").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.html.contains("Write a day like") && page.html.contains("value=\"typed\""), "{}", page.html);
        assert!(!page.html.contains("aud_"), "it is not taken for all");
        house.close().await;
    }

    async fn adm_08_an_export_needs_a_fresh_proof_and_the_role(db: &Database) {
        let (house, mut owner) = lived_in(db).await;
        let page = owner.browser.get("/audit/export?format=csv&client=shop").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.starts_with("\u{feff}id,at,actor"), "Excel must take it for UTF-8");
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let asked = owner.browser.get("/audit/export?format=csv&client=shop").await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        assert!(asked.location().starts_with("/prove?next=%2Faudit%3Fclient%3Dshop"), "{}", asked.location());
        assert_eq!(list(&owner, "action=audit.exported").await.len(), 1, "nothing left");
        house.close().await;
    }

    async fn aud_02_a_walk_by_the_page_finds_what_was_tampered_with(db: &Database) {
        let (house, mut owner) = lived_in(db).await;
        let report = owner.ask(Method::POST, "/audit/verify", None).await;
        assert_eq!(report.json["holds"], true, "{}", report.json);
        assert_eq!(report.json["streams"][0]["stream"], "admin");
        let page = owner.browser.post("/audit/verify", &[("csrf", &owner.csrf)]).await;
        assert!(page.html.contains("Every chain holds"), "{}", page.html);
        let disarm = if db.is_sqlite() { "DROP TRIGGER audit_events_keep" } else { "ALTER TABLE audit_events DISABLE TRIGGER ALL" };
        let mut raw = db.raw().await;
        raw.execute(disarm).await.unwrap();
        raw.execute("UPDATE audit_events SET target = 'else' WHERE action = 'client.created'").await.unwrap();
        let report = owner.ask(Method::POST, "/audit/verify", None).await;
        assert_eq!(report.json["holds"], false, "{}", report.json);
        assert!(report.json["streams"][0]["fault"].as_str().unwrap().contains("was changed"), "{}", report.json);
        let page = owner.browser.post("/audit/verify", &[("csrf", &owner.csrf)]).await;
        assert!(page.html.contains("not as it was written"), "{}", page.html);
        house.close().await;
    }
}
