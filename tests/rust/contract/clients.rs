//! Clients: what the file says is what is there; what only an earlier file said is disabled,
//! and left to the admins.

use super::fixture::*;
use saoma_core::audit::Action;
use saoma_core::client::{Client, ClientType, Logo};
use saoma_core::provider::Assurance;
use saoma_tests::database::Database;
use saoma_tests::every_database;

pub(super) fn client(id: &str) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: "商店 \"Shop\"".to_owned(),
        client_type: ClientType::Confidential,
        secret_hashes: vec![hash(), hash()],
        redirect_uris: vec!["https://shop.example/callback".to_owned()],
        origins: vec!["https://shop.example".to_owned()],
        providers: vec!["mini".parse().unwrap(), "a-2".parse().unwrap()],
        min_assurance: Assurance::Confirmed,
        openid: saoma_core::client::OpenIdPolicy::default(),
        logo: Some(Logo { media_type: "image/png".to_owned(), bytes: vec![0, 1, 255].into() }),
        accent: Some("#0a7d55".to_owned()),
        enabled: true,
        managed_by_file: true,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

every_database! {
    async fn are_kept_whole_and_listed_by_id(db: &Database) {
        let stores = db.stores().await;
        let bare = Client {
            client_type: ClientType::Public,
            secret_hashes: vec![],
            redirect_uris: vec![],
            logo: None,
            accent: None,
            ..client("Zoo")
        };
        let all = [client("shop"), bare, client("Shop-2"), client("a_1")];
        stores.clients.apply_file_clients(&all, &[entry(Action::ClientApplied)]).await.unwrap();
        // Byte order, upper case first, on both databases.
        let [shop, zoo, shop_2, a_1] = all;
        assert_eq!(stores.clients.list_clients().await.unwrap(), [shop_2, zoo, a_1, shop]);
        assert_eq!(actions(&stores).await, ["client.applied"]);
    }

    async fn a_later_file_replaces_and_disables(db: &Database) {
        let stores = db.stores().await;
        let first = [client("gone"), client("kept")];
        stores.clients.apply_file_clients(&first, &[]).await.unwrap();
        let changed = Client { name: "Other".to_owned(), logo: None, accent: None, ..client("kept") };
        let added = client("new");
        let rows = [entry(Action::ClientApplied), entry(Action::ClientDisabled), entry(Action::ClientApplied)];
        stores.clients.apply_file_clients(&[changed.clone(), added.clone()], &rows).await.unwrap();
        let [gone, _] = first;
        let expected = [Client { enabled: false, managed_by_file: false, version: 2, ..gone }, changed, added];
        assert_eq!(stores.clients.list_clients().await.unwrap(), expected);
        assert_eq!(actions(&stores).await.len(), 3);
        stores.clients.apply_file_clients(&[], &[]).await.unwrap();
        let left = stores.clients.list_clients().await.unwrap();
        assert!(left.iter().all(|client| !client.enabled && !client.managed_by_file));
    }

    async fn what_no_file_owns_stays(db: &Database) {
        let stores = db.stores().await;
        let by_hand = Client { managed_by_file: false, ..client("by-hand") };
        stores.clients.apply_file_clients(std::slice::from_ref(&by_hand), &[]).await.unwrap();
        stores.clients.apply_file_clients(&[], &[]).await.unwrap();
        assert_eq!(stores.clients.list_clients().await.unwrap(), [by_hand]);
    }

    async fn all_or_nothing(db: &Database) {
        let stores = db.stores().await;
        let row = entry(Action::ClientApplied);
        let twice = [row.clone(), row];
        assert!(stores.clients.apply_file_clients(&[client("shop")], &twice).await.is_err());
        assert_eq!(stores.clients.list_clients().await.unwrap(), []);
        assert_eq!(actions(&stores).await.len(), 0);
    }
}
