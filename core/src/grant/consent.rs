//! A User's yes to a Client, as it is kept for the next time.

use super::Scope;
use crate::Timestamp;
use crate::client::ClientId;
use crate::id::UserId;

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
