//! The rooms by their forms: a website and a way to log in from nothing; what is wrong comes back with what
//! was typed; who may not is not offered it.

use super::api_callers::{enrolled, house, invited};
use reqwest::StatusCode;
use saoma_core::admin::Role;
use saoma_tests::admin::{AdminBrowser, Page, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, APPID, House};
use saoma_tests::http;

async fn owner(house: &House) -> (AdminBrowser, String) {
    let held = enrolled(house, &bootstrap(house).await, "ann").await;
    (held.browser, held.csrf)
}

async fn send(browser: &mut AdminBrowser, csrf: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let mut all = vec![("csrf", csrf)];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

const NEW: [(&str, &str); 6] = [
    ("stack", "node"),
    ("name", "My Blog"),
    ("client_id", "own"),
    ("origin", "https://blog.example"),
    ("redirect_uri", "https://blog.example/callback"),
    ("provider.second", "on"),
];

every_database! {
    async fn a_way_and_a_website_are_set_up_by_forms_alone(db: &Database) {
        let house = house(db).await;
        let (mut browser, csrf) = owner(&house).await;
        let base = house.sandbox.base();
        let mini = [
            ("slug", "second"), ("title", "Second"), ("set.appid", APPID), ("set.secret", APP_SECRET),
            ("set.api_base", base.as_str()), ("set.check_path", "on"),
        ];
        let made = send(&mut browser, &csrf, "/providers/new?kind=wechat_mini_program", &mini).await;
        assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/providers/second?saved"), "{}", made.html);
        let page = browser.get("/providers/second?saved").await;
        assert!(!page.html.contains(APP_SECRET) && page.html.contains(APPID), "{}", page.html);
        let ready = send(&mut browser, &csrf, "/websites/new", &NEW).await;
        assert_eq!(ready.status, StatusCode::OK, "{}", ready.html);
        for part in ["My Blog", "saoma-login", "SAOMA_CLIENT_SECRET", "express"] {
            assert!(ready.html.contains(part), "{part}: {}", ready.html);
        }
        // Visitors see the ways in the form's order, which is no alphabet's.
        let mut later = mini;
        (later[0].1, later[1].1) = ("alpha", "Alpha");
        let made = send(&mut browser, &csrf, "/providers/new?kind=wechat_mini_program", &later).await;
        assert_eq!(made.location(), "/providers/alpha?saved", "{}", made.html);
        let both = [
            ("stack", "openid"), ("name", "Unlike It"), ("client_id", "both"), ("origin", "https://unlike.example"),
            ("redirect_uri", "https://unlike.example/back"), ("provider.second", "on"), ("provider.alpha", "on"),
        ];
        let ready = send(&mut browser, &csrf, "/websites/new", &both).await;
        assert!(ready.html.contains("openid-client") && !ready.html.contains("saoma-login"), "{}", ready.html);
        let ways = db.lines("SELECT providers AS line FROM clients WHERE id = 'both'").await;
        assert_eq!(ways, [r#"["second","alpha"]"#]);
        // Both sides of a form: what is empty stays, what is changed holds.
        let version = browser.get("/providers/second").await.hidden("version");
        let same = [("version", version.as_str()), ("title", "Other"), ("set.appid", APPID), ("set.secret", ""),
            ("set.api_base", base.as_str()), ("set.check_path", "on"), ("enabled", "on")];
        let changed = send(&mut browser, &csrf, "/providers/second", &same).await;
        assert_eq!(changed.location(), "/providers/second?saved", "{}", changed.html);
        let seen = http::get(&format!("{}/api/v1/clients/own", house.saoma)).await.text().await.unwrap();
        assert!(seen.contains("Other"), "{seen}");
        house.close().await;
    }

    async fn an_optional_secret_is_taken_away_and_no_other(db: &Database) {
        let house = house(db).await;
        let (mut browser, csrf) = owner(&house).await;
        let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
        let base = house.sandbox.base();
        let service = [
            ("slug", "second"), ("set.appid", APPID), ("set.secret", APP_SECRET), ("set.push_token", "PushToken1"),
            ("set.push_aes_key", key), ("set.push_aes_key_previous", key), ("set.push_mode", "safe"),
            ("set.api_base", base.as_str()), ("set.open_base", base.as_str()),
        ];
        let made = send(&mut browser, &csrf, "/providers/new?kind=wechat_service_account", &service).await;
        assert_eq!(made.location(), "/providers/second?saved", "{}", made.html);
        let set = "SELECT secrets AS line FROM providers WHERE slug = 'second'";
        assert!(db.lines(set).await[0].contains("push_aes_key_previous"));
        let page = browser.get("/providers/second").await;
        assert!(page.html.contains("name=\"take.push_aes_key_previous\"") && !page.html.contains("name=\"take.secret\""), "{}", page.html);
        let version = page.hidden("version");
        let mut taken: Vec<_> = service.into_iter().filter(|(name, _)| !matches!(*name, "slug" | "set.secret" | "set.push_aes_key_previous")).collect();
        taken.extend([("version", version.as_str()), ("enabled", "on"), ("set.secret", ""), ("set.push_aes_key_previous", ""), ("take.push_aes_key_previous", "on")]);
        let done = send(&mut browser, &csrf, "/providers/second", &taken).await;
        assert_eq!(done.location(), "/providers/second?saved", "{}", done.html);
        let left = db.lines(set).await.remove(0);
        assert!(!left.contains("push_aes_key_previous") && left.contains("\"secret\""), "{left}");
        house.close().await;
    }

    async fn what_is_wrong_comes_back_beside_what_was_typed(db: &Database) {
        let house = house(db).await;
        let (mut browser, csrf) = owner(&house).await;
        let mut wrong = NEW;
        (wrong[2].1, wrong[3].1, wrong[5].0) = ("shop", "https://blog.example/path", "provider.mini");
        let back = send(&mut browser, &csrf, "/websites/new", &wrong).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in ["value=\"My Blog\"", "Only scheme, host and port"] {
            assert!(back.html.contains(part), "{part}: {}", back.html);
        }
        wrong[3].1 = "https://blog.example";
        let back = send(&mut browser, &csrf, "/websites/new", &wrong).await;
        assert!(back.html.contains("This is taken"), "{}", back.html);
        let mini = [("slug", "X y"), ("title", ""), ("set.appid", "nonsense"), ("set.secret", "typed-secret")];
        let back = send(&mut browser, &csrf, "/providers/new?kind=wechat_mini_program", &mini).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.html.contains("nonsense") && !back.html.contains("typed-secret"), "{}", back.html);
        for part in ["small letters, digits and hyphens", "Type it again", "wx"] {
            assert!(back.html.contains(part), "all that is wrong at once: {part}: {}", back.html);
        }
        let stale = [("version", "77"), ("name", "x")];
        let file = send(&mut browser, &csrf, "/websites/shop/look", &stale).await;
        assert_eq!(file.status, StatusCode::CONFLICT);
        assert!(file.html.contains("configuration file"), "{}", file.html);
        house.close().await;
    }

    async fn a_name_like_anothers_is_taken_when_it_is_meant(db: &Database) {
        let house = house(db).await;
        let (mut browser, csrf) = owner(&house).await;
        let mut alike = NEW.to_vec();
        (alike[1].1, alike[5].0) = ("Tеst Shоp", "provider.mini");
        let back = send(&mut browser, &csrf, "/websites/new", &alike).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.html.contains("name=\"resembles.shop\""), "{}", back.html);
        alike.push(("resembles.shop", "on"));
        let made = send(&mut browser, &csrf, "/websites/new", &alike).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.html);
        let told = "SELECT detail AS line FROM audit_events WHERE action = 'client.created'";
        assert!(db.lines(told).await[0].ends_with("; name_resembles shop"));
        let look = [("version", "1"), ("name", "Blog"), ("provider.mini", "on"), ("enabled", "on")];
        assert_eq!(send(&mut browser, &csrf, "/websites/own/look", &look).await.status, StatusCode::SEE_OTHER);
        let look = [("version", "2"), ("name", "TEST SHOP"), ("provider.mini", "on"), ("enabled", "on")];
        let back = send(&mut browser, &csrf, "/websites/own/look", &look).await;
        assert!(back.html.contains("name=\"resembles.shop\"") && back.html.contains("value=\"TEST SHOP\""), "{}", back.html);
        let meant = [&look[..], &[("resembles.shop", "on")]].concat();
        assert_eq!(send(&mut browser, &csrf, "/websites/own/look", &meant).await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }

    async fn adm_08_a_form_that_needs_a_fresh_proof_asks_for_it_and_comes_back(db: &Database) {
        let house = house(db).await;
        let (mut browser, csrf) = owner(&house).await;
        house.clock.as_ref().unwrap().advance_millis(301_000);
        let asked = browser.get("/websites/new").await;
        assert_eq!((asked.status, asked.location()), (StatusCode::SEE_OTHER, "/prove?next=%2Fwebsites%2Fnew"));
        let sent = send(&mut browser, &csrf, "/websites/new", &NEW).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN);
        assert!(sent.html.contains("Is it still you?"), "{}", sent.html);
        assert!(!browser.get("/websites").await.html.contains("My Blog"));
        house.close().await;
    }

    async fn adm_09_who_may_not_is_not_offered_it_and_is_refused(db: &Database) {
        let house = house(db).await;
        let owner = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let mut auditor = invited(&house, &owner, Role::Auditor, "aud").await;
        let page = auditor.browser.get("/websites").await;
        assert!(!page.html.contains("/websites/new"), "{}", page.html);
        assert_eq!(auditor.browser.get("/websites/new").await.status, StatusCode::FORBIDDEN);
        let refused = send(&mut auditor.browser, &auditor.csrf, "/websites/new", &NEW).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut support = invited(&house, &owner, Role::Support, "sue").await;
        assert_eq!(support.browser.get("/admins").await.status, StatusCode::FORBIDDEN);
        assert_eq!(support.browser.get("/providers").await.status, StatusCode::FORBIDDEN);
        house.close().await;
    }

    async fn a_website_that_is_not_there_is_nobodys(db: &Database) {
        let house = house(db).await;
        let (mut browser, csrf) = owner(&house).await;
        let typo = [("role", "client_manager"), ("clients", "shop, shopp")];
        let back = send(&mut browser, &csrf, "/admins/invite", &typo).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.html.contains("no website of one of these ids"), "{}", back.html);
        let links = "SELECT COUNT(*) || '' AS line FROM admin_links";
        assert_eq!(db.lines(links).await, ["0"]);
        let right = [("role", "client_manager"), ("clients", "shop")];
        assert_eq!(send(&mut browser, &csrf, "/admins/invite", &right).await.status, StatusCode::OK);
        assert_eq!(db.lines(links).await, ["1"]);
        house.close().await;
    }

    async fn the_language_is_chosen_and_kept(db: &Database) {
        let house = house(db).await;
        let mut browser = AdminBrowser::new(&house);
        let before = browser.get("/log-in").await;
        assert!(before.html.contains("lang=\"en\""));
        let chosen = browser.post("/language", &[("language", "zh-CN"), ("next", "/log-in")]).await;
        assert_eq!((chosen.status, chosen.location()), (StatusCode::SEE_OTHER, "/log-in"));
        assert!(browser.get("/log-in").await.html.contains("lang=\"zh-CN\""));
        let odd = browser.post("/language", &[("language", "tlh"), ("next", "//evil.example")]).await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND);
        house.close().await;
    }
}
