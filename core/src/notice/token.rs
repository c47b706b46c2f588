//! Logout tokens (OpenID Connect Back-Channel Logout section 2.4).

use super::LogoutNotice;
use crate::{Secret, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the token is, so that nobody takes it for an id token (RFC 8725 section 3.11).
pub(super) const TYPE: &str = "logout+jwt";
/// What it tells.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Seconds within which it must arrive.
const LIFE_SECONDS: i64 = 120;

/// The claims. A nonce is never among them.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    events: BTreeMap<&'static str, Value>,
}

impl<'a> Claims<'a> {
    /// For this notice; `sub` and `sid` are what its Client calls the User and the session.
    pub(super) fn of(
        notice: &'a LogoutNotice,
        issuer: &'a str,
        (sub, sid): (&'a str, Option<String>),
        id: &'a Secret,
        now: Timestamp,
    ) -> Self {
        Self {
            iss: issuer,
            aud: notice.client.as_str(),
            iat: now.0.div_euclid(1000),
            exp: now.plus_seconds(LIFE_SECONDS).0.div_euclid(1000),
            jti: id.expose(),
            sub,
            sid,
            events: BTreeMap::from([(EVENT, Value::Object(Map::new()))]),
        }
    }
}
