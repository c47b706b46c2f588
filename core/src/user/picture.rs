//! Pictures of Users: who gave one, and what must be true of it before it is kept.
//!
//! Bytes from outside are never kept as they came; a `PictureCleaner` draws them anew. The same order
//! of words as with names: what the person sent stays, a vendor's picture follows only its own changes.

use crate::id::{PictureId, UserId};
use crate::provider::{Image, VendorIdentity};
use crate::{SecretHash, Timestamp};
use async_trait::async_trait;
use bytes::Bytes;

/// Where a picture came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureOrigin {
    /// The person sent it.
    Person,
    /// A vendor keeps it.
    Vendor {
        /// Namespace and subject of the Identity it belongs to.
        key: (String, String),
        /// Hash of its address there.
        source: SecretHash,
    },
}

impl PictureOrigin {
    /// The picture at this address of the vendor of this Identity.
    pub fn vendor(identity: &VendorIdentity, address: &str) -> Self {
        let key = (identity.namespace.clone(), identity.subject.clone());
        Self::Vendor { key, source: SecretHash::of_parts(&["picture", address]) }
    }

    /// Whether a picture from here is to take the place of one from there.
    pub fn replaces(&self, kept: Option<&Self>) -> bool {
        match (self, kept) {
            (Self::Person, _) | (_, None) => true,
            (Self::Vendor { .. }, Some(Self::Person)) => false,
            (Self::Vendor { key, source }, Some(Self::Vendor { key: kept, source: last })) => {
                key == kept && source != last
            }
        }
    }
}

/// A picture to be kept.
#[derive(Debug, Clone)]
pub struct NewPicture {
    /// Its id; a picture that changes gets another one, so that its address may be kept by caches.
    pub id: PictureId,
    /// Whose it is.
    pub user: UserId,
    /// The picture, drawn anew.
    pub image: Image,
    /// Where it came from.
    pub origin: PictureOrigin,
    /// When.
    pub at: Timestamp,
}

/// Bytes that are no picture we can read, or one that is too large to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a picture that can be read")]
pub struct NotAPicture;

/// Draws pictures anew: square, small, in one frame, without anything that is not to be seen.
#[async_trait]
pub trait PictureCleaner: Send + Sync {
    /// The picture in these bytes.
    async fn clean(&self, raw: Bytes) -> Result<Image, NotAPicture>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Profile;

    fn vendor(namespace: &str, address: &str) -> PictureOrigin {
        let identity = VendorIdentity {
            namespace: namespace.to_owned(),
            subject: "s".to_owned(),
            aliases: Vec::new(),
            profile: Profile::default(),
        };
        PictureOrigin::vendor(&identity, address)
    }

    #[test]
    fn the_persons_picture_stands_above_a_vendors() {
        let own = vendor("a", "1");
        assert!(own.replaces(None));
        assert!(!own.replaces(Some(&own)));
        assert!(own.replaces(Some(&vendor("a", "2"))));
        assert!(!own.replaces(Some(&vendor("b", "2"))));
        assert!(!own.replaces(Some(&PictureOrigin::Person)));
        assert!(PictureOrigin::Person.replaces(Some(&own)));
        assert!(PictureOrigin::Person.replaces(Some(&PictureOrigin::Person)));
    }
}
