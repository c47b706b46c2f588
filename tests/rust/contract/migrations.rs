//! The migration folders: twins by name, complete, and reversible.

use super::fixture::*;
use saoma_core::login::Stage;
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder(database: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database)
}

fn names(database: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder(database)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn every_migration_goes_up_and_down() {
    for database in ["sqlite", "postgres"] {
        for name in names(database) {
            let files = std::fs::read_dir(folder(database).join(&name)).unwrap();
            let files: BTreeSet<_> =
                files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(files, ["down.sql", "up.sql"].map(str::to_owned).into(), "{database}/{name}");
        }
    }
}

/// The names of what is in a database besides diesel's own table.
const TABLES: [&str; 2] = [
    "SELECT name AS line FROM sqlite_schema WHERE name NOT LIKE '%diesel%' AND name NOT LIKE 'sqlite%'",
    "SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relname NOT LIKE '%diesel%' UNION ALL
     SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
];

every_database! {
    async fn up_down_up(db: &Database) {
        let (name, tables) = if db.is_sqlite() { ("sqlite", TABLES[0]) } else { ("postgres", TABLES[1]) };
        db.stores().await.close().await;
        let mut raw = db.raw().await;
        let mut before = raw.lines(tables).await.unwrap();
        for migration in names(name).into_iter().rev() {
            let down = std::fs::read_to_string(folder(name).join(migration).join("down.sql")).unwrap();
            raw.execute(&down).await.unwrap();
        }
        raw.execute("DELETE FROM __diesel_schema_migrations").await.unwrap();
        assert_eq!(raw.lines(tables).await.unwrap(), [] as [&str; 0]);
        let stores = Stores::open(db.url()).await.unwrap();
        assert!(stores.installation.has_own_schema().await.unwrap());
        let mut after = raw.lines(tables).await.unwrap();
        before.sort();
        after.sort();
        assert_eq!(after, before);
    }

    /// Rows from before `more_ways` are read as Logins without state, number, push and times of steps.
    async fn logins_from_before_more_ways_are_read_as_they_were(db: &Database) {
        let stores = db.stores().await;
        let mut logins = Vec::new();
        for login in [new_login(), with_code(&stores).await] {
            let (state_hash, number) = (None, None);
            let id = saoma_core::id::LoginId::generate(entropy());
            let scene = saoma_core::login::Scene::generate(entropy());
            let code = login.code.map(|code| saoma_core::login::IssuedCode { hash: hash(), ..code });
            let companion_hash = login.companion_hash.map(|_| hash());
            let image_token = entropy().base64url::<16>();
            let old = saoma_core::login::Login { id, scene, code, companion_hash, image_token, state_hash, number, steps: Default::default(), ..login };
            create(&stores, &old).await;
            logins.push(old);
        }
        stores.close().await;
        let mut raw = db.raw().await;
        let name = if db.is_sqlite() { "sqlite" } else { "postgres" };
        for migration in names(name).range("2026-11-22-120000_more_ways".to_owned()..).rev() {
            let down = std::fs::read_to_string(folder(name).join(migration).join("down.sql")).unwrap();
            raw.execute(&down).await.unwrap();
        }
        raw.execute("DELETE FROM __diesel_schema_migrations WHERE version >= '20261122120000'").await.unwrap();
        assert!(raw.execute("SELECT push_key FROM logins").await.is_err());

        let stores = db.stores().await;
        for login in logins {
            assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), Some(&login));
            let after = moved(&login, Stage::Cancelled);
            assert!(stores.logins.transition_login(&change(&login, after)).await.unwrap());
        }
    }
}
