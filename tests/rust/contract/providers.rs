//! Providers: as the file says, in its order; an id once given stays.

use super::fixture::*;
use saoma_core::Timestamp;
use saoma_core::audit::Action;
use saoma_core::id::ProviderId;
use saoma_core::provider::ProviderRecord;
use saoma_tests::database::Database;
use saoma_tests::every_database;

fn provider(slug: &str, position: i32) -> ProviderRecord {
    ProviderRecord {
        id: ProviderId::generate(entropy()),
        slug: slug.parse().unwrap(),
        kind: "wechat_mini_program".to_owned(),
        title: "微信小程序".to_owned(),
        config: serde_json::json!({ "appid": "wx1", "page": "pages/login/index", "n": [1, null, true] }),
        secrets: [("/secret".to_owned(), "v1.k.sealed".to_owned())].into(),
        position,
        enabled: true,
        managed_by_file: true,
        version: 1,
        created_at: Timestamp(0),
        updated_at: NOW,
    }
}

every_database! {
    async fn are_kept_whole_and_listed_by_position_then_slug(db: &Database) {
        let stores = db.stores().await;
        let all = [provider("b", 1), provider("a-1", 1), provider("a1", 1), provider("z", 0)];
        stores.providers.apply_file_providers(&all, &[entry(Action::ProviderApplied)]).await.unwrap();
        let [b, a_1, a1, z] = all;
        assert_eq!(stores.providers.list_providers().await.unwrap(), [z, a_1, a1, b]);
        assert_eq!(actions(&stores).await, ["provider.applied"]);
    }

    async fn a_later_file_replaces_all_but_the_id(db: &Database) {
        let stores = db.stores().await;
        let [gone, kept] = [provider("gone", 0), provider("kept", 1)];
        stores.providers.apply_file_providers(&[gone.clone(), kept.clone()], &[]).await.unwrap();
        let changed = ProviderRecord {
            kind: "wechat_open_platform".to_owned(),
            title: "Other".to_owned(),
            config: serde_json::json!({}),
            secrets: Default::default(),
            position: 7,
            updated_at: NOW.plus_seconds(1),
            ..provider("kept", 7)
        };
        stores.providers.apply_file_providers(std::slice::from_ref(&changed), &[]).await.unwrap();
        let expected = [
            ProviderRecord { enabled: false, managed_by_file: false, version: 2, ..gone },
            ProviderRecord { id: kept.id, ..changed }];
        assert_eq!(stores.providers.list_providers().await.unwrap(), expected);
    }

    async fn one_that_no_file_owns_stays_until_a_file_names_it(db: &Database) {
        let stores = db.stores().await;
        let by_hand = ProviderRecord { managed_by_file: false, ..provider("mini", 0) };
        stores.providers.apply_file_providers(std::slice::from_ref(&by_hand), &[]).await.unwrap();
        stores.providers.apply_file_providers(&[], &[]).await.unwrap();
        assert_eq!(stores.providers.list_providers().await.unwrap(), std::slice::from_ref(&by_hand));
        let by_file = provider("mini", 3);
        stores.providers.apply_file_providers(std::slice::from_ref(&by_file), &[]).await.unwrap();
        let expected = ProviderRecord { id: by_hand.id, ..by_file };
        assert_eq!(stores.providers.list_providers().await.unwrap(), [expected]);
    }
}
