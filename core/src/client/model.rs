//! A Client and the rules of what belongs to it: origins, redirect URIs, Providers.
//!
//! Addresses are compared byte for byte; nothing is normalised at comparison time.

use super::{OpenIdPolicy, Pkce};
use crate::provider::{Assurance, ProviderSlug};
use crate::{SecretHash, Timestamp};
use bytes::Bytes;

/// A Client's name in protocols: 1 to 64 characters of `[A-Za-z0-9._-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

/// The text is not a client id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a client_id is 1 to 64 characters of A-Z, a-z, 0-9, dot, underscore and -")]
pub struct InvalidClientId;

/// Stand for the website where a Login has none: an admin rehearses; somebody goes to their own page here; or
/// adds one more way to log in. No text that is read as a client id is one of these, so nobody can register,
/// authenticate or be answered as one.
const REHEARSALS: &str = "(rehearsal)";
const OWN_PAGE: &str = "(account)";
const LINKING: &str = "(linking)";

impl ClientId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words of all ids that stand for no website.
    pub const OURS: [&str; 3] = [REHEARSALS, OWN_PAGE, LINKING];

    /// The id of Logins that an admin rehearses.
    pub fn of_rehearsals() -> Self {
        Self(REHEARSALS.to_owned())
    }

    /// The id of Logins that lead to the person's own page here.
    pub fn of_own_page() -> Self {
        Self(OWN_PAGE.to_owned())
    }

    /// The id of Logins by which somebody adds a way to log in to an account that they have.
    pub fn of_linking() -> Self {
        Self(LINKING.to_owned())
    }

    /// Whether an admin rehearses.
    pub fn is_of_rehearsals(&self) -> bool {
        self.0 == REHEARSALS
    }

    /// Whether somebody goes to their own page.
    pub fn is_of_own_page(&self) -> bool {
        self.0 == OWN_PAGE
    }

    /// Whether somebody adds a way to log in.
    pub fn is_of_linking(&self) -> bool {
        self.0 == LINKING
    }

    /// Whether it stands for no website.
    pub fn is_ours(&self) -> bool {
        Self::OURS.contains(&self.as_str())
    }

    /// Reads an id that was stored with a Login or an authorization.
    pub fn from_stored(text: &str) -> Result<Self, InvalidClientId> {
        if Self::OURS.contains(&text) { Ok(Self(text.to_owned())) } else { text.parse() }
    }
}

impl std::str::FromStr for ClientId {
    type Err = InvalidClientId;
    fn from_str(text: &str) -> Result<Self, InvalidClientId> {
        let shaped = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if shaped { Ok(Self(text.to_owned())) } else { Err(InvalidClientId) }
    }
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a Client can keep a secret (RFC 6749 section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientType {
    /// It has a back end that holds a client secret.
    Confidential,
    /// It runs in the visitor's hands only; PKCE alone protects it.
    Public,
}

impl ClientType {
    /// The configuration's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confidential => "confidential",
            Self::Public => "public",
        }
    }

    /// Reads the configuration's word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confidential, Self::Public].into_iter().find(|t| t.as_str() == text)
    }
}

/// A Client's picture, served by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The picture.
    pub bytes: Bytes,
}

/// Largest logo.
pub const MAX_LOGO_BYTES: usize = 256 * 1024;

/// Why a picture cannot be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoProblem {
    /// More bytes than a page should wait for.
    #[error("must be at most {MAX_LOGO_BYTES} bytes")]
    TooLarge,
    /// SVG can carry scripts, so it is not taken; others have no use.
    #[error("must be a PNG or a JPEG")]
    Kind,
}

impl Logo {
    /// Takes a picture, told from its bytes.
    pub fn from_bytes(bytes: Bytes) -> Result<Self, LogoProblem> {
        if bytes.len() > MAX_LOGO_BYTES {
            return Err(LogoProblem::TooLarge);
        }
        let media_type = match &bytes[..] {
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            _ => return Err(LogoProblem::Kind),
        };
        Ok(Self { media_type: media_type.to_owned(), bytes })
    }
}

/// A website registered with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// What visitors read.
    pub name: String,
    /// Whether it can keep a secret.
    pub client_type: ClientType,
    /// Hashes of its secrets; two while one is being replaced.
    pub secret_hashes: Vec<SecretHash>,
    /// Where codes may be sent, byte for byte.
    pub redirect_uris: Vec<String>,
    /// Pages that may begin Logins, as browsers write `Origin`.
    pub origins: Vec<String>,
    /// Providers it offers, in its own order.
    pub providers: Vec<ProviderSlug>,
    /// The weakest consent it accepts.
    pub min_assurance: Assurance,
    /// What it may do by OpenID Connect.
    pub openid: OpenIdPolicy,
    /// Its picture.
    pub logo: Option<Logo>,
    /// Its colour, `#rrggbb`.
    pub accent: Option<String>,
    /// Whether it may begin Logins at all.
    pub enabled: bool,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Grows with every change.
    pub version: i64,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Client {
    /// Whether a page of this origin may begin Logins here.
    pub fn has_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|o| o == origin)
    }

    /// Whether a code may be sent to this address.
    pub fn has_redirect_uri(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|u| u == uri)
    }

    /// Whether it may come without a challenge: one that cannot keep a secret never may.
    pub fn may_go_without_challenge(&self) -> bool {
        self.openid.pkce == Pkce::Optional && self.client_type == ClientType::Confidential
    }

    /// Whether this is one of its secrets. All are compared, so the time tells nothing.
    pub fn has_secret(&self, secret: &str) -> bool {
        let offered = SecretHash::of(secret);
        self.secret_hashes.iter().fold(false, |found, hash| hash.equals(&offered) | found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_name_themselves_a_client_of_ours() {
        for id in [ClientId::of_rehearsals(), ClientId::of_own_page(), ClientId::of_linking()] {
            assert!(id.is_ours());
            assert_eq!(id.as_str().parse::<ClientId>(), Err(InvalidClientId));
            assert_eq!(ClientId::from_stored(id.as_str()), Ok(id));
        }
        assert!(!"rehearsal".parse::<ClientId>().unwrap().is_of_rehearsals());
        assert_eq!(ClientId::from_stored("(other)"), Err(InvalidClientId));
    }
}
