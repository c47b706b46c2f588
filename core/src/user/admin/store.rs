//! What must be kept for admins' work with Users. Each method owns its whole change, audit row included.

use super::{Merge, MergeOffer, Person, PersonDetail, RememberedConsent, UserError, UserFilter};
use crate::audit::AuditEntry;
use crate::client::ClientId;
use crate::id::{IdentityId, LoginId, MergeId, OfferId, UserId};
use crate::page::{Page, PageRequest};
use crate::user::NewIds;
use crate::{StoreError, Timestamp};
use async_trait::async_trait;

/// A User as it was read: a change holds only if it still stands so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The User.
    pub user: UserId,
    /// The version it was read at.
    pub version: i64,
}

/// A User is switched off, or on again.
#[derive(Debug, Clone)]
pub struct Switching {
    /// Which one.
    pub user: Versioned,
    /// Whether off.
    pub disabled: bool,
    /// The present moment.
    pub at: Timestamp,
    /// The row.
    pub audit: AuditEntry,
}

/// What a User granted is to end.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Whose.
    pub user: Versioned,
    /// At this Client; none for all.
    pub client: Option<ClientId>,
    /// The present moment.
    pub at: Timestamp,
    /// The row.
    pub audit: AuditEntry,
}

/// A User is deleted.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// Which one.
    pub user: Versioned,
    /// The present moment.
    pub at: Timestamp,
    /// The row.
    pub audit: AuditEntry,
}

/// An Identity is taken from its User and deleted.
#[derive(Debug, Clone)]
pub struct Unlinking {
    /// Whose it is.
    pub user: Versioned,
    /// Which one.
    pub identity: IdentityId,
    /// The present moment.
    pub at: Timestamp,
    /// The row.
    pub audit: AuditEntry,
}

/// An Identity is given from one User to another.
#[derive(Debug, Clone)]
pub struct Linking {
    /// Whose it is.
    pub from: Versioned,
    /// Which one.
    pub identity: IdentityId,
    /// Whose it is to be.
    pub to: Versioned,
    /// The present moment.
    pub at: Timestamp,
    /// The row about who had it.
    pub unlinked: AuditEntry,
    /// The row about who has it now.
    pub linked: AuditEntry,
}

/// Whoever was proven in a Login becomes known.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The Login.
    pub login: LoginId,
    /// Whose Identity it is to be; none for a User of its own.
    pub to: Option<Versioned>,
    /// Ids for what is made.
    pub new_ids: NewIds,
    /// The present moment.
    pub at: Timestamp,
    /// The row for a new User; the store adds whom it is about.
    pub created: AuditEntry,
    /// The row for a new Identity, likewise.
    pub linked: AuditEntry,
}

/// A User becomes part of another.
#[derive(Debug, Clone)]
pub struct Merging {
    /// As it is kept.
    pub merge: Merge,
    /// Who stays.
    pub winner: Versioned,
    /// Who becomes part of it.
    pub loser: Versioned,
    /// The row.
    pub audit: AuditEntry,
}

/// A merge is taken back.
#[derive(Debug, Clone)]
pub struct Undoing {
    /// Which one.
    pub merge: MergeId,
    /// Who stayed.
    pub winner: Versioned,
    /// The present moment.
    pub at: Timestamp,
    /// The row.
    pub audit: AuditEntry,
}

/// Keeps Users, for admins. Methods that end Logins under way say which.
#[async_trait]
pub trait UserAdminStore: Send + Sync {
    /// Users, newest first; without those that became part of another.
    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<Person>, StoreError>;
    /// All there is to know of one; of one that became part of another, only that it did.
    async fn find_user(&self, id: &UserId, now: Timestamp) -> Result<Option<PersonDetail>, StoreError>;
    /// What these Users allowed websites to know without asking again, the newest first.
    async fn list_consents(&self, users: &[UserId]) -> Result<Vec<RememberedConsent>, StoreError>;
    /// Switches off, with all grants and all Logins under way, or on.
    async fn switch_user(&self, switching: &Switching) -> Result<Vec<LoginId>, UserError>;
    /// Ends grants with their tokens, and codes not yet redeemed; says how many grants.
    async fn revoke_grants(&self, revocation: &Revocation) -> Result<usize, UserError>;
    /// Deletes a User, those that became part of it, and all that tells of them.
    async fn delete_user(&self, deletion: &Deletion) -> Result<Vec<LoginId>, UserError>;
    /// Deletes an Identity that is not the last, with what came by it, and ends the User's grants.
    async fn unlink_identity(&self, unlinking: &Unlinking) -> Result<Vec<LoginId>, UserError>;
    /// Gives an Identity that is not the last to another User, and ends the grants of who had it.
    async fn link_identity(&self, linking: &Linking) -> Result<Vec<LoginId>, UserError>;
    /// Makes the Identity that a Login proved, for a User that is there or a new one.
    async fn admit_login(&self, admission: &Admission) -> Result<UserId, UserError>;
    /// Merges.
    async fn merge_users(&self, merging: &Merging) -> Result<(), UserError>;
    /// Takes a merge back, all of it or nothing.
    async fn undo_merge(&self, undoing: &Undoing) -> Result<Vec<LoginId>, UserError>;
    /// Offers that are not dismissed and name two Users, newest first.
    async fn list_merge_offers(&self, page: &PageRequest) -> Result<Page<MergeOffer>, StoreError>;
    /// Dismisses an offer; false when there is no such that is not dismissed.
    async fn dismiss_offer(
        &self,
        offer: &OfferId,
        at: Timestamp,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;
    /// Deletes merges that could be undone until before `now`, at most `limit`, with name and picture of
    /// who became part of another; says how many.
    async fn delete_old_merges(&self, now: Timestamp, limit: i64) -> Result<usize, StoreError>;
}
