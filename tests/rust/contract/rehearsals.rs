//! A rehearsed Login is kept and read back like others, and the store makes no account of it whatever
//! it is asked.

use super::fixture::*;
use saoma_core::StoreError;
use saoma_core::audit::{Action, AuditOutcome};
use saoma_core::client::ClientId;
use saoma_core::login::{Login, Proof, Reason, Stage};
use saoma_tests::database::Database;
use saoma_tests::every_database;

fn rehearsal() -> Login {
    Login { client: ClientId::of_rehearsals(), ..new_login() }
}

every_database! {
    async fn a_rehearsal_is_kept_and_its_end_as_well(db: &Database) {
        let stores = db.stores().await;
        let login = rehearsal();
        create(&stores, &login).await;
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), Some(&login));
        let proof = Some(Proof { identity: identity("somebody", Some("union")) });
        let reason = Some(Reason::Rehearsed);
        let ended = Login { proof, reason, ..moved(&login, Stage::Cancelled) };
        assert!(stores.logins.transition_login(&change(&login, ended.clone())).await.unwrap());
        let kept = stores.logins.find_login(&login.id).await.unwrap().unwrap();
        assert!(kept == ended && kept.is_rehearsal() && kept.was_rehearsed());
    }

    async fn a_rehearsal_is_never_confirmed(db: &Database) {
        let stores = db.stores().await;
        let login = rehearsal();
        create(&stores, &login).await;
        let proof = Some(Proof { identity: identity("somebody", Some("union")) });
        let scanned = Login { proof, companion_hash: Some(hash()), ..moved(&login, Stage::Scanned) };
        assert!(stores.logins.transition_login(&change(&login, scanned.clone())).await.unwrap());
        let refused = stores.logins.confirm_login(&confirmation(&scanned, None, Some("阿明"))).await;
        assert!(matches!(refused, Err(StoreError::Corrupt("login"))), "{refused:?}");
        for table in ["users", "identities", "aliases"] {
            assert_eq!(count(db, table).await, 0, "{table}");
        }
        let kept = stores.logins.find_login(&login.id).await.unwrap();
        assert_eq!(kept, Some(scanned.clone()));
        assert_eq!(stores.logins.put_code(&new_code(&scanned)).await.unwrap(), None);
    }

    async fn a_row_about_nothing_else_is_written_and_linked(db: &Database) {
        let stores = db.stores().await;
        let row = entry(Action::ProviderProbed).ended(AuditOutcome::Failure, "credentials wrong_secret");
        stores.audit.note(&row).await.unwrap();
        assert_eq!(actions(&stores).await, ["provider.probed"]);
    }
}
