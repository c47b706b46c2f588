//! A Client that proves itself by a signed assertion instead of a secret: `private_key_jwt` (OpenID Connect Core
//! section 9, RFC 7523 section 3). Its public keys are registered; nothing is ever fetched for it.
//!
//! An assertion is for us alone, which is to say that its audience is our issuer and no list, for a short while,
//! and once.

use super::{Client, ClientId, ClientStore};
use crate::{Clock, SecretHash, StoreError, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// The word of `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Most keys of a Client.
const MOST_KEYS: usize = 10;
/// Bytes of the shortest RSA modulus, written in base64url: 2048 bits.
const SHORTEST_MODULUS: usize = 342;
/// Seconds that clocks may differ by.
const SKEW: i64 = 30;
/// Seconds that an assertion may be good for; each is remembered for so long.
const LONGEST: i64 = 3600;
/// Bytes of the longest `jti`.
const LONGEST_JTI: usize = 255;

/// Why keys cannot be a Client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysProblem {
    /// No JWK set, or an empty or endless one.
    #[error("must be a JWK set, {{\"keys\": [...]}}, of 1 to {MOST_KEYS} keys")]
    NotASet,
    /// Somebody pasted what nobody else may have.
    #[error("holds a private key: take the public part only, and make a new key, as this one has been shown")]
    Private,
    /// Of no kind that we check.
    #[error("keys must be RSA of 2048 bits or more, P-256 or Ed25519")]
    Unsupported,
}

impl KeysProblem {
    /// The word that never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotASet => "jwks_not_a_set",
            Self::Private => "jwks_private",
            Self::Unsupported => "jwks_unsupported",
        }
    }
}

/// A Client's public keys, ready to check with.
pub(super) struct ClientKeys(Vec<ClientKey>);

struct ClientKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// A list is refused: an assertion for several could be carried from one to another.
    aud: Value,
    jti: String,
    exp: i64,
    nbf: Option<i64>,
}

impl ClientKeys {
    /// Reads what an admin registered.
    pub(super) fn read(jwks: &Value) -> Result<Self, KeysProblem> {
        let keys = jwks.get("keys").and_then(Value::as_array).ok_or(KeysProblem::NotASet)?;
        if !(1..=MOST_KEYS).contains(&keys.len()) {
            return Err(KeysProblem::NotASet);
        }
        if keys.iter().any(|key| ["d", "p", "q", "k"].iter().any(|part| key.get(part).is_some())) {
            return Err(KeysProblem::Private);
        }
        let set: JwkSet = serde_json::from_value(jwks.clone()).map_err(|_| KeysProblem::Unsupported)?;
        let keys: Option<Vec<_>> = set.keys.iter().map(ClientKey::read).collect();
        keys.map(Self).ok_or(KeysProblem::Unsupported)
    }

    /// The claims of an assertion that one of them signed. Its own algorithm, never the one that the assertion
    /// names, decides how it is checked.
    fn open(&self, assertion: &str) -> Option<Claims> {
        let header = decode_header(assertion).ok()?;
        let named = |key: &&ClientKey| {
            key.algorithm == header.alg
                && (header.kid.is_none() || key.kid.is_none() || key.kid == header.kid)
        };
        self.0.iter().filter(named).find_map(|key| {
            let mut rules = Validation::new(key.algorithm);
            // Time and audience are checked by our own clock and rule.
            rules.validate_exp = false;
            rules.validate_aud = false;
            rules.required_spec_claims.clear();
            decode(assertion, &key.key, &rules).ok().map(|read| read.claims)
        })
    }
}

impl ClientKey {
    fn read(jwk: &Jwk) -> Option<Self> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(rsa) if rsa.n.len() >= SHORTEST_MODULUS => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => Algorithm::ES256,
            AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
            _ => return None,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(Self { kid: jwk.common.key_id.clone(), algorithm, key })
    }
}

