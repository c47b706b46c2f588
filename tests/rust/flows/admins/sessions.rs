//! ADM-06: how long a session lives, what each sees of the others, how one ends.

use regex::Regex;
use reqwest::StatusCode;
use saoma_tests::admin::{AdminBrowser, bootstrap};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};

every_database! {
    async fn adm_06_a_session_ends_when_idle_and_in_any_case_after_eight_hours(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let clock = house.clock.clone().unwrap();
        let mut browser = AdminBrowser::new(&house);
        let proofs = browser.enrol(&house, &bootstrap(&house).await, "ann").await;
        // Used every fourteen minutes it lives, for eight hours: 34 times, and 480 minutes are over.
        for _ in 0..34 {
            clock.advance_millis(14 * 60_000);
            assert_eq!(browser.get("/websites").await.status, StatusCode::OK);
        }
        clock.advance_millis(4 * 60_000);
        assert_eq!(browser.get("/websites").await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.log_in(&house, &proofs).await.status, StatusCode::SEE_OTHER);
        clock.advance_millis(15 * 60_000);
        assert_eq!(browser.get("/websites").await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }

    async fn adm_06_sessions_are_listed_and_ended(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let [mut one, mut two] = [(); 2].map(|()| AdminBrowser::new(&house));
        let proofs = one.enrol(&house, &bootstrap(&house).await, "ann").await;
        house.clock.as_ref().unwrap().advance_millis(60_000);
        assert_eq!(two.log_in(&house, &proofs).await.status, StatusCode::SEE_OTHER);
        let account = two.get("/account").await;
        let session = Regex::new("name=\"session\" value=\"(ses_[0-9A-Za-z]+)\"").unwrap();
        let others: Vec<_> = session.captures_iter(&account.html).map(|found| found[1].to_owned()).collect();
        assert_eq!(others.len(), 1, "{}", account.html);
        let csrf = account.hidden("csrf");
        let ended = two.post("/account/end-session", &[("csrf", &csrf), ("session", &others[0])]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        assert_eq!(one.get("/websites").await.status, StatusCode::SEE_OTHER);
        let late = one.post("/account/end-session", &[("csrf", "x"), ("session", &others[0])]).await;
        assert_eq!(late.location(), "/log-in?next=%2F", "a form's address is no page to come back to");
        let out = two.post("/log-out", &[("csrf", &csrf)]).await;
        assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/log-in"));
        assert_eq!(two.get("/websites").await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }

    async fn adm_02_another_password_ends_the_other_sessions_and_the_old_password(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let clock = house.clock.clone().unwrap();
        let [mut one, mut two] = [(); 2].map(|()| AdminBrowser::new(&house));
        let proofs = one.enrol(&house, &bootstrap(&house).await, "ann").await;
        clock.advance_millis(60_000);
        assert_eq!(two.log_in(&house, &proofs).await.status, StatusCode::SEE_OTHER);
        let csrf = one.csrf().await;
        let change = async |browser: &mut AdminBrowser, password: &str| {
            browser.post("/account/password", &[("csrf", &csrf), ("new_password", password)]).await
        };
        let refused = change(&mut one, "password1234").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.html.contains("easily guessed") && !refused.html.contains("password1234"), "{}", refused.html);
        assert_eq!(two.get("/websites").await.status, StatusCode::OK, "nothing has changed");
        let new = "seven green umbrellas sing";
        let changed = change(&mut one, new).await;
        assert_eq!((changed.status, changed.location()), (StatusCode::SEE_OTHER, "/account?saved"), "{}", changed.html);
        assert_eq!(one.get("/websites").await.status, StatusCode::OK);
        assert_eq!(two.get("/websites").await.status, StatusCode::SEE_OTHER);
        clock.advance_millis(60_000);
        assert_eq!(two.log_in(&house, &proofs).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the old password");
        let code = proofs.code_at(saoma_tests::admin::now(&house));
        assert_eq!(two.try_log_in("ann", new, &code).await.status, StatusCode::SEE_OTHER);
        clock.advance_millis(301_000);
        assert_eq!(change(&mut one, "another row of umbrellas").await.status, StatusCode::FORBIDDEN, "not freshly proven");
        let rows = "SELECT outcome AS line FROM audit_events WHERE action = 'admin.password_changed'";
        assert_eq!(db.lines(rows).await, ["success"]);
        house.close().await;
    }

    async fn adm_03_new_recovery_codes_take_the_place_of_the_old(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let mut browser = AdminBrowser::new(&house);
        let old = browser.enrol(&house, &bootstrap(&house).await, "ann").await.recovery_codes;
        let csrf = browser.csrf().await;
        let made = browser.post("/account/recovery-codes", &[("csrf", &csrf)]).await;
        let code = Regex::new("<li><code>([^<]+)</code></li>").unwrap();
        let new: Vec<_> = code.captures_iter(&made.html).map(|found| found[1].to_owned()).collect();
        assert_eq!((new.len(), new.iter().any(|code| old.contains(code))), (10, false), "{}", made.html);
        let mut other = AdminBrowser::new(&house);
        let by = async |browser: &mut AdminBrowser, code: &str| {
            browser.try_log_in("ann", saoma_tests::admin::PASSWORD, code).await.status
        };
        assert_eq!(by(&mut other, &old[0]).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(by(&mut other, &new[0]).await, StatusCode::SEE_OTHER);
        assert!(other.get("/account").await.html.contains("Codes that are left: 9"));
        house.close().await;
    }

    async fn adm_06_a_new_session_has_a_new_id_at_log_in_and_at_a_fresh_proof(db: &Database) {
        let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
        let mut browser = AdminBrowser::new(&house);
        let proofs = browser.enrol(&house, &bootstrap(&house).await, "ann").await;
        let session = |browser: &AdminBrowser| {
            browser.cookies.iter().find(|(name, _)| name.ends_with("-session")).unwrap().1.clone()
        };
        let first = session(&browser);
        let form = browser.get("/prove?next=/websites").await;
        house.clock.as_ref().unwrap().advance_millis(30_000);
        let code = proofs.code_at(saoma_tests::admin::now(&house));
        let fields = [("csrf", form.hidden("csrf")), ("next", "/websites".to_owned())];
        let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("password", saoma_tests::admin::PASSWORD), ("code", code.as_str())]);
        let proven = browser.post("/prove", &fields).await;
        assert_eq!((proven.status, proven.location()), (StatusCode::SEE_OTHER, "/websites"));
        let second = session(&browser);
        assert_ne!(first, second);
        let mut thief = AdminBrowser::new(&house);
        let name = browser.cookies.keys().find(|name| name.ends_with("-session")).unwrap().clone();
        thief.cookies.insert(name, first);
        assert_eq!(thief.get("/websites").await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }
}
