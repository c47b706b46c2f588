//! What a session is, and how long it lasts.

use crate::id::{UserId, UserSessionId};
use crate::provider::{Assurance, ProviderSlug};
use crate::{SecretHash, Timestamp};

/// How long sessions last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// Without being used.
    pub idle: u32,
    /// In all, whatever happens.
    pub absolute: u32,
}

impl Default for SessionRules {
    /// Three days without use, two weeks in all.
    fn default() -> Self {
        Self { idle: 3 * 24 * 3600, absolute: 14 * 24 * 3600 }
    }
}

/// A browser in which somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSession {
    /// Its id.
    pub id: UserSessionId,
    /// Whose it is; after a merge, whom that User is part of now.
    pub user: UserId,
    /// The way they proved who they are.
    pub provider: ProviderSlug,
    /// How sure their consent was.
    pub assurance: Assurance,
    /// When they confirmed.
    pub auth_time: Timestamp,
    /// When they last confirmed that it is for their own page: a yes to a website is none to that.
    pub own_auth_time: Option<Timestamp>,
    /// Browser and system, e.g. `Firefox, Windows`.
    pub browser: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used; right to some minutes.
    pub seen_at: Timestamp,
    /// When it ends at the latest, used or not.
    pub expires_at: Timestamp,
}

/// A session that begins, or goes on under a new secret because somebody has logged in anew.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id, unless it goes on.
    pub id: UserSessionId,
    /// Hash of what the browser will hold.
    pub secret_hash: SecretHash,
    /// What this browser was logged in as until now.
    pub before: Option<UserSessionId>,
    /// Browser and system.
    pub browser: Option<String>,
    /// When it ends at the latest, used or not.
    pub expires_at: Timestamp,
}
