//! People by their pages: searched, switched off, merged after a look and taken apart, deleted after a fresh
//! proof; what cannot be done says why and what to do.

use super::api_callers::{Held, enrolled, house, invited};
use reqwest::{Method, StatusCode};
use saoma_core::admin::Role;
use saoma_sandbox::Person;
use saoma_tests::admin::{AdminBrowser, Page, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::visitor::Visitor;

async fn send(browser: &mut AdminBrowser, csrf: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("csrf", csrf)];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

/// Sends a form of somebody's page with the version that stands on it.
async fn change(
    browser: &mut AdminBrowser,
    csrf: &str,
    user: &str,
    what: &str,
    fields: &[(&str, &str)],
) -> Page {
    let version = browser.get(&format!("/users/{user}")).await.hidden("version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    send(browser, csrf, &format!("/users/{user}/{what}"), &all).await
}

async fn with_owner(db: &Database) -> (House, AdminBrowser, String, Visitor) {
    let house = house(db).await;
    let held = enrolled(&house, &bootstrap(&house).await, "ann").await;
    let visitor = house.visitor();
    (house, held.browser, held.csrf, visitor)
}

async fn one(db: &Database, sql: &str) -> String {
    db.lines(sql).await.remove(0)
}

every_database! {
    async fn people_are_searched_by_a_form_whose_address_can_be_kept(db: &Database) {
        let (house, mut browser, _, visitor) = with_owner(db).await;
        let empty = browser.get("/users").await;
        assert!(empty.html.contains("Nobody has logged in yet") && empty.html.contains("href=\"/websites\""), "{}", empty.html);
        let user = visitor.log_in("ann").await;
        db.raw().await.execute("UPDATE users SET name = 'Ann <b>', name_key = 'ann <b>'").await.unwrap();
        let openid = one(db, "SELECT subject AS line FROM identities").await;
        let unionid = one(db, "SELECT value AS line FROM aliases").await;
        let list = browser.get("/users").await;
        assert!(list.html.contains("Ann &lt;b&gt;") && !list.html.contains(&openid), "{}", list.html);
        let day = "2100-01-01";
        for (query, found) in [
            ("text=ANN".to_owned(), true),
            (format!("text={openid}&kind=subject"), true),
            (format!("text={unionid}&kind=alias"), true),
            (format!("text={user}&kind=user_id"), true),
            ("provider=mini&client=shop&state=on".to_owned(), true),
            (format!("to={day}"), true),
            (format!("from={day}"), false),
            ("text=bob".to_owned(), false),
            ("provider=nothing".to_owned(), false),
            ("state=off".to_owned(), false),
        ] {
            let page = browser.get(&format!("/users?{query}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert_eq!(page.html.contains(&format!("href=\"/users/{user}\"")), found, "{query}: {}", page.html);
            assert!(page.html.contains("class=\"chip\""), "{query}");
            assert!(found || page.html.contains("Show everybody"), "{query}: {}", page.html);
        }
        let wrong = browser.get("/users?text=x&kind=user_id&from=yesterday").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.html.contains("starts with usr_") && wrong.html.contains("Write a day"), "{}", wrong.html);
        house.close().await;
    }

    async fn what_the_filter_shows_is_taken_away_and_no_openid(db: &Database) {
        let (house, mut browser, csrf, visitor) = with_owner(db).await;
        let (ann, bob) = (visitor.log_in("ann").await, visitor.log_in("bob").await);
        let page = browser.get(&format!("/users?text={ann}&kind=user_id")).await;
        let link = format!("/users/export?format=csv&text={ann}&kind=user_id");
        assert!(page.html.contains(&link.replace('&', "&amp;")) || page.html.contains(&link), "{}", page.html);
        let file = browser.get(&link).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.html);
        let lines: Vec<&str> = file.html.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], "user_id,name,state,created_at,last_login_at,namespaces,aliases,clients");
        assert!(lines.len() == 2 && lines[1].starts_with(&ann) && lines[1].ends_with(",shop"), "{lines:?}");
        let all = browser.call(Method::GET, "/users/export?format=jsonl", &csrf).send().await.unwrap().text().await.unwrap();
        let ids: Vec<_> = all.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["user_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 2);
        assert!(ids.contains(&ann) && ids.contains(&bob), "{ids:?}");
        for secret in db.lines("SELECT subject AS line FROM identities UNION SELECT value AS line FROM aliases").await {
            assert!(!all.contains(&secret) && !file.html.contains(&secret));
        }
        let told = "SELECT detail AS line FROM audit_events WHERE action = 'user.exported' ORDER BY detail";
        assert_eq!(db.lines(told).await, ["format=jsonl", "kind=user_id&format=csv"]);
        house.close().await;
    }

    async fn somebody_is_switched_off_and_on_and_deleted_after_a_fresh_proof(db: &Database) {
        let (house, mut browser, csrf, visitor) = with_owner(db).await;
        let user = visitor.log_in("ann").await;
        let page = browser.get(&format!("/users/{user}?tab=identities")).await;
        assert!(page.html.contains(&one(db, "SELECT subject AS line FROM identities").await), "one user is told whole");
        let websites = browser.get(&format!("/users/{user}?tab=logins")).await;
        assert!(websites.html.contains("End tokens"), "{}", websites.html);
        let stale = send(&mut browser, &csrf, &format!("/users/{user}/switch"), &[("version", "99"), ("disabled", "yes")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.html.contains("changed this meanwhile"), "{}", stale.html);
        let off = change(&mut browser, &csrf, &user, "switch", &[("disabled", "yes")]).await;
        assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.html);
        assert!(browser.get(off.location()).await.html.contains("switched off"));
        change(&mut browser, &csrf, &user, "switch", &[("disabled", "no")]).await;
        let revoked = change(&mut browser, &csrf, &user, "revoke", &[("client_id", "shop")]).await;
        assert_eq!(revoked.status, StatusCode::SEE_OTHER);
        let only = one(db, "SELECT id AS line FROM identities").await;
        let last = change(&mut browser, &csrf, &user, "unlink", &[("identity_id", &only)]).await;
        assert!(last.html.contains("only way to log in"), "{}", last.html);
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let asked = change(&mut browser, &csrf, &user, "delete", &[]).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        assert!(asked.html.contains("Is it still you?"), "{}", asked.html);
        assert_eq!(browser.get(&format!("/users/{user}")).await.status, StatusCode::OK);
        let fresh = enrolled(&house, &bootstrap(&house).await, "bea").await;
        let mut other = fresh.browser;
        let gone = change(&mut other, &fresh.csrf, &user, "delete", &[]).await;
        assert_eq!((gone.status, gone.location()), (StatusCode::SEE_OTHER, "/users"));
        assert_eq!(other.get(&format!("/users/{user}")).await.status, StatusCode::NOT_FOUND);
        house.close().await;
    }

    async fn two_are_merged_after_a_look_and_taken_apart(db: &Database) {
        let (house, mut browser, csrf, visitor) = with_owner(db).await;
        let (ann, bob) = (visitor.log_in("ann").await, visitor.log_in("bob").await);
        let own = one(db, &format!("SELECT id AS line FROM identities WHERE user_id = '{ann}'")).await;
        let nobody = browser.get(&format!("/users/{ann}/merge?with=usr_nobody")).await;
        assert!(nobody.status == StatusCode::CONFLICT && nobody.html.contains("no such thing"), "{}", nobody.html);
        assert!(browser.get(&format!("/users/{ann}/merge?with={ann}")).await.html.contains("Both are the same"));
        let preview = browser.get(&format!("/users/{ann}/merge?with={bob}")).await;
        assert_eq!(preview.status, StatusCode::OK);
        assert!(preview.html.contains("What happens") && preview.html.contains(&bob), "{}", preview.html);
        let fields = [("version", preview.hidden("version")), ("with", bob.clone()), ("with_version", preview.hidden("with_version"))];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let merged = send(&mut browser, &csrf, &format!("/users/{ann}/merge"), &fields).await;
        assert_eq!(merged.location(), format!("/users/{ann}?saved"), "{}", merged.html);
        assert_eq!(browser.get(&format!("/users/{bob}")).await.location(), format!("/users/{ann}"));
        let again = send(&mut browser, &csrf, &format!("/users/{ann}/merge"), &fields).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert_eq!(visitor.log_in("bob").await, ann);
        // One of two ways is given to somebody else, and the merge can be undone no more.
        house.sandbox.add_person(Person::new("cyd", "cyd"));
        let cyd = visitor.log_in("cyd").await;
        let page = browser.get(&format!("/users/{ann}")).await;
        let merge = page.hidden("merge_id");
        let sql = format!("SELECT id AS line FROM identities WHERE user_id = '{ann}' AND id <> '{own}'");
        let identity = one(db, &sql).await;
        let linked = change(&mut browser, &csrf, &ann, "link", &[("identity_id", &identity), ("to", &cyd)]).await;
        assert_eq!(linked.status, StatusCode::SEE_OTHER, "{}", linked.html);
        let undone = change(&mut browser, &csrf, &ann, "undo", &[("merge_id", &merge)]).await;
        assert!(undone.html.contains("has been changed since"), "{}", undone.html);
        change(&mut browser, &csrf, &cyd, "link", &[("identity_id", &identity), ("to", &ann)]).await;
        let undone = change(&mut browser, &csrf, &ann, "undo", &[("merge_id", &merge)]).await;
        assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.html);
        assert_eq!((visitor.log_in("ann").await, visitor.log_in("bob").await), (ann, bob));
        house.close().await;
    }

    async fn an_offer_is_seen_and_answered(db: &Database) {
        let (house, mut browser, csrf, visitor) = with_owner(db).await;
        let (ann, bob) = (visitor.log_in("ann").await, visitor.log_in("bob").await);
        let none = browser.get("/users/offers").await;
        assert!(none.html.contains("nobody of whom two entries"), "{}", none.html);
        let offer = "off_0000000000000000000001";
        db.raw().await.execute(&format!(
            "INSERT INTO merge_offers (id, user_id, other_id, namespace, created_at) VALUES ('{offer}', '{ann}', '{bob}', 'wechat-union:main', 1)"
        )).await.unwrap();
        let look = format!("/users/{bob}/merge?with={ann}");
        assert!(browser.get("/users/offers").await.html.contains(&look));
        assert!(browser.get(&format!("/users/{ann}")).await.html.contains(&format!("/users/{ann}/merge?with={bob}")));
        let dismissed = send(&mut browser, &csrf, "/users/offers", &[("offer_id", offer)]).await;
        assert_eq!(dismissed.location(), "/users/offers");
        assert!(!browser.get("/users/offers").await.html.contains(&look));
        house.close().await;
    }

    async fn whoever_a_failed_log_in_proved_becomes_known_by_two_clicks(db: &Database) {
        let (house, _, _, visitor) = with_owner(db).await;
        let held = visitor.begin().await;
        visitor.scan(&held, "ann").await;
        house.clock.as_ref().unwrap().advance_millis(301_000);
        assert_eq!(visitor.stage(&held).await, "expired");
        let Held { mut browser, csrf } = enrolled(&house, &bootstrap(&house).await, "late").await;
        let form = browser.get(&format!("/users/admit?login={}", held.id)).await;
        assert_eq!(form.hidden("login_id"), held.id);
        let wrong = send(&mut browser, &csrf, "/users/admit", &[("login_id", &held.id), ("user_id", "usr_x")]).await;
        assert!(wrong.html.contains("no such thing"), "{}", wrong.html);
        let made = send(&mut browser, &csrf, "/users/admit", &[("login_id", &held.id)]).await;
        let user = visitor.log_in("ann").await;
        assert_eq!(made.location(), format!("/users/{user}?saved"));
        let again = send(&mut browser, &csrf, "/users/admit", &[("login_id", &held.id)]).await;
        assert!(again.status == StatusCode::CONFLICT && again.html.contains(&format!("href=\"/users/{user}\"")), "{}", again.html);
        house.close().await;
    }

    async fn adm_09_who_may_only_read_is_offered_nothing_else(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let visitor = house.visitor();
        let user = visitor.log_in("ann").await;
        let path = format!("/users/{user}");
        let mut auditor = invited(&house, &owner, Role::Auditor, "aud").await;
        let page = auditor.browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.html.contains("/switch") && !page.html.contains("/delete"), "{}", page.html);
        for what in ["switch", "revoke", "unlink", "link", "undo", "delete", "merge"] {
            let fields = [("version", "1"), ("identity_id", "x"), ("merge_id", "x"), ("with", "x")];
            let refused = send(&mut auditor.browser, &auditor.csrf, &format!("{path}/{what}"), &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}");
        }
        let mut support = invited(&house, &owner, Role::Support, "sue").await;
        let page = support.browser.get(&path).await;
        assert!(page.html.contains("/switch") && !page.html.contains("/delete"), "{}", page.html);
        let mut manager = invited(&house, &owner, Role::ClientManager, "max").await;
        assert_eq!(manager.browser.get("/users").await.status, StatusCode::FORBIDDEN);
        house.close().await;
    }
}
