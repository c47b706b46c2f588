//! Form bodies of OAuth endpoints: a parameter sent twice is refused (RFC 6749 3.2, NET-04).

use super::error::{OAuthCode, OAuthError};
use crate::http::parameters;
use std::collections::BTreeMap;

/// The parameters of one form; an empty one counts as absent (RFC 6749 section 3.2).
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body of UTF-8.
    pub(super) fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        let found = parameters::parse(body);
        let mut found = found.map_err(|parameters::Ambiguous| OAuthError(OAuthCode::InvalidRequest))?;
        found.retain(|_, value| !value.is_empty());
        Ok(Self(found))
    }

    /// A parameter, if it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError(OAuthCode::InvalidRequest))
    }
}
