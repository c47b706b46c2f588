//! What is shown once: a page that is loaded again makes nothing twice, another language loses nothing, and
//! nobody else sees it. Pages of what is refused keep language and menu.

use super::api_callers::{Held, enrolled, house};
use regex::Regex;
use reqwest::{Method, StatusCode, header};
use saoma_tests::admin::{AdminBrowser, Page, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;

/// Makes an API token by its form; gives where it is shown.
async fn make_token(held: &mut Held) -> String {
    let fields = [("csrf", held.csrf.as_str()), ("name", "t"), ("scope.clients.read", "on"), ("days", "1")];
    let browser = &mut held.browser;
    let request = browser.request(Method::POST, "/tokens").header(header::ORIGIN, &browser.base);
    let made = browser.send(request.form(&fields)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.html);
    made.location().to_owned()
}

fn copied(page: &Page) -> Option<String> {
    let code = Regex::new("<code class=\"copy\">([^<]+)</code>").unwrap();
    code.captures(&page.html).map(|found| found[1].to_owned())
}

every_database! {
    async fn what_is_shown_once_is_made_once(db: &Database) {
        let house = house(db).await;
        let mut ann = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let at = make_token(&mut ann).await;
        let first = ann.browser.get(&at).await;
        let token = copied(&first).unwrap_or_else(|| panic!("{}", first.html));
        assert!(ann.browser.get(&at).await.html.contains(&token));
        assert_eq!(db.lines("SELECT name AS line FROM api_tokens").await, ["t"]);
        let chinese = ann.browser.post("/language", &[("language", "zh-CN"), ("next", &at)]).await;
        assert!(chinese.html.contains(&token) && chinese.html.contains("lang=\"zh-CN\""), "{}", chinese.html);
        house.close().await;
    }

    async fn what_is_shown_once_is_shown_to_its_maker_for_a_while(db: &Database) {
        let house = house(db).await;
        let mut ann = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let mut bob = enrolled(&house, &bootstrap(&house).await, "bob").await;
        let at = make_token(&mut ann).await;
        let theirs = bob.browser.get(&at).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        assert!(theirs.html.contains("shown_before") && copied(&theirs).is_none(), "{}", theirs.html);
        let clock = house.clock.as_ref().unwrap();
        clock.advance_seconds(599);
        assert_eq!(ann.browser.get(&at).await.status, StatusCode::OK);
        clock.advance_seconds(2);
        assert_eq!(ann.browser.get(&at).await.status, StatusCode::NOT_FOUND);
        house.close().await;
    }

    async fn a_filter_that_is_not_understood_shows_and_exports_nothing(db: &Database) {
        let house = house(db).await;
        let mut ann = enrolled(&house, &bootstrap(&house).await, "ann").await;
        for (list, empty) in [("/logins", "Nobody has begun"), ("/users", "Nobody has logged in"), ("/audit", "Nothing has happened")] {
            let wrong = format!("{list}?to=2026-01-01&from=soon");
            let file = ann.browser.get(&format!("{list}/export?format=csv&to=2026-01-01&from=soon")).await;
            assert_eq!((file.status, file.location()), (StatusCode::SEE_OTHER, wrong.as_str()));
            let page = ann.browser.get(&wrong).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.html.contains("Write a day") && page.html.contains("value=\"soon\""), "{}", page.html);
            assert!(!page.html.contains(empty) && !page.html.contains("/export?"), "{list}: {}", page.html);
            let unknown = ann.browser.get(&format!("{list}?odd=1")).await;
            assert!(unknown.html.contains("cannot be understood") && !unknown.html.contains(empty), "{list}: {}", unknown.html);
        }
        house.close().await;
    }

    async fn more_days_than_are_counted_are_told(db: &Database) {
        let house = house(db).await;
        let mut ann = enrolled(&house, &bootstrap(&house).await, "ann").await;
        let told = |page: &Page| page.html.contains("Of more than 400 days");
        assert!(told(&ann.browser.get("/statistics?from=2001-01-01").await));
        assert!(!told(&ann.browser.get("/statistics").await));
        house.close().await;
    }

    async fn pages_of_what_is_refused_keep_language_and_menu(db: &Database) {
        let house = house(db).await;
        let mut ann = enrolled(&house, &bootstrap(&house).await, "ann").await;
        ann.browser.post("/language", &[("language", "zh-CN"), ("next", "/")]).await;
        for (path, status) in [("/nope", 404), ("/websites/gone", 404), ("/admins/invite", 405), ("/shown/x", 404)] {
            let page = ann.browser.get(path).await;
            assert_eq!(page.status.as_u16(), status, "{path}");
            assert!(page.html.contains("lang=\"zh-CN\"") && page.html.contains("href=\"/websites\""), "{path}: {}", page.html);
        }
        let mut stranger = AdminBrowser::new(&house);
        let page = stranger.get("/nope").await;
        assert!(page.status == StatusCode::NOT_FOUND && !page.html.contains("href=\"/websites\""), "{}", page.html);
        house.close().await;
    }
}
