//! Settings: one version after the other, each with its audit row; and how large the tables are.

use super::fixture::*;
use saoma_core::audit::{Action, Actor, AuditEntry};
use saoma_core::settings::{SettingsChange, StoredSettings};
use saoma_tests::database::Database;
use saoma_tests::every_database;

fn named(name: &str, version: i64) -> StoredSettings {
    let change = SettingsChange { name: Some(name.to_owned()), ..SettingsChange::default() };
    StoredSettings { change, version }
}

every_database! {
    async fn a_version_follows_the_one_before_it_and_no_other(db: &Database) {
        let stores = db.stores().await;
        assert_eq!(stores.settings.find_settings().await.unwrap(), StoredSettings::default());
        let put = async |name: &str, version| {
            let row = AuditEntry::new(entropy(), NOW, &Actor::CommandLine, Action::SettingsChanged, "settings");
            stores.settings.update_settings(&named(name, version), NOW, &row).await.unwrap()
        };
        assert!(!put("none", 3).await, "there is no first yet");
        assert!(put("one", 2).await);
        assert!(!put("other", 2).await && !put("fourth", 4).await);
        assert!(put("two", 3).await);
        assert_eq!(stores.settings.find_settings().await.unwrap(), named("two", 3));
        assert_eq!(audited(&stores, Action::SettingsChanged).await, 2, "what was lost is not told");
    }

    async fn sizes_are_about_right_and_cost_nothing(db: &Database) {
        let stores = db.stores().await;
        for _ in 0..3 {
            begun(&stores).await;
        }
        confirm(&stores, identity("a", None), Some("阿明")).await;
        let before = stores.statements();
        let (sizes, bytes) = stores.settings.find_sizes().await.unwrap();
        assert_eq!(stores.statements() - before, 2);
        let rows: Vec<_> = sizes.iter().map(|size| (size.class, size.rows)).collect();
        let audited = i64::try_from(count(db, "audit_events").await).unwrap();
        assert_eq!(rows, [("logins", 4), ("audit", audited), ("users", 1)]);
        assert!(bytes > 10_000);
        assert_eq!(sizes.iter().all(|size| size.bytes.is_some()), !db.is_sqlite());
    }
}
