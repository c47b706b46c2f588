//! What a Client may do by OpenID Connect, and how: the policy an admin sets for it.

use super::address::check_called_uri;
use super::{AddressProblem, ClientKeys, check_redirect_uri};
use crate::FieldProblem;
use crate::signing::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether a request must come with a challenge (RFC 7636).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// Always.
    #[default]
    Required,
    /// A confidential Client may do without; RFC 9700 section 2.1.1 wants a nonce then.
    Optional,
}

/// How long a consent holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// Until the person or an admin takes it back.
    #[default]
    Remembered,
    /// For one login.
    EachTime,
}

/// What a Client calls a User (OpenID Connect Core section 8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// By the User's own id, the same for all.
    #[default]
    Public,
    /// By an id that only its sector is told.
    Pairwise,
}

/// The policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of their own, each with its name in file, API and page"
)]
pub struct OpenIdPolicy {
    /// Whether a challenge is required.
    pub pkce: Pkce,
    /// How long a consent holds.
    pub consent: ConsentPolicy,
    /// Whether it may have refresh tokens, for `offline_access`.
    pub refresh_tokens: bool,
    /// What its id tokens are signed with.
    pub id_token_alg: Algorithm,
    /// Whether its back end must send requests before the browser comes (RFC 9126).
    pub require_pushed_requests: bool,
    /// Where a browser may be sent after a logout, byte for byte.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it calls Users.
    pub subject_type: SubjectType,
    /// Clients of one sector are told the same pairwise ids; its own id when absent.
    pub sector: Option<String>,
    /// Whether the scope `email` gives it an address that receives nothing.
    pub stand_in_email: bool,
    /// Public keys of its assertions (RFC 7523), as a JWK set.
    pub jwks: Option<Value>,
    /// Where its back end is told that somebody logged out (OpenID Connect Back-Channel Logout).
    pub backchannel_logout_uri: Option<String>,
    /// Whether its devices may be logged in from a phone or a computer (RFC 8628).
    pub device_grant: bool,
}

impl OpenIdPolicy {
    /// Whether a browser may be sent here after a logout.
    pub fn may_return_to(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|known| known == uri)
    }

    /// Each address that cannot be one, by its place.
    pub fn wrong_addresses(&self) -> impl Iterator<Item = (String, AddressProblem)> {
        let addresses = self.post_logout_redirect_uris.iter().enumerate();
        addresses.filter_map(|(index, uri)| {
            let why = check_redirect_uri(uri).err()?;
            Some((format!("/post_logout_redirect_uris/{index}"), why))
        })
    }

    /// Everything else that is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if self.sector.as_deref().is_some_and(|sector| !is_sector(sector)) {
            let message = "must be 1 to 64 characters of A-Z, a-z, 0-9, dot, underscore and -";
            problems.push(FieldProblem::new("/openid/sector", "sector_malformed", message));
        }
        if let Some(why) = self.jwks.as_ref().and_then(|jwks| ClientKeys::read(jwks).err()) {
            problems.push(FieldProblem::new("/openid/jwks", why.code(), why.to_string()));
        }
        let called = self.backchannel_logout_uri.as_deref();
        if let Some(why) = called.and_then(|uri| check_called_uri(uri).err()) {
            problems.push(FieldProblem::new("/openid/backchannel_logout_uri", why.code(), why.to_string()));
        }
        problems
    }
}

fn is_sector(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
