//! Form bodies of OAuth endpoints: a parameter sent twice is refused (RFC 6749 3.2, NET-04).

use super::error::{OAuthCode, OAuthError};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// The parameters of one form; an empty one counts as absent (RFC 6749 section 3.2).
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body of UTF-8.
    pub(super) fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        let invalid = OAuthError(OAuthCode::InvalidRequest);
        let mut found = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            // The parser replaces broken UTF-8; nothing we take contains that replacement.
            let broken = name.contains('\u{FFFD}') || value.contains('\u{FFFD}') || value.contains('\0');
            if broken || found.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(invalid);
            }
        }
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
