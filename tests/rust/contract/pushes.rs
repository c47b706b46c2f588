//! Pushes: each finds the Login it decided, or the one its sender scanned last, and a value that may
//! come once comes with one push.

use super::fixture::*;
use saoma_core::SecretHash;
use saoma_core::login::{ConfirmOutcome, Login, PushOnce, Stage};
use saoma_core::provider::{ProviderSlug, VendorIdentity};
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

fn mini() -> ProviderSlug {
    "mini".parse().unwrap()
}

async fn find(stores: &Stores, push_key: &str, by: &VendorIdentity) -> Option<Login> {
    Some(stores.logins.find_login_by_push(&mini(), push_key, &spent(), by).await.unwrap()?.0)
}

/// What is noted of a push that no Login waited for.
fn spent() -> SecretHash {
    SecretHash::of("spent")
}

fn note(value: &SecretHash, push_key: &str, at: i64) -> PushOnce {
    PushOnce {
        provider: mini(),
        value: value.clone(),
        push_key: push_key.to_owned(),
        seen_at: NOW.plus_seconds(at),
    }
}

every_database! {
    async fn a_push_finds_what_its_sender_scanned_last(db: &Database) {
        let stores = db.stores().await;
        let by = identity("a", None);
        assert_eq!(find(&stores, "push", &by).await, None);
        let first = scanned(&stores, by.clone()).await;
        let later = begun(&stores).await;
        let proof = first.proof.clone();
        let after = Login { proof, updated_at: NOW.plus_seconds(9), ..moved(&later, Stage::Scanned) };
        assert!(stores.logins.transition_login(&change(&later, after.clone())).await.unwrap());
        scanned(&stores, by.clone()).await;
        assert_eq!(find(&stores, "push", &by).await.as_ref(), Some(&after));
        assert!(stores.logins.transition_login(&change(&after, moved(&after, Stage::Denied))).await.unwrap());
        assert_ne!(find(&stores, "push", &by).await, Some(after));
        for stranger in [identity("b", None), identity_of("wechat:wx2", "a", None)] {
            assert_eq!(find(&stores, "push", &stranger).await, None);
        }
        let elsewhere = stores.logins.find_login_by_push(&"other".parse().unwrap(), "push", &spent(), &by).await;
        assert_eq!(elsewhere.unwrap(), None);
    }

    /// PSH-01: what came before the Login it would answer is spent for it, but not what it decided.
    async fn a_push_that_met_nothing_never_meets_anything(db: &Database) {
        let stores = db.stores().await;
        let by = identity("a", None);
        let login = scanned(&stores, by.clone()).await;
        assert_eq!(find(&stores, "push", &by).await.as_ref(), Some(&login));
        assert!(stores.logins.admit_push(&note(&spent(), "push", 0)).await.unwrap());
        assert_eq!(find(&stores, "push", &by).await, None);
        let decided = decided_by(&login, "push", Stage::Confirmed);
        assert!(stores.logins.transition_login(&decided).await.unwrap());
        assert_eq!(find(&stores, "push", &by).await, Some(decided.after));
    }

    async fn logins_that_wait_for_nobody_are_not_found(db: &Database) {
        let stores = db.stores().await;
        let by = identity("a", None);
        begun(&stores).await;
        confirmed(&stores, by.clone(), None).await;
        for end in [Stage::Denied, Stage::Conflict, Stage::Expired, Stage::Failed] {
            let login = scanned(&stores, by.clone()).await;
            assert!(stores.logins.transition_login(&change(&login, moved(&login, end))).await.unwrap());
        }
        assert_eq!(find(&stores, "push", &by).await, None);
    }

    /// PSH: a retry finds the decision, however the Login went on and whatever was scanned since.
    async fn a_retry_finds_what_it_decided(db: &Database) {
        let stores = db.stores().await;
        let by = identity("a", None);
        for (index, end) in [Stage::Confirmed, Stage::Failed, Stage::Denied, Stage::Conflict].into_iter().enumerate() {
            let key = format!("push {index}");
            let login = scanned(&stores, by.clone()).await;
            let decided = decided_by(&login, &key, end);
            assert!(stores.logins.transition_login(&decided).await.unwrap());
            let newer = scanned(&stores, by.clone()).await;
            assert_eq!(find(&stores, &key, &by).await.as_ref(), Some(&decided.after));
            if end == Stage::Confirmed {
                let over = moved(&decided.after, Stage::Expired);
                assert!(stores.logins.transition_login(&change(&decided.after, over.clone())).await.unwrap());
                assert_eq!(find(&stores, &key, &by).await, Some(over));
            }
            // The key counts, not who sent it: a second person's push decided a conflict.
            assert_eq!(find(&stores, &key, &identity("b", None)).await.map(|found| found.id), Some(login.id));
            assert!(stores.logins.transition_login(&change(&newer, moved(&newer, Stage::Denied))).await.unwrap());
        }
    }

    async fn a_push_tells_the_account_of_its_sender(db: &Database) {
        let stores = db.stores().await;
        let by = identity("a", None);
        let login = scanned(&stores, by.clone()).await;
        let find = async |by| stores.logins.find_login_by_push(&mini(), "push", &spent(), by).await.unwrap().unwrap();
        assert_eq!(find(&by).await, (login.clone(), None));
        let request = confirmation(&login, None, Some("阿明"));
        let before = request.transition.clone();
        assert!(matches!(stores.logins.confirm_login(&request).await.unwrap(), ConfirmOutcome::Confirmed(_)));
        let again = scanned(&stores, by.clone()).await;
        let (found, known) = find(&by).await;
        assert_eq!(found, again);
        assert_eq!(known, stores.logins.find_identity(&by).await.unwrap());
        assert_eq!(known.unwrap().identity, request.new_ids.identity);
        assert!(stores.logins.transition_login(&decided_by(&again, "push", Stage::Conflict)).await.unwrap());
        // Of the sender, not of whoever scanned before.
        assert_eq!(find(&identity("b", None)).await.1, None);
        assert!(!stores.logins.transition_login(&before).await.unwrap());
    }

    /// A push decides one Login; the key is its own at its own Provider only.
    async fn a_push_that_has_decided_decides_no_other_login(db: &Database) {
        let stores = db.stores().await;
        let by = identity("a", Some("u"));
        let first = scanned(&stores, by.clone()).await;
        assert!(stores.logins.transition_login(&decided_by(&first, "push", Stage::Denied)).await.unwrap());
        let second = scanned(&stores, by.clone()).await;
        let mut audited_change = decided_by(&second, "push", Stage::Denied);
        audited_change.audit = Some(entry(saoma_core::audit::Action::LoginEnded).about(&second));
        for change in [decided_by(&second, "push", Stage::Denied), audited_change] {
            assert!(!stores.logins.transition_login(&change).await.unwrap());
        }
        // Neither a new person nor a known one is confirmed by it.
        for _ in 0..2 {
            let third = scanned(&stores, by.clone()).await;
            let known = stores.logins.find_identity(&by).await.unwrap();
            let users = count(db, "users").await;
            let mut request = confirmation(&third, known, None);
            request.transition.after.push_key = Some("push".to_owned());
            assert_eq!(stores.logins.confirm_login(&request).await.unwrap(), ConfirmOutcome::Lost);
            assert_eq!(stores.logins.find_login(&third.id).await.unwrap(), Some(third));
            assert_eq!(count(db, "users").await, users);
            confirm(&stores, by.clone(), None).await;
        }
        assert_eq!(audited(&stores, saoma_core::audit::Action::LoginEnded).await, 0);
        let elsewhere = Login { provider: "other".parse().unwrap(), ..new_login() };
        create(&stores, &elsewhere).await;
        assert!(stores.logins.transition_login(&decided_by(&elsewhere, "push", Stage::Denied)).await.unwrap());
    }

    /// PSH: what the signature covers comes with one message; its retry comes as often as it likes.
    async fn a_value_comes_with_one_push(db: &Database) {
        let stores = db.stores().await;
        let value = hash();
        let admit = async |once: &PushOnce| stores.logins.admit_push(once).await.unwrap();
        let before = stores.statements();
        for at in [0, 1, 100] {
            assert!(admit(&note(&value, "push", at)).await);
            assert!(!admit(&note(&value, "other push", at)).await);
        }
        assert!(stores.statements() - before <= 12);
        assert!(admit(&note(&hash(), "push", 0)).await);
        assert!(admit(&PushOnce { provider: "other".parse().unwrap(), ..note(&value, "other push", 0) }).await);
        assert_eq!(count(db, "push_notes").await, 3);
    }

    async fn only_old_notes_are_deleted_and_at_most_so_many(db: &Database) {
        let stores = db.stores().await;
        let value = hash();
        for (index, provider) in ["mini", "other", "third"].into_iter().enumerate() {
            let provider = provider.parse().unwrap();
            let at = i64::try_from(index).unwrap();
            assert!(stores.logins.admit_push(&PushOnce { provider, ..note(&value, "push", at) }).await.unwrap());
        }
        for at in 10..14 {
            assert!(stores.logins.admit_push(&note(&hash(), "push", at)).await.unwrap());
        }
        // A retry does not make a note younger.
        assert!(stores.logins.admit_push(&note(&value, "push", 99)).await.unwrap());
        let delete = async |at, limit| stores.logins.delete_push_notes(NOW.plus_seconds(at), limit).await.unwrap();
        assert_eq!(delete(0, 9).await, 0);
        assert_eq!(delete(13, 1).await, 1);
        assert_eq!(count(db, "push_notes WHERE provider = 'mini'").await, 4);
        assert_eq!(delete(13, 4).await, 4);
        assert_eq!(delete(13, 9).await, 1);
        assert_eq!(delete(13, 9).await, 0);
        assert_eq!(count(db, "push_notes").await, 1);
        assert!(stores.logins.admit_push(&note(&value, "other push", 0)).await.unwrap());
    }
}
