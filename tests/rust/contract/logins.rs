//! Logins: kept whole, found by each of their keys, moved only from where they were read.

use super::fixture::*;
use saoma_core::StoreError;
use saoma_core::audit::{Action, AuditOutcome};
use saoma_core::id::LoginId;
use saoma_core::login::{IssuedCode, Login, Reason, Scene, Stage};
use saoma_core::provider::Challenge;
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn is_found_by_every_key_as_it_was_stored(db: &Database) {
        let stores = db.stores().await;
        for challenge in [
            Challenge::QrImage { open_url: None },
            Challenge::QrImage { open_url: Some("weixin://dl/business/?t=x".to_owned()) },
            Challenge::QrText { text: "https://w.example/q/1".to_owned() },
            Challenge::Redirect { url: "https://w.example/c".to_owned() },
        ] {
            let login = Login { challenge, ..new_login() };
            create(&stores, &login).await;
            let store = &stores.logins;
            assert_eq!(store.find_login(&login.id).await.unwrap().as_ref(), Some(&login));
            assert_eq!(store.find_login_by_scene(&login.scene).await.unwrap().as_ref(), Some(&login));
            assert_eq!(store.find_login_by_image(&login.image_token).await.unwrap().as_ref(), Some(&login));
            let state = login.state_hash.as_ref().unwrap();
            assert_eq!(store.find_login_by_state(state).await.unwrap().as_ref(), Some(&login));
        }
        assert_eq!(audited(&stores, Action::LoginBegan).await, 4);
    }

    async fn is_kept_with_nothing_but_what_it_must_have(db: &Database) {
        let stores = db.stores().await;
        let full = new_login();
        let site = saoma_core::login::Site { redirect_uri: None, state: None, nonce: None, locale: None, ..full.site.clone() };
        let bare = Login { private: None, state_hash: None, number: None, requester: Default::default(), site, ..full };
        create(&stores, &bare).await;
        assert_eq!(stores.logins.find_login(&bare.id).await.unwrap().as_ref(), Some(&bare));
        // What is not there is equal to nothing: any number of Logins has no state.
        create(&stores, &Login { state_hash: None, ..new_login() }).await;
    }

    async fn what_is_not_there_is_not_found(db: &Database) {
        let stores = db.stores().await;
        begun(&stores).await;
        let store = &stores.logins;
        assert_eq!(store.find_login(&LoginId::generate(entropy())).await.unwrap(), None);
        assert_eq!(store.find_login_by_scene(&Scene::generate(entropy())).await.unwrap(), None);
        assert_eq!(store.find_login_by_image("x").await.unwrap(), None);
        assert!(store.find_login_by_companion(&hash()).await.unwrap().is_none());
        assert_eq!(store.find_login_by_state(&hash()).await.unwrap(), None);
    }

    async fn a_second_of_the_same_scene_picture_or_state_is_refused_and_leaves_nothing(db: &Database) {
        let stores = db.stores().await;
        let first = begun(&stores).await;
        for twin in [
            Login { scene: first.scene.clone(), ..new_login() },
            Login { image_token: first.image_token.clone(), ..new_login() },
            Login { id: first.id.clone(), ..new_login() },
            Login { state_hash: first.state_hash.clone(), ..new_login() },
        ] {
            let row = entry(Action::LoginBegan).about(&twin);
            let refused = stores.logins.create_login(&twin, &row).await;
            assert!(matches!(refused, Err(StoreError::Exists("login"))), "{refused:?}");
        }
        assert_eq!(audited(&stores, Action::LoginBegan).await, 1);
    }

    async fn a_transition_writes_the_login_as_it_is_after(db: &Database) {
        let stores = db.stores().await;
        let scanned = scanned(&stores, identity("a", Some("u"))).await;
        assert_eq!(stores.logins.find_login(&scanned.id).await.unwrap().as_ref(), Some(&scanned));
        let companion = scanned.companion_hash.as_ref().unwrap();
        let (found, known) = stores.logins.find_login_by_companion(companion).await.unwrap().unwrap();
        assert_eq!((found, known), (scanned.clone(), None));
        let code = Some(IssuedCode { hash: hash(), expires_at: NOW.plus_seconds(9) });
        let push_key = Some("push".to_owned());
        let asked_at = Some(NOW.plus_seconds(3));
        let after = Login { code, push_key, asked_at, ..moved(&scanned, Stage::Confirmed) };
        assert!(stores.logins.transition_login(&change(&scanned, after.clone())).await.unwrap());
        assert_eq!(stores.logins.find_login(&scanned.id).await.unwrap().as_ref(), Some(&after));
        let last = Login { asked_at: None, ..moved(&after, Stage::Cancelled) };
        assert!(stores.logins.transition_login(&change(&after, last.clone())).await.unwrap());
        assert_eq!(stores.logins.find_login(&scanned.id).await.unwrap(), Some(last));
    }

    /// A page goes on showing what it showed: state and number stay, whatever a change says of them.
    async fn what_is_fixed_at_the_beginning_is_not_changed(db: &Database) {
        let stores = db.stores().await;
        let login = begun(&stores).await;
        let other = Login { state_hash: Some(hash()), number: Some("99".parse().unwrap()), ..login.clone() };
        assert!(stores.logins.transition_login(&change(&login, moved(&other, Stage::Scanned))).await.unwrap());
        let found = stores.logins.find_login(&login.id).await.unwrap();
        assert_eq!(found, Some(moved(&login, Stage::Scanned)));
    }

    /// LOG-03: one conditional update; whoever read an older row changes nothing.
    async fn log_03_a_transition_from_elsewhere_changes_nothing(db: &Database) {
        let stores = db.stores().await;
        let login = begun(&stores).await;
        let ended = Login { reason: Some(Reason::CancelledByBrowser), ..moved(&login, Stage::Cancelled) };
        let row = entry(Action::LoginEnded).about(&ended).ended(AuditOutcome::Refused, "cancelled_by_browser");
        let mut right = change(&login, ended.clone());
        right.audit = Some(row);
        let mut wrong_stage = right.clone();
        wrong_stage.from = Stage::Scanned;
        let mut wrong_version = right.clone();
        wrong_version.from_version = 2;
        for stale in [&wrong_stage, &wrong_version] {
            assert!(!stores.logins.transition_login(stale).await.unwrap());
        }
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap(), Some(login));
        assert_eq!(audited(&stores, Action::LoginEnded).await, 0);
        assert!(stores.logins.transition_login(&right).await.unwrap());
        assert!(!stores.logins.transition_login(&right).await.unwrap());
        assert_eq!(stores.logins.find_login(&ended.id).await.unwrap(), Some(ended));
        assert_eq!(audited(&stores, Action::LoginEnded).await, 1);
    }

    async fn a_newer_companion_token_makes_the_older_void(db: &Database) {
        let stores = db.stores().await;
        let first = scanned(&stores, identity("a", None)).await;
        let after = Login { companion_hash: Some(hash()), ..moved(&first, Stage::Scanned) };
        assert!(stores.logins.transition_login(&change(&first, after.clone())).await.unwrap());
        let old = first.companion_hash.unwrap();
        assert!(stores.logins.find_login_by_companion(&old).await.unwrap().is_none());
        assert!(stores.logins.find_login_by_companion(&after.companion_hash.unwrap()).await.unwrap().is_some());
    }

    async fn a_code_is_given_to_the_right_browser_of_a_live_confirmed_login(db: &Database) {
        let stores = db.stores().await;
        let login = confirmed(&stores, identity("a", None), None).await;
        let right = new_code(&login);
        let other_browser = saoma_core::login::NewCode { browser_hash: hash(), ..right.clone() };
        let too_late = saoma_core::login::NewCode { now: login.expires_at, ..right.clone() };
        let unconfirmed = new_code(&scanned(&stores, identity("b", None)).await);
        let elsewhere = vec!["elsewhere".parse().unwrap()];
        let other_website = saoma_core::login::NewCode { websites: Some(elsewhere), ..right.clone() };
        let no_website = saoma_core::login::NewCode { websites: Some(vec![]), ..right.clone() };
        for wrong in [&other_browser, &too_late, &unconfirmed, &other_website, &no_website] {
            assert_eq!(stores.logins.put_code(wrong).await.unwrap(), None);
        }
        let websites = Some(vec![login.client.clone()]);
        let right = saoma_core::login::NewCode { websites, ..right };
        let given = stores.logins.put_code(&right).await.unwrap().unwrap();
        let code = Some(IssuedCode { hash: right.code_hash.clone(), expires_at: right.code_expires_at });
        assert_eq!(given, Login { code, ..login.clone() });
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap(), Some(given));
    }

    async fn a_redirect_login_gives_the_browser_that_began_no_code(db: &Database) {
        let stores = db.stores().await;
        let challenge = Challenge::Redirect { url: "https://w.example/c".to_owned() };
        let login = Login { challenge, ..new_login() };
        create(&stores, &login).await;
        let after = moved(&login, Stage::Confirmed);
        assert!(stores.logins.transition_login(&change(&login, after.clone())).await.unwrap());
        assert_eq!(stores.logins.put_code(&new_code(&after)).await.unwrap(), None);
    }

    async fn lapsed_logins_are_listed_oldest_first_until_they_end(db: &Database) {
        let stores = db.stores().await;
        let mut logins = Vec::new();
        for seconds in [30, 10, 20, 40] {
            let login = Login { expires_at: NOW.plus_seconds(seconds), ..new_login() };
            create(&stores, &login).await;
            logins.push(login);
        }
        let ids = |found: Vec<Login>| found.into_iter().map(|login| login.id).collect::<Vec<_>>();
        let list = async |at: i64, limit| ids(stores.logins.list_lapsed_logins(NOW.plus_seconds(at), limit).await.unwrap());
        let id = |index: usize| logins[index].id.clone();
        assert_eq!(list(30, 10).await, [id(1), id(2), id(0)]);
        assert_eq!(list(30, 2).await, [id(1), id(2)]);
        assert_eq!(list(9, 10).await, []);
        let ended = change(&logins[1], moved(&logins[1], Stage::Expired));
        assert!(stores.logins.transition_login(&ended).await.unwrap());
        assert_eq!(list(30, 10).await, [id(2), id(0)]);
    }

    async fn only_old_ended_logins_are_cleared_then_deleted_and_at_most_so_many(db: &Database) {
        let stores = db.stores().await;
        let live = begun(&stores).await;
        for _ in 0..3 {
            let login = begun(&stores).await;
            assert!(stores.logins.transition_login(&change(&login, moved(&login, Stage::Denied))).await.unwrap());
        }
        let clear = async |at: i64, limit| stores.logins.clear_ended_logins(NOW.plus_seconds(at), limit).await.unwrap();
        let delete = async |at: i64, limit| stores.logins.delete_cleared_logins(NOW.plus_seconds(at), limit).await.unwrap();
        assert_eq!(clear(1, 10).await, 0);
        assert_eq!(clear(2, 2).await, 2);
        // Not counted yet: nothing is deleted.
        assert_eq!(delete(1_000, 10).await, 0);
        let mut raw = db.raw().await;
        raw.execute(&format!("UPDATE statistics_head SET until = {}", NOW.plus_seconds(3600).0)).await.unwrap();
        assert_eq!(delete(0, 10).await, 0);
        assert_eq!(delete(1_000, 1).await, 1);
        assert_eq!(delete(1_000, 10).await, 1);
        assert_eq!(delete(1_000, 10).await, 0);
        assert_eq!(clear(1_000, 10).await, 1);
        assert_eq!(clear(1_000, 10).await, 0);
        assert_eq!(delete(1_000, 10).await, 1);
        assert!(stores.logins.find_login(&live.id).await.unwrap().is_some());
    }

    async fn a_row_that_makes_no_sense_is_told_and_left_alone(db: &Database) {
        let stores = db.stores().await;
        let login = begun(&stores).await;
        for broken in ["stage = 'Pending'", "stage = 'pending', number = '7'", "number = '07', vendor_answer = '{'", "vendor_answer = NULL, site = '{}'", "proof_namespace = 'x'"] {
            db.raw().await.execute(&format!("UPDATE logins SET {broken}")).await.unwrap();
            let found = stores.logins.find_login(&login.id).await;
            assert!(matches!(found, Err(StoreError::Corrupt("login"))), "{broken}: {found:?}");
        }
    }

    async fn a_reopened_database_has_kept_everything(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        stores.close().await;
        let again = db.stores().await;
        assert_eq!(again.logins.find_login(&login.id).await.unwrap().as_ref(), Some(&login));
        let outcome = again.logins.redeem_code(&redemption(&login)).await.unwrap();
        assert!(matches!(outcome, saoma_core::login::RedeemOutcome::Redeemed(_)));
    }
}
