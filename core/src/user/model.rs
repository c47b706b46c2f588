//! Ids of an account. Its key to the world is the User's id; names and pictures recognise nobody.

use crate::Entropy;
use crate::id::{IdentityId, OfferId, UserId};

/// Ids for an account that a confirmation may have to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIds {
    /// For the User.
    pub user: UserId,
    /// For the Identity.
    pub identity: IdentityId,
    /// For an offer to merge, when an alias turns out to be another User's.
    pub offer: OfferId,
}

impl NewIds {
    /// Fresh ids.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self {
            user: UserId::generate(entropy),
            identity: IdentityId::generate(entropy),
            offer: OfferId::generate(entropy),
        }
    }
}
