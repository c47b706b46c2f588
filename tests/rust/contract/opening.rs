//! Opening: an empty database, a full one, a newer one, two at once, and none at all.

use futures_util::future::join_all;
use saoma_store::{OpenError, Stores};
use saoma_tests::database::Database;
use saoma_tests::every_database;

const NEWER: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";

every_database! {
    async fn a_newer_schema_is_refused_by_name_and_left_alone(db: &Database) {
        db.stores().await.close().await;
        db.raw().await.execute(NEWER).await.unwrap();
        let refused = Stores::open(db.url()).await.err().unwrap();
        assert!(matches!(&refused, OpenError::NewerSchema { migration } if migration == "29990101000000"));
        assert!(refused.to_string().contains("29990101000000"), "{refused}");
    }
}

async fn open_at_once(url: &str) {
    let opened = join_all((0..8).map(|_| {
        let url = url.to_owned();
        tokio::spawn(async move { Stores::open(&url).await.map(|stores| stores.installation) })
    }));
    for installation in opened.await {
        assert!(installation.unwrap().unwrap().has_own_schema().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_first_starts_at_once_all_end_with_a_migrated_sqlite_file() {
    for _ in 0..5 {
        open_at_once(Database::sqlite().url()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_first_starts_at_once_all_end_with_a_migrated_postgres_database() {
    if let Some(db) = Database::empty_postgres().await {
        open_at_once(db.url()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_missing_folder_is_made_and_two_are_not() {
    let root = tempfile::tempdir().unwrap();
    let url = |path: &str| format!("sqlite:{}", root.path().join(path).display());
    assert!(Stores::open(&url("data/saoma.db")).await.is_ok());
    let refused = Stores::open(&url("no/such/saoma.db")).await.err().unwrap();
    assert!(
        matches!(&refused, OpenError::NoFolder { folder, .. } if folder.ends_with("no/such")),
        "{refused}"
    );
    assert!(refused.to_string().contains("no/such"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_said_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    for url in [
        format!("postgres:///saoma?host={}&user=x&password=hunter2", folder.path().display()),
        "postgres://x:hunter2@127.0.0.1:1/saoma".to_owned(),
        "postgres://x:hunter2@127.0.0.1:port/saoma".to_owned(),
        format!("sqlite:{}", folder.path().display()),
    ] {
        let refused = Stores::open(&url).await.err().unwrap();
        assert!(matches!(refused, OpenError::Unreachable { .. }), "{refused}");
        assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused}");
    }
}
