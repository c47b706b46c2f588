//! LOG-03: model = SQLite = PostgreSQL, for any order of steps, restarts and repetitions included.
//!
//! `PROPTEST_CASES=5000 cargo test -p saoma-tests engine` looks longer.

use super::model::{Attempt, Command, Model, Seen};
use super::world::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use saoma_tests::database::Database;
use std::cell::RefCell;
use std::collections::HashMap;

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => Just(Command::Begin),
        6 => prop_oneof![4 => Just("a"), 1 => Just("b")].prop_map(Command::Scan),
        6 => Just(Command::Confirm),
        1 => Just(Command::Deny),
        1 => Just(Command::Look),
        1 => Just(Command::Cancel),
        6 => Just(Command::Complete),
        4 => Just(Command::Redeem(Attempt::Right)),
        1 => Just(Command::Redeem(Attempt::WrongVerifier)),
        1 => Just(Command::Redeem(Attempt::WrongClient)),
        3 => prop_oneof![Just(1), Just(59), Just(60), Just(120), Just(180), 1..400_i64].prop_map(Command::Tick),
        3 => Just(Command::Again),
        1 => Just(Command::Restart),
    ]
}

/// A case: begins, and says what is repeated.
fn commands() -> impl Strategy<Value = Vec<Command>> {
    prop::collection::vec(command(), 1..24).prop_map(|drawn| {
        let mut all = vec![Command::Begin];
        for command in drawn {
            all.push(if command == Command::Again { all[all.len() - 1] } else { command });
        }
        all
    })
}

/// What must hold whatever the model says.
fn check_rules(before: Option<&Seen>, after: &Seen, model: &Model) {
    assert!(model.redeemed_times <= 1);
    assert!(after.stage != "redeemed" || (after.has_user && after.subject.is_some()));
    let Some(before) = before.filter(|_| after.told != "begun") else { return };
    let was_end = !["pending", "scanned", "confirmed"].contains(&before.stage);
    assert!(!was_end || (before.stage, before.version) == (after.stage, after.version), "an end is final");
    assert!(after.version >= before.version);
    assert!(before.stage == after.stage || after.version > before.version, "a change is a version");
    assert!(before.subject.is_none() || before.subject == after.subject, "the first who scanned stays");
}

async fn run(worlds: &mut [World], users: &mut [HashMap<String, String>], commands: &[Command]) {
    let mut model = Model::default();
    let mut before = None;
    for command in commands {
        let expected = model.step(*command);
        for (world, users) in worlds.iter_mut().zip(users.iter_mut()) {
            assert_eq!(world.step(*command).await, expected, "{command:?}");
            // Redeemed implies confirmed by the subject that scanned: the User is always that one's.
            let login = world.row().await;
            if let (Some(user), Some(proof)) = (login.user, login.proof) {
                let known = users.entry(proof.identity.subject).or_insert(user.to_string());
                assert_eq!(*known, user.to_string());
            }
        }
        check_rules(before.as_ref(), &expected, &model);
        before = Some(expected);
    }
}

#[test]
fn log_03_model_and_databases_agree_on_every_order_of_steps() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let databases: Vec<Database> =
        std::iter::once(Database::sqlite()).chain(runtime.block_on(Database::postgres())).collect();
    let worlds: Vec<World> = databases.iter().map(|db| runtime.block_on(World::new(db))).collect();
    let users = vec![HashMap::new(); worlds.len()];
    let state = RefCell::new((worlds, users));
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let checked = runner.run(&commands(), |commands| {
        let mut state = state.borrow_mut();
        let (worlds, users) = &mut *state;
        runtime.block_on(run(worlds, users, &commands));
        Ok(())
    });
    let (_, users) = state.into_inner();
    checked.unwrap();
    for users in users {
        assert_eq!(users.len(), 2, "both persons have logged in");
        assert_ne!(users["a"], users["b"]);
    }
}
