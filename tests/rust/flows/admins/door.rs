//! Logging in: one answer for whatever is wrong, each code once, guessing slowed.

use reqwest::StatusCode;
use saoma_tests::admin::{AdminBrowser, PASSWORD, Proofs, bootstrap, now};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};

async fn house_of_ann(db: &Database) -> (House, AdminBrowser, Proofs) {
    let house = House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await;
    let mut browser = AdminBrowser::new(&house);
    let proofs = browser.enrol(&house, &bootstrap(&house).await, "ann").await;
    house.clock.as_ref().unwrap().advance_millis(60_000);
    (house, browser, proofs)
}

every_database! {
    async fn adm_03_a_code_of_the_app_counts_once(db: &Database) {
        let (house, _, proofs) = house_of_ann(db).await;
        let mut browser = AdminBrowser::new(&house);
        let entered = browser.log_in(&house, &proofs).await;
        assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/websites"));
        let mut again = AdminBrowser::new(&house);
        assert_eq!(again.log_in(&house, &proofs).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Nor does the one before, which the clock's tolerance would take.
        let earlier = proofs.code_at(now(&house).plus_seconds(-30));
        assert_eq!(again.try_log_in("ann", PASSWORD, &earlier).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.clock.as_ref().unwrap().advance_millis(30_000);
        assert_eq!(again.log_in(&house, &proofs).await.status, StatusCode::SEE_OTHER);
        house.close().await;
    }

    async fn adm_03_a_recovery_code_counts_once_and_a_password_alone_never(db: &Database) {
        let (house, _, proofs) = house_of_ann(db).await;
        let mut browser = AdminBrowser::new(&house);
        assert_eq!(browser.try_log_in("ann", PASSWORD, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let typed = proofs.recovery_codes[3].to_uppercase();
        assert_eq!(browser.try_log_in("ann", PASSWORD, &typed).await.status, StatusCode::SEE_OTHER);
        let mut again = AdminBrowser::new(&house);
        assert_eq!(again.try_log_in("ann", PASSWORD, &typed).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.close().await;
    }

    async fn adm_05_nobody_learns_which_part_was_wrong_or_whether_there_is_such_an_admin(db: &Database) {
        let (house, _, proofs) = house_of_ann(db).await;
        let code = proofs.code_at(now(&house));
        let mut answers = Vec::new();
        for (name, password, code) in [
            ("ann", "not-the-password-at-all", code.as_str()),
            ("ann", PASSWORD, "000000"),
            ("bob", PASSWORD, code.as_str()),
            ("no name", PASSWORD, code.as_str()),
        ] {
            let page = AdminBrowser::new(&house).try_log_in(name, password, code).await;
            answers.push((page.status, page.html.replace(&format!("value=\"{name}\""), "NAME")));
        }
        for answer in &answers {
            assert_eq!(answer, &answers[0]);
        }
        house.close().await;
    }

    async fn adm_05_a_hundred_tries_slow_a_stranger_and_not_the_owner(db: &Database) {
        let (house, mut own, proofs) = house_of_ann(db).await;
        let mut stranger = AdminBrowser::new(&house);
        let mut slowed = 0;
        for _ in 0..100 {
            let page = stranger.try_log_in("ann", "wrong-wrong-wrong", "000000").await;
            slowed += u32::from(page.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(slowed, 90);
        let turned_away = stranger.log_in(&house, &proofs).await;
        assert_eq!(turned_away.status, StatusCode::TOO_MANY_REQUESTS);
        let wait: i64 = turned_away.headers["retry-after"].to_str().unwrap().parse().unwrap();
        // The owner's own browser is let in at once; any other after the pause.
        own.cookies.retain(|name, _| name.ends_with("-known"));
        assert_eq!(own.log_in(&house, &proofs).await.status, StatusCode::SEE_OTHER);
        house.clock.as_ref().unwrap().advance_millis(wait * 1000);
        // Address and name are counted each by itself, and so are their pauses.
        let again = stranger.log_in(&house, &proofs).await;
        let wait: i64 = again.headers.get("retry-after").map_or(0, |wait| wait.to_str().unwrap().parse().unwrap());
        house.clock.as_ref().unwrap().advance_millis(wait * 1000);
        let is_in = again.status == StatusCode::SEE_OTHER || stranger.log_in(&house, &proofs).await.status == StatusCode::SEE_OTHER;
        assert!(is_in);
        house.close().await;
    }
}
