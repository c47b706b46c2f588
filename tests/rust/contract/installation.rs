//! The one row about the installation: first come, first kept.

use saoma_core::StoreError;
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn the_first_key_id_is_kept(db: &Database) {
        let stores = db.stores().await;
        let store = &stores.installation;
        assert_eq!(store.find_key_id().await.unwrap(), None);
        store.create_key_id("k1").await.unwrap();
        assert!(matches!(store.create_key_id("k2").await, Err(StoreError::Exists("key id"))));
        assert_eq!(store.find_key_id().await.unwrap().as_deref(), Some("k1"));
    }

    async fn two_first_starts_agree_on_one_key(db: &Database) {
        let stores = db.stores().await;
        let other = db.stores().await;
        let (one, two) =
            tokio::join!(stores.installation.create_key_id("k1"), other.installation.create_key_id("k2"));
        assert!(one.is_ok() != two.is_ok());
    }

    async fn a_foreign_schema_is_noticed(db: &Database) {
        let stores = db.stores().await;
        assert!(stores.installation.has_own_schema().await.unwrap());
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
        db.raw().await.execute(newer).await.unwrap();
        assert!(!stores.installation.has_own_schema().await.unwrap());
        db.raw().await.execute("DELETE FROM __diesel_schema_migrations").await.unwrap();
        assert!(!stores.installation.has_own_schema().await.unwrap());
    }

    async fn a_closed_store_says_that_it_is_not_available(db: &Database) {
        let stores = db.stores().await;
        let installation = std::sync::Arc::clone(&stores.installation);
        stores.close().await;
        assert!(matches!(installation.has_own_schema().await, Err(StoreError::Unavailable(_))));
        assert!(matches!(installation.create_key_id("k").await, Err(StoreError::Unavailable(_))));
    }
}
