//! Many at once: exactly one wins, the others see it, nothing is half done.

use super::fixture::*;
use futures_util::future::join_all;
use saoma_core::login::{ConfirmOutcome, PushOnce, RedeemOutcome, Stage};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use tokio::sync::Barrier;

/// Runs all at the same moment, each on a task of its own.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(all: Vec<F>) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(all.len()));
    let tasks = all.into_iter().map(|work| {
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    });
    join_all(tasks.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect()
}

every_database! {
    /// LOG-03: 16 tasks, one transition, one winner; twenty rounds.
    async fn log_03_one_of_sixteen_wins_a_transition(db: &Database) {
        let stores = db.stores().await;
        for _ in 0..20 {
            let login = begun(&stores).await;
            let ends = [Stage::Cancelled, Stage::Expired, Stage::Failed, Stage::Denied];
            let tasks = (0..16).map(|index| {
                let store = Arc::clone(&stores.logins);
                let change = change(&login, moved(&login, ends[index % ends.len()]));
                async move { store.transition_login(&change).await.unwrap().then_some(change.after) }
            });
            let won: Vec<_> = at_once(tasks.collect()).await.into_iter().flatten().collect();
            assert_eq!(won.len(), 1);
            assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), won.first());
        }
    }

    /// LOG-03: 16 callbacks of one state, one asks the vendor; twenty rounds.
    async fn log_03_one_of_sixteen_claims(db: &Database) {
        let stores = db.stores().await;
        for _ in 0..20 {
            let login = begun(&stores).await;
            let tasks = (0..16).map(|_| {
                let store = Arc::clone(&stores.logins);
                let login = login.clone();
                async move { store.claim_login(&login.state_hash.unwrap(), &login.provider, NOW).await.unwrap() }
            });
            let claims: Vec<_> = at_once(tasks.collect()).await.into_iter().flatten().collect();
            assert_eq!(claims.len(), 1);
            assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), claims.first());
        }
    }

    /// PSH: one value with 16 pushes, one of them counts; twenty rounds.
    async fn one_of_sixteen_pushes_has_the_value(db: &Database) {
        let stores = db.stores().await;
        for _ in 0..20 {
            let value = hash();
            let tasks = (0..16).map(|index| {
                let store = Arc::clone(&stores.logins);
                let push_key = format!("push {index}");
                let provider = "mini".parse().unwrap();
                let once = PushOnce { provider, value: value.clone(), push_key, seen_at: NOW };
                async move { store.admit_push(&once).await.unwrap().then_some(once) }
            });
            let admitted: Vec<_> = at_once(tasks.collect()).await.into_iter().flatten().collect();
            assert_eq!(admitted.len(), 1);
            assert!(stores.logins.admit_push(&admitted[0]).await.unwrap());
        }
    }

    /// A retry that was read before the first delivery decided, and picked another Login of the
    /// same person, decides nothing: a push decides once.
    async fn one_push_decides_one_of_sixteen_logins(db: &Database) {
        let stores = db.stores().await;
        for round in 0..20 {
            let mut tasks = Vec::new();
            for _ in 0..16 {
                let login = scanned(&stores, identity("a", None)).await;
                let decide = decided_by(&login, &format!("push {round}"), Stage::Failed);
                let store = Arc::clone(&stores.logins);
                tasks.push(async move { store.transition_login(&decide).await.unwrap() });
            }
            let won = at_once(tasks).await.into_iter().filter(|won| *won).count();
            assert_eq!(won, 1);
        }
    }

    /// LOG-03: a code redeems once of 100 parallel tries.
    async fn log_03_one_of_a_hundred_redeems(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        let tasks = (0..100).map(|_| {
            let store = Arc::clone(&stores.logins);
            let attempt = redemption(&login);
            async move { store.redeem_code(&attempt).await.unwrap() }
        });
        let outcomes = at_once(tasks.collect()).await;
        let redeemed = outcomes.iter().filter(|outcome| matches!(outcome, RedeemOutcome::Redeemed(_))).count();
        let reused = outcomes.iter().filter(|outcome| **outcome == RedeemOutcome::Reused).count();
        assert_eq!((redeemed, reused), (1, 99));
        assert_eq!((count(db, "grants").await, count(db, "access_tokens").await), (1, 0));
    }

    async fn a_wrong_and_a_right_attempt_at_once_never_both_succeed(db: &Database) {
        let stores = db.stores().await;
        for _ in 0..20 {
            let login = with_code(&stores).await;
            let tasks = (0..8).map(|index| {
                let store = Arc::clone(&stores.logins);
                let mut attempt = redemption(&login);
                if index % 2 == 1 {
                    attempt.client = "other".to_owned();
                }
                async move { (index, store.redeem_code(&attempt).await.unwrap()) }
            });
            let outcomes = at_once(tasks.collect()).await;
            let redeemed: Vec<_> = outcomes.iter().filter(|(_, o)| matches!(o, RedeemOutcome::Redeemed(_))).collect();
            let burned = outcomes.iter().filter(|(_, outcome)| *outcome == RedeemOutcome::Burned).count();
            assert_eq!(redeemed.len() + burned, 1, "{outcomes:?}");
            assert!(redeemed.iter().all(|(index, _)| index % 2 == 0));
        }
    }

    async fn two_first_logins_of_one_person_make_one_user(db: &Database) {
        let stores = db.stores().await;
        for round in 0..20 {
            let mut tasks = Vec::new();
            for _ in 0..4 {
                let login = scanned(&stores, identity(&format!("person {round}"), Some(&format!("u{round}")))).await;
                let store = Arc::clone(&stores.logins);
                let request = confirmation(&login, None, Some("阿明"));
                tasks.push(async move { store.confirm_login(&request).await.unwrap() });
            }
            let outcomes = at_once(tasks).await;
            assert!(outcomes.iter().all(|outcome| *outcome != ConfirmOutcome::Lost));
            assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "{outcomes:?}");
            assert_eq!(count(db, "users").await, round + 1);
        }
    }

    /// One unionid, several apps: whoever is first makes the User, the others start over and find it.
    async fn an_alias_race_ends_at_one_user(db: &Database) {
        let stores = db.stores().await;
        for round in 0..20 {
            let mut tasks = Vec::new();
            for app in 0..4 {
                let by = identity_of(&format!("wechat:wx{app}"), &format!("s{round}"), Some(&format!("u{round}")));
                let login = scanned(&stores, by).await;
                let store = Arc::clone(&stores.logins);
                let request = confirmation(&login, None, None);
                tasks.push(async move { store.confirm_login(&request).await.unwrap() });
            }
            let outcomes = at_once(tasks).await;
            assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "{outcomes:?}");
            assert_eq!(count(db, "users").await, round + 1);
            assert_eq!(count(db, "aliases").await, round + 1);
        }
    }

    async fn a_confirmation_and_a_cancellation_at_once_have_one_winner(db: &Database) {
        let stores = db.stores().await;
        for round in 0..20 {
            let login = scanned(&stores, identity(&format!("person {round}"), None)).await;
            let (confirming, cancelling) = (Arc::clone(&stores.logins), Arc::clone(&stores.logins));
            let request = confirmation(&login, None, None);
            let cancel = change(&login, moved(&login, Stage::Cancelled));
            let (confirmed, cancelled) = tokio::join!(
                tokio::spawn(async move { confirming.confirm_login(&request).await.unwrap() }),
                tokio::spawn(async move { cancelling.transition_login(&cancel).await.unwrap() }),
            );
            let after = stores.logins.find_login(&login.id).await.unwrap().unwrap();
            let confirmed = confirmed.unwrap() != ConfirmOutcome::Lost;
            assert_ne!(confirmed, cancelled.unwrap());
            assert_eq!(after.stage == Stage::Confirmed, confirmed);
            assert_eq!(after.user.is_some(), confirmed);
        }
    }

    /// A request that goes away in the middle of a write leaves no transaction behind.
    async fn dropped_writes_hold_nobody_up(db: &Database) {
        let stores = db.stores().await;
        let mut users = BTreeSet::new();
        for round in 0..100_u32 {
            let login = scanned(&stores, identity(&format!("person {round}"), Some("u"))).await;
            let request = confirmation(&login, None, Some("阿明"));
            let mut write = stores.logins.confirm_login(&request);
            // Polled a few times and dropped: at another point of the transaction each round.
            for _ in 0..round % 16 {
                if let std::task::Poll::Ready(done) = futures_util::poll!(&mut write) {
                    drop(done);
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(write);
            if round % 10 == 9 {
                users.insert(confirm(&stores, identity("somebody", Some("u")), None).await);
            }
        }
        assert_eq!(users.len(), 1);
    }
}
