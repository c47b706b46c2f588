//! Redeeming: everything matches and it happens once, or the code is void.

use super::fixture::*;
use saoma_core::audit::Action;
use saoma_core::audit::AuditScope;
use saoma_core::grant::Scope;
use saoma_core::login::{Login, RedeemOutcome, Redemption, Stage};
use saoma_core::page::PageRequest;
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn a_right_attempt_ends_the_login_and_leaves_a_live_token(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        let attempt = Redemption { now: NOW.plus_seconds(5), ..redemption(&login) };
        let RedeemOutcome::Redeemed(granted) = stores.logins.redeem_code(&attempt).await.unwrap() else {
            panic!("not redeemed")
        };
        let expected = Login {
            stage: Stage::Redeemed,
            version: login.version + 1,
            updated_at: NOW.plus_seconds(5),
            ..login.clone()
        };
        assert_eq!(granted.login.as_ref(), Some(&expected));
        let grant = &granted.grant;
        assert_eq!((&grant.id, Some(&grant.user)), (&attempt.token.grant, login.user.as_ref()));
        assert_eq!((grant.scope, &grant.nonce), (Scope::OF_LOGINS, &login.site.nonce));
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap(), Some(expected));
        let user = stores.grants.find_user_by_token(&attempt.token.hash, NOW).await.unwrap().unwrap();
        assert_eq!((Some(user.face.user), user.face.name.as_deref()), (login.user, Some("阿明")));
        assert_eq!(audited(&stores, Action::LoginEnded).await, 1);
    }

    async fn a_redirect_uri_that_was_not_named_must_not_be_named(db: &Database) {
        let stores = db.stores().await;
        for (begun_with, sent, right) in
            [(None, None, true), (None, Some("https://shop.example/"), false), (Some("https://shop.example/"), None, false)]
        {
            let mut login = new_login();
            login.site.redirect_uri = begun_with.map(str::to_owned);
            create(&stores, &login).await;
            let user = Some(confirm(&stores, identity("a", None), None).await);
            let after = Login { user, ..moved(&login, Stage::Confirmed) };
            assert!(stores.logins.transition_login(&change(&login, after.clone())).await.unwrap());
            let login = stores.logins.put_code(&new_code(&after)).await.unwrap().unwrap();
            let attempt = Redemption { redirect_uri: sent.map(str::to_owned), ..redemption(&login) };
            let outcome = stores.logins.redeem_code(&attempt).await.unwrap();
            assert_eq!(matches!(outcome, RedeemOutcome::Redeemed(_)), right, "{begun_with:?} {sent:?}");
            assert_eq!(outcome == RedeemOutcome::Burned, !right);
        }
    }

    async fn whatever_is_wrong_burns_the_code_and_leaves_the_login_confirmed(db: &Database) {
        let stores = db.stores().await;
        let wrongs: [fn(&mut Redemption); 3] = [
            |attempt| attempt.client = "other".to_owned(),
            |attempt| attempt.code_challenge = Some("A".repeat(43)),
            |attempt| attempt.redirect_uri = Some("https://shop.example/callback".to_owned()),
        ];
        for spoil in wrongs {
            let login = with_code(&stores).await;
            let right = redemption(&login);
            let mut wrong = redemption(&login);
            spoil(&mut wrong);
            assert_eq!(stores.logins.redeem_code(&wrong).await.unwrap(), RedeemOutcome::Burned);
            assert_eq!(stores.logins.redeem_code(&right).await.unwrap(), RedeemOutcome::Unknown);
            let left = stores.logins.find_login(&login.id).await.unwrap();
            assert_eq!(left, Some(Login { code: None, ..login.clone() }));
            let again = stores.logins.put_code(&new_code(&login)).await.unwrap().unwrap();
            let outcome = stores.logins.redeem_code(&redemption(&again)).await.unwrap();
            assert!(matches!(outcome, RedeemOutcome::Redeemed(_)));
        }
        assert_eq!(audited(&stores, Action::CodeBurned).await, 3);
        // The row names who presented the code, which is neither always its website nor its visitor.
        let rows = stores.audit.list_audit(&AuditScope::all(), &PageRequest::first(200)).await.unwrap().items;
        let burned: Vec<_> = rows.iter().filter(|row| row.action == Action::CodeBurned.as_str()).collect();
        let by_other = burned.iter().filter(|row| row.client_id.as_deref() == Some("other"));
        assert_eq!(by_other.count(), 1);
        assert!(burned.iter().all(|row| row.address.is_none()));
    }

    async fn a_spent_code_used_again_takes_its_token_back(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        let attempt = redemption(&login);
        stores.logins.redeem_code(&attempt).await.unwrap();
        let other = with_code(&stores).await;
        let untouched = redemption(&other);
        stores.logins.redeem_code(&untouched).await.unwrap();
        for _ in 0..2 {
            assert_eq!(stores.logins.redeem_code(&redemption(&login)).await.unwrap(), RedeemOutcome::Reused);
        }
        let user_of = async |attempt: &Redemption| stores.grants.find_user_by_token(&attempt.token.hash, NOW).await.unwrap();
        assert_eq!(user_of(&attempt).await, None);
        assert!(user_of(&untouched).await.is_some());
        assert_eq!(count(db, "access_tokens").await, 1);
        assert_eq!(count(db, "grants WHERE revoked_at IS NOT NULL").await, 1);
        assert_eq!(audited(&stores, Action::CodeReused).await, 2);
    }

    async fn an_older_code_a_lapsed_one_and_a_made_up_one_are_unknown(db: &Database) {
        let stores = db.stores().await;
        let older = with_code(&stores).await;
        let newer = stores.logins.put_code(&new_code(&older)).await.unwrap().unwrap();
        let made_up = Redemption { code_hash: hash(), ..redemption(&newer) };
        let code_lapsed = Redemption { now: NOW.plus_seconds(60), ..redemption(&newer) };
        let login_lapsed = Redemption { now: newer.expires_at, ..redemption(&newer) };
        for attempt in [&redemption(&older), &made_up, &code_lapsed, &login_lapsed] {
            assert_eq!(stores.logins.redeem_code(attempt).await.unwrap(), RedeemOutcome::Unknown);
        }
        assert!(matches!(stores.logins.redeem_code(&redemption(&newer)).await.unwrap(), RedeemOutcome::Redeemed(_)));
    }

    async fn a_cancelled_login_redeems_nothing(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        assert!(stores.logins.transition_login(&change(&login, moved(&login, Stage::Cancelled))).await.unwrap());
        assert_eq!(stores.logins.redeem_code(&redemption(&login)).await.unwrap(), RedeemOutcome::Unknown);
        assert_eq!(count(db, "grants").await, 0);
    }
}
