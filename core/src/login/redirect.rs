//! The address that takes a browser back to its website with a code.
//!
//! The registered redirect_uri is kept byte for byte; parameters are joined to its query.

use url::form_urlencoded;

/// `redirect_uri` with `code`, the website's `state` if it gave one, and `iss` (RFC 9207).
pub(super) fn with_code(redirect_uri: &str, code: &str, state: Option<&str>, issuer: &str) -> String {
    joined(redirect_uri, ("code", code), state, issuer)
}

/// The same with an `error` in place of the code (RFC 6749 section 4.1.2.1).
pub(super) fn with_error(redirect_uri: &str, error: &str, state: Option<&str>, issuer: &str) -> String {
    joined(redirect_uri, ("error", error), state, issuer)
}

fn joined(redirect_uri: &str, (name, value): (&str, &str), state: Option<&str>, issuer: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{joint}{}", query.finish())
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
