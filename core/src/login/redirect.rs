//! The address that takes a browser back to its website with a code.
//!
//! The registered redirect_uri is kept byte for byte; parameters are joined to its query.

use crate::id::AuthorizationId;
use url::form_urlencoded;

/// `redirect_uri` with `code`, the website's `state` if it gave one, and `iss` (RFC 9207).
pub(super) fn with_code(redirect_uri: &str, code: &str, state: Option<&str>, issuer: &str) -> String {
    answered(redirect_uri, ("code", code), state, issuer)
}

/// The same with an `error` in place of the code (RFC 6749 section 4.1.2.1).
pub(super) fn with_error(redirect_uri: &str, error: &str, state: Option<&str>, issuer: &str) -> String {
    answered(redirect_uri, ("error", error), state, issuer)
}

/// Our own page where an authorization goes on.
pub(crate) fn login_page(issuer: &str, authorization: &AuthorizationId) -> String {
    format!("{issuer}/login/{authorization}")
}

/// `redirect_uri` with these in its query.
pub(crate) fn joined<'a>(redirect_uri: &str, fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{joint}{query}")
}

fn answered(redirect_uri: &str, said: (&str, &str), state: Option<&str>, issuer: &str) -> String {
    let state = state.map(|state| ("state", state));
    joined(redirect_uri, [said].into_iter().chain(state).chain([("iss", issuer)]))
}

#[cfg(test)]
mod tests {
    use super::with_code;

    #[test]
    fn keeps_the_address_and_its_query() {
        assert_eq!(
            with_code("https://shop.example/cb", "c", Some("a b&"), "https://id.example"),
            "https://shop.example/cb?code=c&state=a+b%26&iss=https%3A%2F%2Fid.example"
        );
        assert!(
            with_code("https://shop.example/cb?x=1", "c", None, "i")
                .starts_with("https://shop.example/cb?x=1&code=c")
        );
    }
}
