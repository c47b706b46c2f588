//! ADM-01: an empty house has no account and no password; one link opens it, once.

use reqwest::StatusCode;
use saoma_core::admin::AdminName;
use saoma_tests::admin::{AdminBrowser, PASSWORD, bootstrap, enrolment, proofs_on};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};

async fn manual(db: &Database) -> House {
    House::planned(db.url(), Plan { manual_clock: true, ..Plan::default() }).await
}

every_database! {
    async fn adm_01_an_empty_house_has_no_account_and_says_how_to_get_one(db: &Database) {
        let house = manual(db).await;
        let mut browser = AdminBrowser::new(&house);
        let home = browser.get("/").await;
        assert_eq!((home.status, home.location()), (StatusCode::SEE_OTHER, "/log-in?next=%2F"));
        let door = browser.get("/log-in").await;
        assert!(door.html.contains("saoma admin bootstrap"), "{}", door.html);
        for (name, password) in [("admin", "admin"), ("root", ""), ("owner", "changeme"), ("saoma", "saoma")] {
            let page = browser.try_log_in(name, password, "000000").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        house.close().await;
    }

    async fn adm_01_a_link_makes_one_owner_and_no_second(db: &Database) {
        let house = manual(db).await;
        let link = bootstrap(&house).await;
        let mut browser = AdminBrowser::new(&house);
        let proofs = browser.enrol(&house, &link, "ann").await;
        assert_eq!(proofs.recovery_codes.len(), 10);
        assert_eq!(browser.get("/websites").await.status, StatusCode::OK);
        let mut other = AdminBrowser::new(&house);
        assert_eq!(other.get(&format!("/enrol/{link}")).await.status, StatusCode::NOT_FOUND);
        house.close().await;
    }

    async fn adm_01_a_link_runs_out_after_thirty_minutes(db: &Database) {
        let house = manual(db).await;
        let link = bootstrap(&house).await;
        let mut browser = AdminBrowser::new(&house);
        let path = format!("/enrol/{link}");
        let form = browser.get(&path).await;
        house.clock.as_ref().unwrap().advance_millis(1_800_000);
        let proofs = proofs_on(&form, "ann");
        let late = browser.post(&path, &enrolment(&form, &proofs, &house, PASSWORD).as_fields()).await;
        assert_eq!(late.status, StatusCode::NOT_FOUND);
        assert!(!house.server().parts().admins().has_admins().await.unwrap());
        house.close().await;
    }

    async fn adm_02_what_is_wrong_with_an_enrolment_is_said_and_nothing_is_kept(db: &Database) {
        let house = manual(db).await;
        let path = format!("/enrol/{}", bootstrap(&house).await);
        let mut browser = AdminBrowser::new(&house);
        let form = browser.get(&path).await;
        let proofs = proofs_on(&form, "ann");
        for (field, bad, said) in [
            ("name", "ann lee", "cannot be a name"),
            ("password", "short", "fewer than twelve"),
            ("password", "password1234", "easily guessed"),
            ("code", "000000", "shows another code"),
        ] {
            let good = enrolment(&form, &proofs, &house, PASSWORD);
            let fields: Vec<_> = good.as_fields().into_iter().map(|(n, v)| (n, if n == field { bad } else { v })).collect();
            let back = browser.post(&path, &fields).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {bad}");
            assert!(back.html.contains(said), "{field} {bad}: {}", back.html);
            assert!(!back.html.contains(PASSWORD));
            assert_eq!(proofs_on(&back, "ann").code_at(saoma_core::Timestamp(0)), proofs.code_at(saoma_core::Timestamp(0)));
        }
        assert!(!house.server().parts().admins().has_admins().await.unwrap());
        let done = browser.post(&path, &enrolment(&form, &proofs, &house, PASSWORD).as_fields()).await;
        assert_eq!(done.status, StatusCode::OK);
        house.close().await;
    }

    async fn whoever_else_opens_the_link_is_shown_another_key(db: &Database) {
        let house = manual(db).await;
        let path = format!("/enrol/{}", bootstrap(&house).await);
        let mut browser = AdminBrowser::new(&house);
        let [first, second] = [browser.get(&path).await, browser.get(&path).await];
        let at = saoma_core::Timestamp(0);
        assert_ne!(proofs_on(&first, "a").code_at(at), proofs_on(&second, "a").code_at(at));
        house.close().await;
    }

    async fn a_renewal_ends_the_old_password_app_and_sessions(db: &Database) {
        let house = manual(db).await;
        let mut old = AdminBrowser::new(&house);
        let before = old.enrol(&house, &bootstrap(&house).await, "ann").await;
        house.clock.as_ref().unwrap().advance_millis(60_000);
        let name: AdminName = "ann".parse().unwrap();
        let admins = house.server().parts().admins();
        let link = admins.bootstrap(Some(&name)).await.unwrap().unwrap();
        let mut new = AdminBrowser::new(&house);
        let after = new.enrol(&house, link.expose(), "ann").await;
        assert_eq!(old.get("/websites").await.status, StatusCode::SEE_OTHER);
        assert_eq!(new.get("/websites").await.status, StatusCode::OK);
        house.clock.as_ref().unwrap().advance_millis(60_000);
        let mut third = AdminBrowser::new(&house);
        assert_eq!(third.log_in(&house, &before).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let by_paper = third.try_log_in("ann", PASSWORD, &before.recovery_codes[0]).await;
        assert_eq!(by_paper.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(third.log_in(&house, &after).await.status, StatusCode::SEE_OTHER);
        assert!(admins.bootstrap(Some(&"bob".parse().unwrap())).await.unwrap().is_none());
        house.close().await;
    }
}
