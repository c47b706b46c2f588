//! What must be read for a person's own page beside what admins read of a User.

use crate::client::ClientId;
use crate::grant::Scope;
use crate::id::{IdentityId, UserId};
use crate::provider::{ProviderSlug, VendorIdentity};
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// What a User has left at websites and here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// What websites may know: by consent for the next time, or by tokens that live.
    pub known_at: Vec<(ClientId, Scope)>,
    /// When each Identity last confirmed, as far as Logins are kept.
    pub confirmed: Vec<(IdentityId, Timestamp)>,
    /// When each Provider was last used, as grants and sessions tell for longer.
    pub used: Vec<(ProviderSlug, Timestamp)>,
}

/// Reads them.
#[async_trait]
pub trait OwnStore: Send + Sync {
    /// Whose this Identity is, or, if nobody has it, whose an alias is that it came with: there a usual login
    /// by it would lead.
    async fn find_owner(&self, identity: &VendorIdentity) -> Result<Option<UserId>, StoreError>;

    /// What these Users, who are one person, have left.
    async fn find_traces(&self, users: &[UserId], now: Timestamp) -> Result<Traces, StoreError>;
}
