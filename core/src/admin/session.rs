//! A browser that an admin has logged in with: for how long, and since when it was last proven.

use crate::id::{AdminId, SessionId};
use crate::{Entropy, Secret, SecretHash, Timestamp};
use std::net::IpAddr;

/// What the browser holds: 256 random bits, of which only the hash is kept.
#[derive(Debug, Clone)]
pub struct SessionSecret(pub Secret);

impl SessionSecret {
    pub(super) fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::generate(entropy))
    }

    /// What is kept of it.
    pub fn hash(secret: &str) -> SecretHash {
        SecretHash::of_parts(&["admin session", secret])
    }

    /// What a form of this session carries, so that no other site can send it: made of the secret, so
    /// that whoever cannot read the cookie cannot make it.
    pub fn csrf(secret: &str) -> Secret {
        Secret::new(SecretHash::of_parts(&["admin csrf", secret]).as_str())
    }
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it in lists.
    pub id: SessionId,
    /// Whose.
    pub admin: AdminId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When its holder last proved who they are.
    pub proven_at: Timestamp,
    /// From where it began.
    pub address: Option<IpAddr>,
    /// The browser and system it began in.
    pub browser: Option<String>,
}

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// As it will be kept.
    pub session: Session,
    /// Hash of what the browser holds.
    pub hash: SecretHash,
}
