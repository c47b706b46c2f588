//! Modules about requests that are refused: at the website's address where it can be told, else by a page.

use super::Suite;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use saoma_tests::back_end::BackEnd;
use saoma_tests::house::REDIRECT_URI;
use saoma_tests::relying_party::assert_only_a_page;
use serde_json::{Value, json};

pub(super) async fn oidcc_response_type_missing(suite: &mut Suite) {
    let fields = suite.at_once(&[("response_type", "")]).await;
    assert_eq!(suite.error(&fields), "invalid_request");
}

pub(super) async fn oidcc_ensure_registered_redirect_uri(suite: &mut Suite) {
    for address in ["http://localhost:9/another", "https://evil.example/callback"] {
        let request = suite.request(&[("redirect_uri", address)]);
        assert_only_a_page(&suite.browser.authorize(&request).await, address);
    }
}

/// Refused by name, as discovery says; and nobody goes there to look.
pub(super) async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    suite: &mut Suite,
) {
    assert_eq!(suite.discovery().await["request_uri_parameter_supported"], false);
    let back_end = BackEnd::start().await;
    let address = format!("{}/request.jwt", back_end.base);
    let fields = suite.at_once(&[("request_uri", &address)]).await;
    assert_eq!(suite.error(&fields), "request_uri_not_supported");
    assert_eq!(back_end.calls(), 0);
}

/// Refused by name, and not passed over: what stands beside it is not what the website asked for.
pub(super) async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    suite: &mut Suite,
) {
    assert_eq!(suite.discovery().await["request_parameter_supported"], false);
    let object = request_object(suite, REDIRECT_URI);
    let fields = suite.at_once(&[("request", &object)]).await;
    assert_eq!(suite.error(&fields), "request_not_supported");
}

/// The address inside the object is registered, the one beside it is not: neither is gone to.
pub(super) async fn oidcc_ensure_request_object_with_redirect_uri(suite: &mut Suite) {
    let object = request_object(suite, REDIRECT_URI);
    let request = suite.request(&[("request", &object), ("redirect_uri", "http://localhost:9/another")]);
    assert_only_a_page(&suite.browser.authorize(&request).await, "the address beside the object");
    // The other way round the website is told, at its own address.
    let object = request_object(suite, "http://localhost:9/another");
    let fields = suite.at_once(&[("request", &object)]).await;
    assert_eq!(suite.error(&fields), "request_not_supported");
}

/// The usual request as a JWT that nobody signed (OpenID Connect Core section 6.1).
fn request_object(suite: &Suite, redirect_uri: &str) -> String {
    let request = suite.request(&[("redirect_uri", redirect_uri)]);
    let mut claims: Value = request.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    claims["aud"] = json!(suite.house.saoma);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims))
}
