//! Logins by API and by page: a good one and a failed one with what happened when, the same filter on both,
//! numbers from the first page to the last, and the newest as they happen.

use super::api_callers::{Held, enrolled, house, invited};
use regex::Regex;
use reqwest::{Method, StatusCode, header};
use saoma_core::admin::Role;
use saoma_tests::admin::{AdminBrowser, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::events::Frames;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::inspect::{clear_faults, fault};
use saoma_tests::visitor::{Held as Login, Visitor};
use serde_json::{Value, json};
use std::time::Duration;

async fn with_owner(db: &Database) -> (House, Held, Visitor) {
    let house = house(db).await;
    let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
    let visitor = house.visitor();
    (house, owner, visitor)
}

fn wait(house: &House, seconds: i64) {
    house.clock.as_ref().unwrap().advance_seconds(seconds);
}

async fn read(owner: &Held, path: &str) -> Value {
    let told = owner.ask(Method::GET, path, None).await;
    assert_eq!(told.status, StatusCode::OK, "{path}: {}", told.json);
    told.json
}

fn passed(login: &Value) -> Vec<&str> {
    login["timeline"].as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect()
}

/// Ids of the API's page, and the mark of the next one.
async fn told(owner: &Held, query: &str) -> (Vec<String>, Option<String>) {
    let page = read(owner, &format!("/logins?{query}")).await;
    let items = page["items"].as_array().unwrap();
    let ids = items.iter().map(|login| login["login_id"].as_str().unwrap().to_owned()).collect();
    (ids, page["next"].as_str().map(str::to_owned))
}

/// Ids of the same page for people.
async fn shown(browser: &mut AdminBrowser, query: &str) -> Vec<String> {
    let page = browser.get(&format!("/logins?{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.html);
    let row = Regex::new("<th scope=\"row\"><a href=\"/logins/(lgn_[0-9A-Za-z]+)\"").unwrap();
    row.captures_iter(&page.html).map(|found| found[1].to_owned()).collect()
}

/// Ids of the same file, in both formats.
async fn taken(owner: &Held, query: &str) -> Vec<String> {
    let file = |format: &'static str| async move {
        let path = format!("/logins/export?format={format}&{query}");
        let answer = owner.browser.call(Method::GET, &path, &owner.csrf).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        answer.text().await.unwrap()
    };
    let (table, lines) = (file("csv").await, file("jsonl").await);
    let cells = table.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned());
    let ids: Vec<_> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(cells.collect::<Vec<_>>(), ids, "{query}");
    ids
}

/// Moves time by little until the stream has something to say, and reads it; none at its end. A look is due
/// every other second, and nothing tells a test when the server has begun to wait for the next.
async fn next(house: &House, frames: &mut Frames) -> Option<String> {
    loop {
        let read = tokio::time::timeout(Duration::from_millis(100), frames.next()).await;
        match read {
            Err(_) => wait(house, 2),
            Ok(None) => return None,
            Ok(Some(frame)) if frame.field("event") == Some("logins") => return Some(frame.data()),
            Ok(Some(_)) => {}
        }
    }
}

/// Begun, shown, scanned, confirmed and redeemed, with time between.
async fn good(house: &House, visitor: &Visitor) -> (Login, String) {
    let held = visitor.begin().await;
    wait(house, 1);
    visitor.scene(&held).await;
    wait(house, 3);
    let token = visitor.scan(&held, "ann").await;
    wait(house, 2);
    assert_eq!(visitor.confirm(&token).await.status, StatusCode::OK);
    let user = visitor.finish(&held).await;
    (held, user)
}

every_database! {
    async fn a_good_login_is_a_timeline_of_all_its_steps(db: &Database) {
        let (house, mut owner, visitor) = with_owner(db).await;
        let (held, user) = good(&house, &visitor).await;
        let login = read(&owner, &format!("/logins/{}", held.id)).await;
        assert_eq!(passed(&login), ["begun", "shown", "scanned", "confirmed", "ended"]);
        let row = &login["login"];
        for (name, value) in [
            ("stage", "redeemed"), ("client_name", "Test Shop"), ("provider_title", "Mini-program code"),
            ("address", "127.0.0.1"),
        ] {
            assert_eq!(row[name], value, "{row}");
        }
        assert_eq!(row["user"]["user_id"], user.as_str());
        let page = owner.browser.get(&format!("/logins/{}", held.id)).await;
        let words = ["Begun", "Code shown", "Scanned", "Confirmed on the phone", "logged in", "+6.0 s"];
        let mut at = 0;
        for word in words {
            at += page.html[at..].find(word).unwrap_or_else(|| panic!("{word} in its order: {}", page.html));
        }
        for link in [format!("/users/{user}"), "/logins?client=shop".to_owned(), "/logins?provider=mini".to_owned()] {
            assert!(page.html.contains(&format!("href=\"{link}\"")), "{link}: {}", page.html);
        }
        assert!(!page.html.contains("/users/admit"), "who is known needs not be made known");
        let openid = db.lines("SELECT subject AS line FROM identities").await.remove(0);
        let scene = db.lines("SELECT scene AS line FROM logins").await.remove(0);
        for secret in [&openid, &held.secret].into_iter().chain((!scene.is_empty()).then_some(&scene)) {
            assert!(!page.html.contains(secret.as_str()) && !login.to_string().contains(secret.as_str()));
        }
        house.close().await;
    }

    async fn a_failed_login_tells_the_vendors_code_and_its_cure(db: &Database) {
        let (house, mut owner, visitor) = with_owner(db).await;
        fault(&visitor, "/wxa/getwxacodeunlimit", &json!({"errcode": 41030}), None).await;
        assert_eq!(visitor.try_begin(&Visitor::begin_body()).await.code(), "vendor_misconfigured");
        clear_faults(&visitor).await;
        let (failed, _) = told(&owner, "failed=true").await;
        let login = read(&owner, &format!("/logins/{}", failed[0])).await;
        assert_eq!(passed(&login), ["begun", "vendor_answered", "ended"]);
        let answer = &login["login"]["vendor_answer"];
        assert_eq!((answer["code"].as_i64(), answer["problem"].as_str()), (Some(41030), Some("vendor_misconfigured")));
        let english = owner.browser.get(&format!("/logins/{}", failed[0])).await.html;
        for told in [&answer["meaning"]["en"], &answer["cure"]["en"], &json!("41030")] {
            let told = told.as_str().unwrap().split(['\'', '"', '&', '<', '>', '/']).next().unwrap().to_owned();
            assert!(english.contains(&told), "{told}: {english}");
        }
        assert!(english.contains("href=\"/providers/mini/doctor\"") && !english.contains("/users/admit"), "{english}");
        let chinese = owner.browser.request(Method::GET, &format!("/logins/{}", failed[0])).header(header::ACCEPT_LANGUAGE, "zh-CN");
        let chinese = owner.browser.send(chinese).await.html;
        let cure = answer["cure"]["zh"].as_str().unwrap().split(['\'', '"', '&', '<', '>', '/']).next().unwrap().to_owned();
        assert!(chinese.contains(&cure), "{cure}: {chinese}");
        let overview = owner.browser.get("/").await.html;
        assert!(overview.contains("41030") && overview.contains("fails"), "{overview}");
        let health = read(&owner, "/overview").await["health"].clone();
        let mini = health.as_array().unwrap().iter().find(|one| one["provider"] == "mini").unwrap().clone();
        assert_eq!((mini["failing"].as_bool(), mini["last_vendor_code"].as_i64()), (Some(true), Some(41030)));
        house.close().await;
    }

    /// The row leads to the page where whoever it was about becomes somebody.
    async fn from_a_login_that_ended_badly_its_person_is_made_known(db: &Database) {
        let (house, owner, visitor) = with_owner(db).await;
        let mut auditor = invited(&house, &owner, Role::Auditor, "aud").await;
        let held = visitor.begin().await;
        visitor.scan(&held, "ann").await;
        wait(&house, 301);
        assert_eq!(visitor.stage(&held).await, "expired");
        let mut owner = enrolled(&house, &bootstrap(&house).await, "late").await;
        let page = owner.browser.get(&format!("/logins/{}", held.id)).await;
        let link = format!("/users/admit?login={}", held.id);
        assert!(page.html.contains(&format!("href=\"{link}\"")), "{}", page.html);
        assert!(page.html.contains("Nobody confirmed in time."), "{}", page.html);
        assert_eq!(owner.browser.get(&link).await.hidden("login_id"), held.id);
        let read_only = auditor.browser.get(&format!("/logins/{}", held.id)).await;
        assert!(read_only.status == StatusCode::OK && !read_only.html.contains("/users/admit"), "{}", read_only.html);
        house.close().await;
    }

    async fn one_filter_means_the_same_in_api_and_pages(db: &Database) {
        let (house, mut owner, visitor) = with_owner(db).await;
        let empty = owner.browser.get("/logins").await;
        assert!(empty.html.contains("Nobody has begun to log in yet"), "{}", empty.html);
        let (done, user) = good(&house, &visitor).await;
        let gone = visitor.begin().await;
        visitor.post(&gone, "cancel").await;
        wait(&house, 1);
        let open = visitor.begin_as(&saoma_tests::ways::CHAT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0").await;
        let all = [open.id.clone(), gone.id.clone(), done.id.clone()];
        for (query, expected) in [
            (String::new(), vec![&all[0], &all[1], &all[2]]),
            ("client=shop".to_owned(), vec![&all[0], &all[1], &all[2]]),
            ("client=other".to_owned(), vec![]),
            ("provider=mini".to_owned(), vec![&all[1], &all[2]]),
            ("stage=pending&stage=redeemed".to_owned(), vec![&all[0], &all[2]]),
            ("failed=true".to_owned(), vec![&all[1]]),
            ("reason=cancelled_by_browser".to_owned(), vec![&all[1]]),
            (format!("user={user}"), vec![&all[2]]),
            ("browser=Firefox".to_owned(), vec![&all[0]]),
            ("address=127.0.0.0%2F8".to_owned(), vec![&all[0], &all[1], &all[2]]),
            ("address=192.0.2.1".to_owned(), vec![]),
            ("from=2027-01-15&to=2027-01-15".to_owned(), vec![&all[0], &all[1], &all[2]]),
            ("to=2027-01-14".to_owned(), vec![]),
        ] {
            let expected: Vec<String> = expected.into_iter().cloned().collect();
            assert_eq!(told(&owner, &query).await.0, expected, "{query}");
            assert_eq!(shown(&mut owner.browser, &query).await, expected, "{query}");
            assert_eq!(taken(&owner, &query).await, expected, "{query}");
        }
        let (first, mark) = told(&owner, "stage=pending&stage=cancelled&limit=1").await;
        let rest = format!("stage=pending&stage=cancelled&after={}", mark.unwrap());
        assert_eq!(first, [all[0].as_str()]);
        assert_eq!((told(&owner, &rest).await.0, shown(&mut owner.browser, &rest).await), (vec![all[1].clone()], vec![all[1].clone()]));
        for (query, field) in [("from=yesterday", "from"), ("address=here", "address"), ("from=2027-01-02&to=2027-01-01", "to"), ("stage=done", "")] {
            let refused = owner.ask(Method::GET, &format!("/logins?{query}"), None).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "invalid_parameter"), "{query}");
            let page = owner.browser.get(&format!("/logins?{query}")).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            let place = page.html.find(&format!("id=\"{field}\"")).unwrap_or(0);
            assert!(page.html[place..].contains("class=\"problem\""), "{query}: {}", page.html);
        }
        house.close().await;
    }

    /// More than the store gives at once, and what leaves says who took it.
    async fn a_file_holds_all_that_the_filter_shows_and_its_taking_is_in_the_audit(db: &Database) {
        let (house, mut owner, visitor) = with_owner(db).await;
        let (held, user) = good(&house, &visitor).await;
        db.raw().await.execute("UPDATE users SET name = '=1+1', name_key = '=1+1'").await.unwrap();
        for _ in 0..205 {
            visitor.begin().await;
        }
        let all = taken(&owner, "").await;
        assert_eq!((all.len(), all.last()), (206, Some(&held.id)));
        let page = owner.browser.get("/logins?stage=redeemed").await.html;
        assert!(page.contains("/logins/export?format=csv&amp;stage&#x3D;redeemed") || page.contains("/logins/export?format=csv&amp;stage=redeemed"), "{page}");
        let file = owner.browser.get("/logins/export?format=csv&stage=redeemed").await;
        assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"logins.csv\"");
        assert!(file.html.starts_with("\u{feff}id,begun_at,"), "{}", file.html);
        assert!(file.html.contains(&format!(",Test Shop,mini,Mini-program code,{user},'=1+1,127.0.0.1,")), "{}", file.html);
        let openid = db.lines("SELECT subject AS line FROM identities").await.remove(0);
        assert!(!file.html.contains(&openid));
        let noted = read(&owner, "/audit?action=login.exported").await;
        let mut noted: Vec<_> = noted["items"].as_array().unwrap().iter().map(|row| (row["target"].as_str().unwrap(), row["detail"].as_str().unwrap())).collect();
        noted.sort_unstable();
        assert_eq!(noted, [("csv", ""), ("csv", "stage=redeemed"), ("jsonl", "")]);
        let mut support = invited(&house, &owner, Role::Support, "sue").await;
        assert_eq!(support.browser.get("/logins/export?format=csv").await.status, StatusCode::FORBIDDEN);
        assert!(!support.browser.get("/logins").await.html.contains("/logins/export"));
        let manager = invited(&house, &owner, Role::ClientManager, "max").await;
        assert_eq!(taken(&manager, "").await, Vec::<String>::new());
        wait(&house, 301);
        let asked = owner.browser.get("/logins/export?format=csv").await;
        assert!(asked.location().starts_with("/prove?next=%2Flogins"), "{}", asked.location());
        house.close().await;
    }

    async fn adm_09_websites_of_others_have_no_logins(db: &Database) {
        let (house, owner, visitor) = with_owner(db).await;
        let (held, _) = good(&house, &visitor).await;
        let mut manager = invited(&house, &owner, Role::ClientManager, "max").await;
        assert_eq!(told(&manager, "").await.0, Vec::<String>::new());
        let other = format!("/logins/{}", held.id);
        assert_eq!(manager.ask(Method::GET, &other, None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(manager.browser.get(&other).await.status, StatusCode::NOT_FOUND);
        assert_eq!(read(&manager, "/statistics").await["total"]["begun"], 0);
        let overview = manager.browser.get("/").await;
        assert!(overview.status == StatusCode::OK && !overview.html.contains(&held.id), "{}", overview.html);
        house.close().await;
    }

    async fn the_overview_and_the_statistics_count_what_happened(db: &Database) {
        let (house, mut owner, visitor) = with_owner(db).await;
        good(&house, &visitor).await;
        let gone = visitor.begin().await;
        visitor.post(&gone, "cancel").await;
        fault(&visitor, "/wxa/getwxacodeunlimit", &json!({"errcode": 41030}), None).await;
        visitor.try_begin(&Visitor::begin_body()).await;
        let overview = read(&owner, "/overview").await;
        let today = &overview["today"];
        let steps = ["begun", "shown", "scanned", "confirmed", "redeemed"].map(|step| today[step].as_u64().unwrap());
        assert_eq!(steps, [3, 2, 1, 1, 1], "{today}");
        assert!((6.0..8.0).contains(&overview["median_seconds"].as_f64().unwrap()), "{overview}");
        assert_eq!(overview["days"].as_array().unwrap().len(), 14);
        let counted = read(&owner, "/statistics?client=shop").await;
        for part in ["clients", "providers", "browsers"] {
            assert_eq!(counted[part][0]["counts"]["begun"], 3, "{part}: {counted}");
        }
        let hour = counted["hours_of_day"].as_array().unwrap().iter().position(|hour| hour["begun"] == 3);
        assert_eq!(hour, Some(8), "{counted}");
        assert_eq!((&counted["total"]["cancelled"], &counted["total"]["failed"]), (&json!(1), &json!(1)));
        let page = owner.browser.get("/statistics?client=shop").await.html;
        assert!(page.matches("<svg").count() >= 5 && page.contains("class=\"chip\""), "{page}");
        assert!(!page.contains("style="), "the policy allows no style in place");
        assert_eq!(owner.browser.get("/statistics?from=soon").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let first = owner.browser.get("/").await.html;
        assert!(first.contains(&gone.id) && first.contains("data-live=\"/events/logins\""), "{first}");
        assert!(!first.contains("Two steps to the first login"), "{first}");
        house.close().await;
    }

    async fn a_new_login_comes_by_itself_and_the_stream_ends_with_the_session(db: &Database) {
        let (house, mut owner, visitor) = with_owner(db).await;
        let by_page = owner.browser.request(Method::GET, "/events/logins").send().await.unwrap();
        let by_api = owner.browser.call(Method::GET, "/logins/events", &owner.csrf).send().await.unwrap();
        for stream in [&by_page, &by_api] {
            assert_eq!(stream.status(), StatusCode::OK);
            assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
            assert_eq!(stream.headers()[header::CACHE_CONTROL], "no-store");
        }
        let (mut page, mut api) = (Frames::of(by_page), Frames::of(by_api));
        assert!(next(&house, &mut page).await.unwrap().contains("Nobody has begun to log in yet"));
        assert_eq!(next(&house, &mut api).await.unwrap(), "{\"items\":[]}");
        let held = visitor.begin().await;
        let html = next(&house, &mut page).await.unwrap();
        assert!(html.trim_start().starts_with("<div id=\"live\"") && html.contains(&held.id), "{html}");
        let list: Value = serde_json::from_str(&next(&house, &mut api).await.unwrap()).unwrap();
        assert_eq!((list["items"][0]["login_id"].as_str(), list["items"][0]["stage"].as_str()), (Some(held.id.as_str()), Some("pending")));
        visitor.post(&held, "cancel").await;
        assert!(next(&house, &mut page).await.unwrap().contains("cancelled"));
        assert!(next(&house, &mut api).await.unwrap().contains("cancelled_by_browser"));
        let out = owner.browser.post("/log-out", &[("csrf", &owner.csrf.clone())]).await;
        assert_eq!(out.status, StatusCode::SEE_OTHER);
        visitor.begin().await;
        assert_eq!((next(&house, &mut page).await, next(&house, &mut api).await), (None, None));
        let refused = owner.browser.request(Method::GET, "/events/logins").send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::SEE_OTHER, "nobody is told anything any more");
        house.close().await;
    }
}
