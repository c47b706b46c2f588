//! Two Users are one person: one becomes part of the other, and can be taken out again for a while.
//!
//! Its Identities and aliases move. What its Logins granted, its name and its picture stay with it, and
//! it stays as the explanation of its id: a token that told this `sub` goes on telling it, with the
//! profile of the User that it is part of now (a `sub` never changes under a website: OpenID Connect
//! Core section 5.3.2). The next Login tells the other `sub`.

use super::{Merging, Undoing, UserAdmin, UserError, UserRefusal, UserRules, Versioned};
use crate::Timestamp;
use crate::admin::Permit;
use crate::admin::abilities::{EditUsers, LinkUsers, ReadUsers};
use crate::audit::{Action, AuditEntry};
use crate::id::{AdminId, MergeId, OfferId, UserId};
use crate::page::{Page, PageRequest};
use serde::{Deserialize, Serialize};

/// Who merged two Users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergedBy {
    /// An admin.
    Admin(AdminId),
    /// The person, who had proven both.
    Person,
}

/// A merge that can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// The User that stayed.
    pub winner: UserId,
    /// The User that became part of it.
    pub loser: UserId,
    /// Who did it.
    pub by: MergedBy,
    /// When.
    pub at: Timestamp,
    /// Until when it can be undone.
    pub undo_until: Timestamp,
}

impl Merge {
    /// One that is about to be made.
    pub(crate) fn new(
        id: MergeId,
        (winner, loser): (&Versioned, &Versioned),
        by: MergedBy,
        (at, rules): (Timestamp, UserRules),
    ) -> Self {
        let undo_until = at.plus_seconds(i64::from(rules.undo_days) * 86_400);
        Self { id, winner: winner.user.clone(), loser: loser.user.clone(), by, at, undo_until }
    }
}

/// Two Users of whom the vendor says that they are one person, as a late alias showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeOffer {
    /// Its id.
    pub id: OfferId,
    /// The User whose Identity came with the alias.
    pub user: UserId,
    /// The User who has it.
    pub other: UserId,
    /// Whose alias it is, e.g. `wechat-union:main`.
    pub namespace: String,
    /// When it turned up.
    pub created_at: Timestamp,
}

/// What a merge moved: our own ids, and aliases by their hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Identities.
    pub identities: Vec<String>,
    /// Hashes of aliases.
    pub aliases: Vec<String>,
    /// Users that were part of the loser.
    pub parts: Vec<String>,
    /// Whether the winner had no name and took the loser's.
    pub name: bool,
    /// The loser's picture, when the winner had none and took it.
    pub picture: Option<String>,
}

impl UserAdmin {
    /// `loser` becomes part of `winner`; both must stand as they were read. Nobody is renamed: the winner
    /// takes the loser's name and picture only where it has none.
    pub async fn merge(
        &self,
        permit: &Permit<LinkUsers>,
        winner: Versioned,
        loser: Versioned,
    ) -> Result<Merge, UserError> {
        if winner.user == loser.user {
            return Err(UserRefusal::SameUser.into());
        }
        let (entropy, at) = (&*self.parts.entropy, self.parts.clock.now());
        let id = MergeId::generate(entropy);
        let row = permit.caller().row(entropy, at, Action::UsersMerged, loser.user.as_str());
        let audit = AuditEntry { user_id: Some(winner.user.to_string()), ..row };
        let by = MergedBy::Admin(permit.caller().admin.id.clone());
        let merge = Merge::new(id, (&winner, &loser), by, (at, self.parts.rules));
        let merging = Merging { merge, winner, loser, audit };
        self.parts.store.merge_users(&merging).await?;
        Ok(merging.merge)
    }

    /// Takes a merge back, if everything it moved is still where it was put.
    pub async fn undo_merge(
        &self,
        permit: &Permit<LinkUsers>,
        winner: Versioned,
        merge: &MergeId,
    ) -> Result<(), UserError> {
        let (entropy, at) = (&*self.parts.entropy, self.parts.clock.now());
        let row = permit.caller().row(entropy, at, Action::MergeUndone, merge.as_str());
        let audit = AuditEntry { user_id: Some(winner.user.to_string()), ..row };
        let undoing = Undoing { merge: merge.clone(), winner, at, audit };
        self.wake(self.parts.store.undo_merge(&undoing).await?);
        Ok(())
    }

    /// Offers that nobody has answered, newest first.
    pub async fn list_merge_offers(
        &self,
        _permit: &Permit<ReadUsers>,
        page: &PageRequest,
    ) -> Result<Page<MergeOffer>, UserError> {
        Ok(self.parts.store.list_merge_offers(page).await?)
    }

    /// Says that the two of an offer are not one person.
    pub async fn dismiss_offer(&self, permit: &Permit<EditUsers>, offer: &OfferId) -> Result<(), UserError> {
        let (entropy, at) = (&*self.parts.entropy, self.parts.clock.now());
        let audit = permit.caller().row(entropy, at, Action::MergeOfferDismissed, offer.as_str());
        let dismissed = self.parts.store.dismiss_offer(offer, at, &audit).await?;
        if dismissed { Ok(()) } else { Err(UserRefusal::NoSuchMerge.into()) }
    }

    /// Merges whose time is over cannot be undone any more: what was kept for that goes. Says how many.
    pub async fn settle_old_merges(&self, limit: i64) -> Result<usize, crate::StoreError> {
        self.parts.store.delete_old_merges(self.parts.clock.now(), limit).await
    }
}
