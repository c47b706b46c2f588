//! Passkeys and ceremonies as they are kept: taken once, the last factor left, settings that need one.

use super::fixture::*;
use saoma_core::ChangeError;
use saoma_core::admin::abilities::EditSettings;
use saoma_core::admin::{Admin, Caller, Ceremony, CeremonyKind, Permit, Role, Who};
use saoma_core::entropy::SystemEntropy;
use saoma_core::id::{AdminId, SessionId};
use saoma_core::settings::{SettingsCell, SettingsChange, SettingsParts, SettingsService};
use saoma_core::time::ManualClock;
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeSet;
use std::sync::Arc;

fn ceremony() -> Ceremony {
    Ceremony {
        kind: CeremonyKind::LogIn,
        bound: "here".to_owned(),
        admin: Some(AdminId::generate(entropy())),
        state: "{}".to_owned(),
        expires_at: NOW.plus_seconds(300),
    }
}

fn owner(passkeys: i64) -> Permit<EditSettings> {
    let admin = Admin {
        id: AdminId::generate(entropy()),
        name: "ann".parse().unwrap(),
        role: Role::Owner,
        clients: BTreeSet::default(),
        enabled: true,
        passkeys,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
        last_login_at: None,
    };
    let who = Who::Session { id: SessionId::generate(entropy()), proven_at: NOW };
    Arc::new(Caller { admin, who, address: None, must_add_passkey: false }).may(NOW).unwrap()
}

fn settings(stores: &Stores) -> SettingsService {
    SettingsService::new(SettingsParts {
        store: Arc::clone(&stores.settings),
        cell: Arc::new(SettingsCell::new(SettingsChange::default())),
        clock: Arc::new(ManualClock::new(NOW)),
        entropy: Arc::new(SystemEntropy),
    })
}

every_database! {
    async fn adm_04_a_ceremony_is_taken_once_and_in_time(db: &Database) {
        let stores = db.stores().await;
        let (kept, key) = (ceremony(), hash());
        stores.admins.create_ceremony(&key, &kept).await.unwrap();
        assert_eq!(stores.admins.take_ceremony(&hash(), NOW).await.unwrap(), None);
        let all = (0..8).map(|_| stores.admins.take_ceremony(&key, NOW));
        let taken: Vec<_> = futures_util::future::join_all(all).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(taken, std::slice::from_ref(&kept));
        stores.admins.create_ceremony(&key, &kept).await.unwrap();
        assert_eq!(stores.admins.take_ceremony(&key, kept.expires_at).await.unwrap(), None);
        stores.admins.delete_old_sessions(NOW, NOW, kept.expires_at.plus_seconds(1)).await.unwrap();
        assert_eq!(count(db, "passkey_ceremonies").await, 0);
    }

    async fn adm_04_who_has_no_passkey_cannot_demand_one_of_owners(db: &Database) {
        let stores = db.stores().await;
        let (service, on) = (settings(&stores), SettingsChange { owners_need_passkeys: Some(true), ..SettingsChange::default() });
        let refused = service.update(&owner(0), 1, &on).await.unwrap_err();
        let ChangeError::Invalid(problems) = refused else { panic!("{refused}") };
        assert_eq!(problems[0].code, "passkey_first");
        assert!(service.update(&owner(1), 1, &on).await.unwrap().owners_need_passkeys);
        let off = SettingsChange { owners_need_passkeys: Some(false), ..SettingsChange::default() };
        assert!(!service.update(&owner(0), 2, &off).await.unwrap().owners_need_passkeys);
    }
}
