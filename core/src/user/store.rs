//! What must be kept of people beyond their Logins. Each method owns its whole change.
//!
//! Names are written by `LoginStore::confirm_login`, together with the account.

use super::{Face, NewPicture, PictureOrigin};
use crate::audit::AuditEntry;
use crate::id::{OfferId, PictureId, UserId};
use crate::login::Stage;
use crate::provider::{Image, VendorIdentity};
use crate::{SecretHash, StoreError, Timestamp};
use async_trait::async_trait;

/// The Login that a companion token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploader {
    /// Whom it was confirmed for.
    pub user: Option<UserId>,
    /// Where it stands.
    pub stage: Stage,
    /// When it began.
    pub began_at: Timestamp,
}

/// Aliases that the vendor told after the account was made.
#[derive(Debug, Clone)]
pub struct LateAliases {
    /// The identity with them.
    pub identity: VendorIdentity,
    /// The present moment.
    pub at: Timestamp,
    /// Template of the row written when one belongs to another User.
    pub conflict: AuditEntry,
    /// Id of the offer to merge that is made then.
    pub offer: OfferId,
}

/// What became of late aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// They are the User's now.
    Linked,
    /// One belongs to another User: that one changed nothing and is recorded.
    Conflict,
    /// Nobody has this identity any more, or nothing was new.
    Nothing,
}

/// What a vendor told is to be cleared.
#[derive(Debug, Clone)]
pub struct ProfileClearing {
    /// Whom the vendor spoke of.
    pub identity: VendorIdentity,
    /// The present moment.
    pub at: Timestamp,
    /// The row; the store adds Identity and User.
    pub cleared: AuditEntry,
}

/// An Identity that is to be forgotten.
#[derive(Debug, Clone)]
pub struct Forgetting {
    /// Which one.
    pub identity: VendorIdentity,
    /// The present moment.
    pub at: Timestamp,
    /// The row; the store adds Identity and User.
    pub forgotten: AuditEntry,
    /// The row for a User who is gone with it, likewise.
    pub deleted: AuditEntry,
}

/// What went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// Nothing: nobody has this identity.
    Nothing,
    /// The Identity; its User has others.
    Identity,
    /// The Identity and the User.
    User,
}

/// Keeps pictures of people, late aliases, and duties towards people.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// The face of this User, who may be part of another by now; none when there is nobody.
    async fn find_face(&self, user: &UserId) -> Result<Option<Face>, StoreError>;
    /// The picture of this id.
    async fn find_picture(&self, id: &PictureId) -> Result<Option<Image>, StoreError>;
    /// Where the User's picture came from, if there is one.
    async fn find_picture_origin(&self, user: &UserId) -> Result<Option<PictureOrigin>, StoreError>;
    /// Keeps a picture, unless one stands that it may not replace (`PictureOrigin::replaces`) or whose
    /// Identity is gone; says whether it did.
    async fn put_picture(&self, picture: &NewPicture) -> Result<bool, StoreError>;
    /// The Login of this companion token.
    async fn find_uploader(&self, companion: &SecretHash) -> Result<Option<Uploader>, StoreError>;
    /// Links what is free to the User of the Identity, once.
    async fn link_aliases(&self, late: &LateAliases) -> Result<Linked, StoreError>;
    /// Clears name and picture that came from this Identity; says whether there is such an Identity.
    async fn clear_profile(&self, clearing: &ProfileClearing) -> Result<bool, StoreError>;
    /// Deletes an Identity, its aliases, what came from it and what its Logins say of it; ends all
    /// grants of its User, and deletes a User who has no other Identity. All or nothing.
    async fn forget_identity(&self, forgetting: &Forgetting) -> Result<Forgotten, StoreError>;
}
