//! What must be kept of grants and access tokens. They are written by `LoginStore::redeem`.

use super::{LiveToken, RefreshOutcome, Refreshing, UserInfo};
use crate::audit::AuditEntry;
use crate::client::ClientId;
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

    /// What a live access or refresh token stands for; none of a User who is switched off.
    async fn find_live_token(
        &self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError>;

    /// Spends a refresh token: the next one and an access token take its place, or, when it was spent before,
    /// all of its grant ends.
    async fn refresh(&self, refreshing: &Refreshing) -> Result<RefreshOutcome, StoreError>;

    /// Ends an access token of this Client, or a refresh token with all of its grant; the audit row's target
    /// becomes the grant's id. False when there is none such.
    async fn delete_token(
        &self,
        token: &SecretHash,
        client: &ClientId,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Deletes access tokens that ended before `before`, at most `limit`, and grants of that age that
    /// have none left; says how many tokens.
    async fn delete_ended_tokens(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;
}
