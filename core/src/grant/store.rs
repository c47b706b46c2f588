//! What must be kept of grants and access tokens. They are written by `LoginStore::redeem`.

use super::UserInfo;
use crate::{SecretHash, StoreError, Timestamp};
use async_trait::async_trait;

/// Reads grants and their tokens.
#[async_trait]
pub trait GrantStore: Send + Sync {
    /// Whom a live access token stands for; one query.
    async fn find_user_by_token(
        &self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<UserInfo>, StoreError>;

    /// Deletes access tokens that ended before `before`, at most `limit`, and grants of that age that
    /// have none left; says how many tokens.
    async fn delete_ended_tokens(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;
}
