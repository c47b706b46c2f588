//! A User. Its key to the world is its id; names and pictures recognise nobody.

use crate::id::{IdentityId, UserId};
use crate::{Entropy, Timestamp};

/// A local account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id, the `sub` that websites see.
    pub id: UserId,
    /// What the person is called, cleaned; none when nobody ever said.
    pub name: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When its profile last changed.
    pub updated_at: Timestamp,
}

/// Ids for an account that a confirmation may have to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIds {
    /// For the User.
    pub user: UserId,
    /// For the Identity.
    pub identity: IdentityId,
}

impl NewIds {
    /// Fresh ids.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self { user: UserId::generate(entropy), identity: IdentityId::generate(entropy) }
    }
}
