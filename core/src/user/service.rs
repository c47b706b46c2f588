//! People: their pictures, and what a vendor obliges us to do for them.
//!
//! Refuses a picture from a phone whose Login is not confirmed, or long over.

use super::{
    Face, Forgetting, NewPicture, NotAPicture, PeopleStore, PictureCleaner, PictureOrigin, ProfileClearing,
};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::id::{PictureId, UserId};
use crate::login::Stage;
use crate::provider::{Image, PersonChange, Registry, VendorIdentity};
use crate::{Clock, Entropy, Secret, SecretHash, StoreError};
use bytes::Bytes;
use std::sync::Arc;

/// How long after its beginning a Login's phone may send a picture.
const UPLOAD_SECONDS: i64 = 600;

/// What the service is made of.
#[derive(Clone)]
pub struct PeopleParts {
    /// Keeps people.
    pub store: Arc<dyn PeopleStore>,
    /// The open Providers.
    pub providers: Arc<Registry>,
    /// Draws pictures anew.
    pub cleaner: Arc<dyn PictureCleaner>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a picture from a phone is not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No Login has this companion token.
    #[error("no login has this companion token")]
    UnknownToken,
    /// The person has not confirmed.
    #[error("the login is not confirmed")]
    NotConfirmed(Stage),
    /// The Login was not confirmed and will not be, or it is too long ago.
    #[error("the login is over")]
    Over(Stage),
    /// It is no picture.
    #[error(transparent)]
    NotAPicture(#[from] NotAPicture),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers for people.
pub struct PeopleService {
    pub(super) parts: PeopleParts,
}

impl PeopleService {
    /// A service of these parts.
    pub fn new(parts: PeopleParts) -> Self {
        Self { parts }
    }

    /// What this User is called and looks like.
    pub async fn find_face(&self, user: &UserId) -> Result<Option<Face>, StoreError> {
        self.parts.store.find_face(user).await
    }

    /// The picture of this id.
    pub async fn find_picture(&self, id: &PictureId) -> Result<Option<Image>, StoreError> {
        self.parts.store.find_picture(id).await
    }

    /// Whose picture the holder of this companion token may send.
    pub async fn find_uploader(&self, token: &Secret) -> Result<UserId, UploadError> {
        let found = self.parts.store.find_uploader(&SecretHash::of(token.expose())).await?;
        let login = found.ok_or(UploadError::UnknownToken)?;
        let is_young = self.parts.clock.now() < login.began_at.plus_seconds(UPLOAD_SECONDS);
        match (login.stage, login.user) {
            (Stage::Confirmed | Stage::Redeemed, Some(user)) if is_young => Ok(user),
            (Stage::Pending | Stage::Scanned, _) if is_young => Err(UploadError::NotConfirmed(login.stage)),
            _ => Err(UploadError::Over(login.stage)),
        }
    }

    /// Keeps a picture that the person sent, in place of any other.
    pub async fn put_upload(&self, user: UserId, raw: Bytes) -> Result<(), UploadError> {
        let image = self.parts.cleaner.clean(raw).await?;
        self.put(user, image, PictureOrigin::Person).await?;
        Ok(())
    }

    pub(super) async fn put(
        &self,
        user: UserId,
        image: Image,
        origin: PictureOrigin,
    ) -> Result<bool, StoreError> {
        let (id, at) = (PictureId::generate(&*self.parts.entropy), self.parts.clock.now());
        self.parts.store.put_picture(&NewPicture { id, user, image, origin, at }).await
    }

    /// Does what a vendor obliges us to do for a person; nothing when nobody is known by this identity.
    pub async fn carry_out(&self, identity: &VendorIdentity, change: PersonChange) -> Result<(), StoreError> {
        let (identity, at) = (identity.clone(), self.parts.clock.now());
        match change {
            PersonChange::Profile => {
                let cleared = self.duty(Action::ProfileCleared, "changed_at_vendor");
                self.parts.store.clear_profile(&ProfileClearing { identity, at, cleared }).await?;
            }
            PersonChange::Revoked => self.forget(identity, "revoked_at_vendor").await?,
            PersonChange::Closed => self.forget(identity, "closed_at_vendor").await?,
        }
        Ok(())
    }

    async fn forget(&self, identity: VendorIdentity, why: &str) -> Result<(), StoreError> {
        let forgetting = Forgetting {
            identity,
            at: self.parts.clock.now(),
            forgotten: self.duty(Action::IdentityForgotten, why),
            deleted: self.duty(Action::UserDeleted, why),
        };
        self.parts.store.forget_identity(&forgetting).await.map(drop)
    }

    fn duty(&self, action: Action, why: &str) -> AuditEntry {
        let row = AuditEntry::new(&*self.parts.entropy, self.parts.clock.now(), &Actor::Vendor, action, "");
        row.ended(AuditOutcome::Success, why)
    }
}
