//! A User's yes to a Client, kept for the next time if the Client's policy says so.

use super::Scope;
use crate::client::{Client, ClientId, ConsentPolicy};
use crate::id::UserId;
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// What a User lets a Client know without being asked again.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Who consents.
    pub user: UserId,
    /// To whom.
    pub client: ClientId,
    /// To what.
    pub scope: Scope,
    /// When.
    pub at: Timestamp,
}

/// Knows what was consented to. It is written together with what it was asked for.
#[async_trait]
pub trait ConsentStore: Send + Sync {
    /// What this User lets this Client know without being asked.
    async fn find_consent(&self, user: &UserId, client: &ClientId) -> Result<Option<Scope>, StoreError>;
}

impl Consent {
    /// A yes of now, if this Client's are kept.
    pub(crate) fn to_keep(client: &Client, user: UserId, scope: Scope, at: Timestamp) -> Option<Self> {
        let is_kept = client.openid.consent == ConsentPolicy::Remembered;
        is_kept.then(|| Self { user, client: client.id.clone(), scope, at })
    }
}

/// Whether this User has let this Client know so much before, and need not be asked again.
pub(crate) async fn is_kept(
    store: &dyn ConsentStore,
    client: &Client,
    user: &UserId,
    scope: Scope,
) -> Result<bool, StoreError> {
    if client.openid.consent == ConsentPolicy::EachTime {
        return Ok(false);
    }
    let known = store.find_consent(user, &client.id).await?;
    Ok(known.is_some_and(|known| known.covers(scope)))
}
