//! What a page shows: the challenge of a Login, and the Login as a plugin sees it.
//!
//! A plugin never sees browser secrets, hashes, redirect URIs or the Client's state.

use crate::Timestamp;
use crate::id::LoginId;
use crate::login::Scene;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What the page shows to begin with; the plugin's picture itself comes from `render`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Challenge {
    /// A picture made by the vendor.
    QrImage,
    /// A text that we draw as a QR code ourselves.
    QrText {
        /// The code's content.
        text: String,
    },
    /// The browser goes to the vendor's page.
    Redirect {
        /// The vendor's address.
        url: String,
    },
}

impl Challenge {
    /// Whether the page shows a code for a phone to scan.
    pub fn is_code(&self) -> bool {
        !matches!(self, Self::Redirect { .. })
    }
}

/// A picture as the vendor or we made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `image/jpeg`, `image/png` or `image/svg+xml`, told from the bytes.
    pub media_type: &'static str,
    /// The picture.
    pub bytes: Bytes,
}

/// A Login that is about to exist.
#[derive(Debug, Clone)]
pub struct LoginStart {
    /// Its id.
    pub login_id: LoginId,
    /// The value that goes into the code.
    pub scene: Scene,
    /// The language the page speaks, as a BCP 47 tag.
    pub locale: Option<String>,
}

/// What a plugin made for a new Login.
#[derive(Debug, Clone)]
pub struct Begin {
    /// What the page shows.
    pub challenge: Challenge,
    /// What only the plugin understands; sealed by the host and given back in `LoginView`.
    pub private: Option<Vec<u8>>,
    /// Seconds after which the vendor's part is void; the engine's own limit may be shorter.
    pub ttl_seconds: Option<u32>,
}

/// A Login as a plugin sees it.
#[derive(Debug, Clone)]
pub struct LoginView {
    /// Its id.
    pub login_id: LoginId,
    /// The value in the code.
    pub scene: Scene,
    /// What the page shows.
    pub challenge: Challenge,
    /// What `begin` gave to keep.
    pub private: Option<Vec<u8>>,
    /// The subject that scanned, once it is known.
    pub subject: Option<String>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}
