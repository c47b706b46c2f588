//! Ids of an account, and its face. Its key to the world is the User's id; names and pictures recognise nobody.

use crate::Entropy;
use crate::id::{IdentityId, OfferId, PictureId, UserId};

/// What a person is called and looks like, as far as anybody ever told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Whose it is: stand-ins for the rest are made of this.
    pub user: UserId,
    /// What the person is called.
    pub name: Option<String>,
    /// The person's picture.
    pub picture: Option<PictureId>,
    /// The language of the page the person first logged in from, as a BCP 47 tag.
    pub locale: Option<String>,
}

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