/// What is wrong with an assertion. It may be told: whoever makes one learns nothing that they did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub enum AssertionFault {
    /// No key of this Client made it, or it is no JWS with the claims that it must have.
    NotSigned,
    /// Of somebody else.
    NotOfClient,
    /// For somebody else, or for several.
    Audience,
    /// Nothing that could be remembered.
    Jti,
    /// Over, not yet good, or good for too long.
    Time,
    /// Seen before.
    Used,
}

impl AssertionFault {
    /// What its developer reads.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotSigned => {
                "No registered key signed the assertion, or one of iss, sub, aud, jti and exp is missing in it."
            }
            Self::NotOfClient => "iss and sub of the assertion must both be the client_id.",
            Self::Audience => {
                "aud of the assertion must be the issuer as one string, not the token endpoint and not a list."
            }
            Self::Jti => "jti of the assertion must have 1 to 255 bytes.",
            Self::Time => "The assertion is over or not yet good, or its exp is more than an hour away.",
            Self::Used => "The assertion was used before: each is good once.",
        }
    }
}

/// Why an assertion proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum AssertionError {
    /// Something is wrong with it.
    #[error(transparent)]
    Refused(#[from] AssertionFault),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks assertions.
pub struct ClientAssertions {
    store: Arc<dyn ClientStore>,
    clock: Arc<dyn Clock>,
    issuer: String,
}

impl ClientAssertions {
    /// A service of these parts; `issuer` is `public_url` without a trailing slash.
    pub fn new(store: Arc<dyn ClientStore>, clock: Arc<dyn Clock>, issuer: String) -> Self {
        Self { store, clock, issuer }
    }

    /// Whom an assertion claims to be of; it proves nothing yet.
    pub fn claimed(assertion: &str) -> Option<ClientId> {
        let read = jsonwebtoken::dangerous::insecure_decode::<Claims>(assertion).ok()?;
        read.claims.iss.parse().ok()
    }

    /// Takes an assertion of this Client, once.
    pub async fn take(&self, client: &Client, assertion: &str) -> Result<(), AssertionError> {
        let keys = client.openid.jwks.as_ref().and_then(|jwks| ClientKeys::read(jwks).ok());
        let claims = keys.and_then(|keys| keys.open(assertion)).ok_or(AssertionFault::NotSigned)?;
        let now = self.clock.now();
        self.check(&claims, client, now)?;
        let hash = SecretHash::of_parts(&["assertion", client.id.as_str(), &claims.jti]);
        let until = now.plus_seconds(LONGEST + 2 * SKEW);
        if self.store.spend_assertion(&hash, until).await? {
            Ok(())
        } else {
            Err(AssertionFault::Used.into())
        }
    }

    /// Deletes those that could not be used again anyway, at most `limit`; says how many.
    pub async fn sweep(&self, limit: i64) -> Result<usize, StoreError> {
        self.store.delete_spent_assertions(self.clock.now(), limit).await
    }

    fn check(&self, claims: &Claims, client: &Client, now: Timestamp) -> Result<(), AssertionFault> {
        let is_own = claims.iss == client.id.as_str() && claims.sub == client.id.as_str();
        let can_be_remembered = (1..=LONGEST_JTI).contains(&claims.jti.len());
        is_own.then_some(()).ok_or(AssertionFault::NotOfClient)?;
        (claims.aud == self.issuer).then_some(()).ok_or(AssertionFault::Audience)?;
        can_be_remembered.then_some(()).ok_or(AssertionFault::Jti)?;
        is_timely(claims, now).then_some(()).ok_or(AssertionFault::Time)
    }
}

fn is_timely(claims: &Claims, now: Timestamp) -> bool {
    let now = now.0.div_euclid(1000);
    claims.exp > now - SKEW
        && claims.exp <= now + LONGEST + SKEW
        && claims.nbf.is_none_or(|nbf| nbf <= now + SKEW)
}
