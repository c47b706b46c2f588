//! Access tokens: who is behind a live one, and their end.

use super::fixture::*;
use saoma_core::grant::{Scope, UserInfo};
use saoma_core::login::Redemption;
use saoma_core::user::Face;
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn a_live_token_names_its_user_and_no_other_does(db: &Database) {
        let stores = db.stores().await;
        let login = with_code(&stores).await;
        let attempt = redemption(&login);
        stores.logins.redeem_code(&attempt).await.unwrap();
        let token = &attempt.token;
        let user_at = async |now| stores.grants.find_user_by_token(&token.hash, now).await.unwrap();
        let user = UserInfo { scope: Scope::OF_LOGINS, client: login.client.clone(), face: Face { user: login.user.unwrap(), name: Some("阿明".to_owned()), picture: None, locale: Some("zh-CN".to_owned()) }, updated_at: login.updated_at };
        assert_eq!(user_at(NOW).await, Some(user));
        assert_eq!(user_at(token.expires_at).await, None);
        assert_eq!(stores.grants.find_user_by_token(&hash(), NOW).await.unwrap(), None);
    }

    async fn ended_tokens_are_deleted_and_at_most_so_many(db: &Database) {
        let stores = db.stores().await;
        for seconds in [10, 20, 30] {
            let mut attempt: Redemption = redemption(&with_code(&stores).await);
            attempt.token.expires_at = NOW.plus_seconds(seconds);
            stores.logins.redeem_code(&attempt).await.unwrap();
        }
        let delete = async |at, limit| stores.grants.delete_ended_tokens(NOW.plus_seconds(at), limit).await.unwrap();
        assert_eq!(delete(10, 9).await, 0);
        assert_eq!(delete(30, 1).await, 1);
        assert_eq!(delete(30, 9).await, 1);
        assert_eq!(count(db, "access_tokens").await, 1);
        // A grant goes with its last token.
        assert_eq!(count(db, "grants").await, 1);
    }
}
