//! Tokens that Saoma signs: which of them the shop believes, and what it reads in them.
//!
//! A library for OpenID Connect does this for most shops. Refused is every token that is not signed by one of
//! Saoma's published keys, for this shop, in time, and of the kind that was expected (RFC 8725).

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

use super::ShopConfig;

/// What Saoma signs id tokens with, unless its client asked for another.
const ALGORITHM: Algorithm = Algorithm::RS256;
/// The one event that ends a session (OpenID Connect Back-Channel Logout section 2.4).
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whose login it is: of the person `sub`, in Saoma's session `sid` if there is one.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Subject {
    pub(super) sub: String,
    pub(super) sid: Option<String>,
}

#[derive(Deserialize)]
struct LogoutClaims {
    #[serde(flatten)]
    subject: Subject,
    events: BTreeMap<String, Value>,
    nonce: Option<Value>,
}

/// Reads an id token (OpenID Connect Core section 3.1.3.7). State and PKCE have tied it to this browser.
pub(super) fn id_token(config: &ShopConfig, keys: &JwkSet, token: &str) -> Option<Subject> {
    believed(config, keys, "JWT", token)
}

/// Reads a logout token (OpenID Connect Back-Channel Logout section 2.6).
pub(super) fn logout_token(config: &ShopConfig, keys: &JwkSet, token: &str) -> Option<Subject> {
    let claims: LogoutClaims = believed(config, keys, "logout+jwt", token)?;
    let meant = claims.nonce.is_none() && claims.events.contains_key(LOGOUT);
    meant.then_some(claims.subject)
}

fn believed<T: DeserializeOwned>(config: &ShopConfig, keys: &JwkSet, typ: &str, token: &str) -> Option<T> {
    let header = decode_header(token).ok().filter(|header| header.typ.as_deref() == Some(typ))?;
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).ok()?;
    let mut rules = Validation::new(ALGORITHM);
    rules.set_issuer(&[config.issuer()]);
    rules.set_audience(&[&config.client_id]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Some(decode(token, &key, &rules).ok()?.claims)
}
