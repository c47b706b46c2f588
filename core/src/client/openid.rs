//! What a Client may do by OpenID Connect, and how: the policy an admin sets for it.

use super::{AddressProblem, check_redirect_uri};
use crate::signing::Algorithm;
use serde::{Deserialize, Serialize};

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

/// The policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
}
