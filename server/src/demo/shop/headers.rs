//! The security headers of every answer of the shop, errors included.
//!
//! The content policy names two origins, the shop's and Saoma's, and allows no inline script or style;
//! of Saoma's scripts it allows the kit.

use poem::Response;
use poem::http::HeaderValue;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

/// The content policy: the kit and code pictures come from Saoma, and the kit talks to it.
pub(super) fn content_policy(saoma: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' {saoma}/kit/; style-src 'self'; img-src 'self' {saoma}; \
         connect-src 'self' {saoma}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Adds what protects a page; pages are never stored unless the handler said otherwise.
pub(super) fn secure(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
