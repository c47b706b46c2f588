//! Access tokens are opaque: 256 random bits of which only the hash is kept.

use super::Scope;
use crate::audit::AuditEntry;
use crate::client::ClientId;
use crate::id::{GrantId, UserId, UserSessionId};
use crate::provider::{Assurance, ProviderSlug};
use crate::user::Face;
use crate::{SecretHash, Timestamp};

/// An access token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Hash of the token.
    pub hash: SecretHash,
    /// The grant it belongs to; it ends with it.
    pub grant: GrantId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A refresh token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefreshToken {
    /// Hash of the token.
    pub hash: SecretHash,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
}

/// A Client's attempt to go on with a refresh token.
#[derive(Debug, Clone)]
pub struct Refreshing {
    /// Hash of the token.
    pub token: SecretHash,
    /// Who asks.
    pub client: ClientId,
    /// The present moment.
    pub now: Timestamp,
    /// Hash of the next access token.
    pub access: SecretHash,
    /// What it is good for, if for less than the grant.
    pub access_scope: Option<Scope>,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// The token that takes its place.
    pub next: NewRefreshToken,
    /// How long all tokens of one grant last at most, in milliseconds.
    pub family_millis: i64,
    /// The row for a second use; the store adds which grant it was.
    pub reused: AuditEntry,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// Its place is taken by the next one.
    Refreshed(Box<Grant>),
    /// It had been used: all that came of its grant is gone.
    Reused,
    /// No such token of this Client, or its time is over.
    Unknown,
}

/// What a User granted to a Client, and how sure that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The Client.
    pub client: ClientId,
    /// The User, as the Client is told.
    pub user: UserId,
    /// What for.
    pub scope: Scope,
    /// The Client's `nonce`, for the id token.
    pub nonce: Option<String>,
    /// The browser's session here, when there was one.
    pub session: Option<UserSessionId>,
    /// The way the person proved who they are.
    pub provider: ProviderSlug,
    /// How sure the consent was.
    pub assurance: Assurance,
    /// When the person confirmed.
    pub auth_time: Timestamp,
}

/// A live access or refresh token as its own Client may know it (RFC 7662 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveToken {
    /// The Client the grant was made to.
    pub client: ClientId,
    /// The User, as the Client was told.
    pub sub: UserId,
    /// Whether it opens something by itself; a refresh token only gives others.
    pub is_access: bool,
    /// What it is good for.
    pub scope: Scope,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// What a bearer of an access token may read (OpenID Connect Core section 5.3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// The Client the grant was made to.
    pub client: ClientId,
    /// The User the website was told of, and the face of whoever that is now.
    pub face: Face,
    /// What may be told.
    pub scope: Scope,
    /// When the profile last changed.
    pub updated_at: Timestamp,
}
