//! LOG-03: sixteen callers of the engine want the same step; one takes it.

use super::model::Command;
use super::world::World;
use futures_util::future::join_all;
use saoma_core::login::{CompanionError, Decision, RedeemError, Stage};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::sync::Arc;
use tokio::sync::Barrier;

/// Sixteen tasks that start together.
async fn sixteen<T, F>(work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(16));
    let tasks = (0..16).map(|index| {
        let (barrier, work) = (Arc::clone(&barrier), work(index));
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    });
    join_all(tasks.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect()
}

every_database! {
async fn log_03_a_code_is_redeemed_by_one(db: &Database) {
    use Command::{Begin, Complete, Confirm, Scan};
    let mut world = World::new(db).await;
    for _ in 0..10 {
        for step in [Begin, Scan("a"), Confirm, Complete] {
            world.step(step).await;
        }
        let attempt = world.attempt().unwrap();
        let client = world.service.find_client("shop").unwrap();
        let outcomes = sixteen(|_| {
            let (service, attempt, client) = (world.service.clone(), attempt.clone(), Arc::clone(&client));
            async move { service.redeem(&client, &attempt).await }
        });
        let outcomes = outcomes.await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(RedeemError::InvalidGrant))));
        assert_eq!((world.row().await.stage, world.row().await.version), (Stage::Redeemed, 4));
    }
}

async fn log_03_a_decision_is_taken_once(db: &Database) {
    let mut world = World::new(db).await;
    for _ in 0..10 {
        for step in [Command::Begin, Command::Scan("a")] {
            world.step(step).await;
        }
        let token = world.companion();
        let answers = sixteen(|index| {
            let (service, token) = (world.service.clone(), token.clone());
            let decision = if index % 2 == 0 { Decision::Confirm { nickname: None, number: None } } else { Decision::Deny { reported: false } };
            async move { service.decide(&token, &decision).await }
        });
        let answers = answers.await;
        let login = world.row().await;
        assert_eq!(login.version, 3, "one step, whoever took it");
        for (index, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(decided) => assert_eq!(decided.stage(), login.stage),
                Err(CompanionError::Ended(stage)) => assert_eq!((stage, index % 2), (Stage::Denied, 0)),
                Err(other) => panic!("{other:?}"),
            }
        }
    }
}
}
