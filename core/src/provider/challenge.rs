//! What a page shows: the challenge of a Login, and the Login as a plugin sees it.
//!
//! A plugin never sees browser secrets, hashes, redirect URIs or the Client's state.

use super::{Assurance, ProviderError};
use crate::Timestamp;
use crate::id::LoginId;
use crate::login::{Number, Scene, VendorState};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use url::Url;

/// What the page shows to begin with; the plugin's picture itself comes from `render`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Challenge {
    /// A picture made by the vendor.
    QrImage {
        /// Where a phone's own browser goes to open the same thing in the vendor's app on that phone.
        open_url: Option<String>,
    },
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
    /// The value that goes with a redirect and comes back with it.
    pub state: VendorState,
    /// Where the vendor sends a redirected browser back to.
    pub callback: Url,
    /// The browser's `User-Agent`: some vendors have a browser of their own.
    pub user_agent: Option<String>,
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
    /// The number the page shows beside the code, where the person has to send it back.
    pub number: Option<Number>,
    /// What this Login can reach, where that is not what its Provider can.
    pub assurance: Option<Assurance>,
    /// What failed on the way without spoiling it; kept with the Login for the admin.
    pub failure: Option<ProviderError>,
}

impl Begin {
    /// A challenge and nothing else.
    pub fn showing(challenge: Challenge) -> Self {
        Self { challenge, private: None, ttl_seconds: None, number: None, assurance: None, failure: None }
    }
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
    /// The number the page shows.
    pub number: Option<Number>,
    /// The subject that scanned, once it is known.
    pub subject: Option<String>,
    /// What the person is asked to recognise.
    pub site: SiteView,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// The website of a Login, as the person is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteView {
    /// The website's name.
    pub name: String,
    /// Its host.
    pub domain: String,
    /// Browser and system of whoever asked, e.g. `Firefox, Windows`.
    pub browser: Option<String>,
    /// The language of its page, as a BCP 47 tag.
    pub locale: Option<String>,
}
