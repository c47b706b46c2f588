//! What a Client calls a User and their session: by our own ids, or by such that only this Client's sector is told
//! (OpenID Connect Core section 8), so that websites of different owners cannot compare their lists.
//!
//! A pairwise id is made, not kept: from the User's id under a secret that never changes, in hexadecimal, as a
//! mail address must survive being written in lower case. Nobody without the secret gets back to the User.

use super::{Client, SubjectType};
use crate::Secret;
use crate::id::{UserId, UserSessionId};
use crate::seal::SealError;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt::Write as _;

/// Bytes of a pairwise id: enough that no two meet.
const BYTES: usize = 16;

/// Tells what Clients call Users.
#[derive(Clone)]
pub struct Subjects {
    mac: Hmac<Sha256>,
    domain: String,
}

impl Subjects {
    /// Under this secret, for an installation of this address.
    pub fn new(secret: &Secret, public_url: &str) -> Result<Self, SealError> {
        let host = url::Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let mac = Hmac::new_from_slice(secret.expose().as_bytes()).map_err(|_| SealError::Broken)?;
        Ok(Self { mac, domain: format!("users.{}", host.unwrap_or_default()) })
    }

    /// The `sub` of this User for this Client.
    pub fn of(&self, client: &Client, user: &UserId) -> String {
        match client.openid.subject_type {
            SubjectType::Public => user.to_string(),
            SubjectType::Pairwise => self.pairwise(client, &[user.as_str()]),
        }
    }

    /// The `sid` of this session for this Client (OpenID Connect Back-Channel Logout section 2.1).
    pub fn session(&self, client: &Client, session: &UserSessionId) -> String {
        match client.openid.subject_type {
            SubjectType::Public => session.to_string(),
            SubjectType::Pairwise => self.pairwise(client, &["session", session.as_str()]),
        }
    }

    /// An address that looks like one and receives nothing, for a Client whose software cannot do without.
    pub fn stand_in_email(&self, client: &Client, user: &UserId) -> Option<String> {
        client
            .openid
            .stand_in_email
            .then(|| format!("{}@{}", self.pairwise(client, &[user.as_str()]), self.domain))
    }

    fn pairwise(&self, client: &Client, of: &[&str]) -> String {
        let sector = client.openid.sector.as_deref().unwrap_or(client.id.as_str());
        let mut mac = self.mac.clone();
        for part in std::iter::once(&sector).chain(of) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().iter().take(BYTES).fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _written = write!(text, "{byte:02x}");
            text
        })
    }
}
