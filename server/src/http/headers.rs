//! Headers every answer carries: nothing sniffed, nothing framed, nothing cached, nothing leaked.

use poem::Response;
use poem::http::header::{self, HeaderName, HeaderValue};

const COMMON: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds what the handler has not set itself.
pub(crate) fn add_security_headers(response: &mut Response, is_https: bool) {
    let headers = response.headers_mut();
    for (name, value) in COMMON {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What must not be kept must not be kept by the oldest of caches either (RFC 6749 section 5.1).
    if headers.get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store") {
        headers.entry(header::PRAGMA).or_insert(HeaderValue::from_static("no-cache"));
    }
    if is_https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
}
