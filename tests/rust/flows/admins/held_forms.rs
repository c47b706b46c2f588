//! A form that came with an old proof is lost in no part: it is asked for beside it, and goes on (ADM-08).

use super::api_callers::house;
use reqwest::StatusCode;
use saoma_tests::admin::{AdminBrowser, PASSWORD, Page, bootstrap, now};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, APPID, House};

async fn send(browser: &mut AdminBrowser, path: &str, fields: &[(&str, &str)]) -> Page {
    browser.post(path, fields).await
}

/// Somebody inside whose proof has become old, what they prove themselves with, and a way to be set up.
async fn late(house: &House) -> (AdminBrowser, saoma_tests::admin::Proofs, String) {
    let mut browser = AdminBrowser::new(house);
    let proofs = browser.enrol(house, &bootstrap(house).await, "ann").await;
    let csrf = browser.get("/websites").await.hidden("csrf");
    house.clock.as_ref().unwrap().advance_millis(301_000);
    (browser, proofs, csrf)
}

const PATH: &str = "/providers/new?kind=wechat_mini_program";

every_database! {
    async fn adm_08_a_form_with_an_old_proof_goes_on_whole_once_it_is_proven(db: &Database) {
        let house = house(db).await;
        let (mut browser, proofs, csrf) = late(&house).await;
        let base = house.sandbox.base();
        let typed = [
            ("csrf", csrf.as_str()), ("slug", "second"), ("title", "Typed & kept"), ("set.appid", APPID),
            ("set.secret", APP_SECRET), ("set.api_base", base.as_str()), ("set.check_path", "on"),
        ];
        let asked = send(&mut browser, PATH, &typed).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        assert!(asked.html.contains("Nothing of it is lost") && !asked.html.contains(APP_SECRET), "{}", asked.html);
        let (held, csrf) = (asked.hidden("held"), asked.hidden("csrf"));
        let wrong = [("csrf", csrf.as_str()), ("held", &held), ("password", "wrong"), ("code", "000000")];
        let again = send(&mut browser, PATH, &wrong).await;
        assert_eq!((again.status, again.hidden("held")), (StatusCode::UNPROCESSABLE_ENTITY, held.clone()));
        assert_eq!(browser.get("/providers/second").await.status, StatusCode::NOT_FOUND);
        let code = proofs.code_at(now(&house));
        let right = [("csrf", csrf.as_str()), ("held", &held), ("password", PASSWORD), ("code", code.as_str())];
        let made = send(&mut browser, PATH, &right).await;
        assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/providers/second?saved"), "{}", made.html);
        let page = browser.get("/providers/second").await;
        assert!(page.html.contains("Typed &amp; kept") && page.html.contains(APPID), "{}", page.html);
        house.close().await;
    }

    async fn adm_08_a_held_form_opens_for_its_session_and_address_only(db: &Database) {
        let house = house(db).await;
        let (mut browser, proofs, csrf) = late(&house).await;
        let asked = send(&mut browser, PATH, &[("csrf", &csrf), ("slug", "second")]).await;
        let held = asked.hidden("held");
        let code = proofs.code_at(now(&house));
        let fields = |csrf: &str, held: &str| {
            [("csrf", csrf), ("held", held), ("password", PASSWORD), ("code", code.as_str())]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let post = async |browser: &mut AdminBrowser, path: &str, csrf: &str, held: &str| {
            let fields = fields(csrf, held);
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post(path, &fields).await.status
        };
        assert_eq!(post(&mut browser, "/websites/new", &csrf, &held).await, StatusCode::FORBIDDEN);
        assert_eq!(post(&mut browser, PATH, &csrf, &held.replacen("v1", "v2", 1)).await, StatusCode::FORBIDDEN);
        assert_eq!(post(&mut browser, PATH, "x", &held).await, StatusCode::FORBIDDEN);
        let mut other = AdminBrowser::new(&house);
        other.enrol(&house, &bootstrap(&house).await, "bob").await;
        let theirs = other.get("/websites").await.hidden("csrf");
        assert_eq!(post(&mut other, PATH, &theirs, &held).await, StatusCode::FORBIDDEN);
        // Proven, what is wrong with it comes back beside what was typed, in the new session.
        assert_eq!(post(&mut browser, PATH, &csrf, &held).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.get("/websites").await.status, StatusCode::OK);
        assert_eq!(browser.get("/websites/new").await.status, StatusCode::OK, "the proof is fresh");
        house.close().await;
    }
}
