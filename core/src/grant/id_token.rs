//! Id tokens: what a Client is told, signed, of a User and of how they logged in (OpenID Connect Core section 2).

use super::{Grant, ScopeWord};
use crate::Clock;
use crate::client::{Client, Subjects};
use crate::provider::{Assurance, Registry};
use crate::signing::{SigningError, SigningKeys};
use serde::Serialize;
use std::sync::Arc;

/// The `typ` of an id token: whatever else we sign has another, and is not taken for one (RFC 8725 section 3.11).
pub(crate) const ID_TOKEN_TYPE: &str = "JWT";
/// Seconds an id token may be taken as fresh.
const LIFE_SECONDS: i64 = 600;

/// What the service is made of.
#[derive(Clone)]
pub struct IdTokenParts {
    /// What signs.
    pub signing: Arc<SigningKeys>,
    /// The open Providers: an id token names the kind of the way.
    pub providers: Arc<Registry>,
    /// What Clients call Users.
    pub subjects: Subjects,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// `public_url` without a trailing slash.
    pub issuer: String,
}

/// Makes id tokens.
#[derive(Clone)]
pub struct IdTokens {
    parts: IdTokenParts,
}

/// The claims (OpenID Connect Core section 2).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    acr: &'static str,
    amr: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

impl Assurance {
    /// The level as the `acr` claim says it.
    pub const fn acr(self) -> &'static str {
        match self {
            Self::ScanOnly => "urn:saoma:acr:scan_only",
            Self::Confirmed => "urn:saoma:acr:confirmed",
            Self::Number => "urn:saoma:acr:number",
            Self::CodeBack => "urn:saoma:acr:code_back",
        }
    }

    /// Reads that claim's value.
    pub fn of_acr(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.acr() == text)
    }
}

impl IdTokens {
    /// A service of these parts.
    pub fn new(parts: IdTokenParts) -> Self {
        Self { parts }
    }

    /// The id token of a grant, if it is good for one; signed as its Client wants it.
    pub fn of(&self, client: &Client, grant: &Grant) -> Result<Option<String>, SigningError> {
        if !grant.scope.has(ScopeWord::OpenId) {
            return Ok(None);
        }
        let open = self.parts.providers.find(&grant.provider);
        let kind = open.as_ref().map_or(grant.provider.as_str(), |open| open.record.kind.as_str());
        let now = self.parts.clock.now();
        let claims = Claims {
            iss: &self.parts.issuer,
            sub: &self.parts.subjects.of(client, &grant.user),
            aud: grant.client.as_str(),
            iat: now.0.div_euclid(1000),
            exp: now.plus_seconds(LIFE_SECONDS).0.div_euclid(1000),
            auth_time: grant.auth_time.0.div_euclid(1000),
            acr: grant.assurance.acr(),
            amr: [kind],
            nonce: grant.nonce.as_deref(),
            sid: grant.session.as_ref().map(|session| self.parts.subjects.session(client, session)),
        };
        self.parts.signing.sign(client.openid.id_token_alg, ID_TOKEN_TYPE, &claims).map(Some)
    }
}
