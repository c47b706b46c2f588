//! Signing keys: a serial is given once, each change has its audit row.

use super::fixture::*;
use saoma_core::audit::{Action, Actor, AuditEntry};
use saoma_core::signing::{Algorithm, SigningKey};
use saoma_tests::database::Database;
use saoma_tests::every_database;

fn key(kid: &str, algorithm: Algorithm, serial: i64) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        algorithm,
        serial,
        private: "v1.k.x".to_owned(),
        public: "{}".to_owned(),
        created_at: NOW,
        signs_from: NOW.plus_seconds(serial),
    }
}

fn row(action: Action, kid: &str) -> AuditEntry {
    AuditEntry::new(entropy(), NOW, &Actor::System, action, kid)
}

every_database! {
    async fn a_serial_is_given_once_and_what_is_taken_out_is_gone(db: &Database) {
        let stores = db.stores().await;
        let keys = &stores.signing_keys;
        let put = async |key: &SigningKey| {
            keys.create_signing_key(key, &row(Action::SigningKeyCreated, &key.kid)).await.unwrap()
        };
        let (second, first) = (key("b", Algorithm::Es256, 2), key("a", Algorithm::Es256, 1));
        let other = key("c", Algorithm::Rs256, 1);
        assert!(put(&second).await && put(&first).await && put(&other).await);
        assert!(!put(&key("d", Algorithm::Es256, 2)).await, "another node was faster");
        assert_eq!(keys.list_signing_keys().await.unwrap(), [first.clone(), second.clone(), other]);
        assert_eq!(audited(&stores, Action::SigningKeyCreated).await, 3, "what was lost is not told");
        let take = async |kid: &str| keys.delete_signing_key(kid, &row(Action::SigningKeyRemoved, kid)).await.unwrap();
        assert!(take("a").await && !take("a").await);
        assert_eq!(keys.list_signing_keys().await.unwrap().len(), 2);
        assert_eq!(audited(&stores, Action::SigningKeyRemoved).await, 1);
    }
}
