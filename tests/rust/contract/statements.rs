//! How many data statements each step takes (design, section 6).

use super::fixture::*;
use saoma_core::login::RedeemOutcome;
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn a_login_of_a_returning_person_stays_within_its_budget(db: &Database) {
        let stores = db.stores().await;
        confirm(&stores, identity("a", Some("u")), Some("阿明")).await;
        let mut last = stores.statements();
        let mut steps = Vec::new();
        let mut step = |name: &'static str| {
            steps.push((name, stores.statements() - last));
            last = stores.statements();
        };
        let login = begun(&stores).await;
        step("create_login");
        stores.logins.find_login_by_scene(&login.scene).await.unwrap();
        step("find_login_by_scene");
        let scanned = saoma_core::login::Login {
            proof: Some(saoma_core::login::Proof { identity: identity("a", Some("u")) }),
            companion_hash: Some(hash()),
            ..moved(&login, saoma_core::login::Stage::Scanned)
        };
        assert!(stores.logins.transition_login(&change(&login, scanned.clone())).await.unwrap());
        step("transition_login");
        let known = known(&stores, &scanned).await;
        step("find_login_by_companion");
        stores.logins.confirm_login(&confirmation(&scanned, known, Some("阿明"))).await.unwrap();
        step("confirm_login");
        let login = stores.logins.put_code(&new_code(&scanned)).await.unwrap().unwrap();
        step("put_code");
        let attempt = redemption(&login);
        assert!(matches!(stores.logins.redeem_code(&attempt).await.unwrap(), RedeemOutcome::Redeemed(_)));
        step("redeem_code");
        stores.grants.find_user_by_token(&attempt.token.hash, NOW).await.unwrap().unwrap();
        step("find_user_by_token");
        let expected = [
            ("create_login", 2),
            ("find_login_by_scene", 1),
            ("transition_login", 1),
            ("find_login_by_companion", 1),
            ("confirm_login", 1),
            ("put_code", 1),
            ("redeem_code", 4),
            ("find_user_by_token", 1),
        ];
        assert_eq!(steps, expected);
        assert!(steps.iter().map(|(_, count)| count).sum::<u64>() <= 12);
    }
}
