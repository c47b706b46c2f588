//! Serves the phone: a page, its style and its scripts, all inside the binary.
//! No templates and no state; the page itself calls the control interface.

use hyper::Method;
use hyper::StatusCode;
use hyper::header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use rust_embed::Embed;

use crate::call::{Call, Reply};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'";

#[derive(Embed)]
#[folder = "phone/"]
struct Files;

/// Whether the path belongs to the phone.
pub(crate) fn owns(path: &str) -> bool {
    path == "/" || path == "/phone" || path.starts_with("/phone/") || path == "/favicon.ico"
}

/// Answers with the page or one of its parts.
pub(crate) fn answer(call: &Call) -> Reply {
    if call.method != Method::GET && call.method != Method::HEAD {
        return Reply::method_not_allowed("GET");
    }
    let name = match call.path.as_str() {
        "/" | "/phone" | "/phone/" => "index.html",
        "/favicon.ico" => "icon.svg",
        path => path.strip_prefix("/phone/").unwrap_or_default(),
    };
    let Some(file) = Files::get(name) else {
        return Reply::new(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "not found\n");
    };
    Reply::new(StatusCode::OK, content_type(name), file.data.into_owned())
        .with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))
        .with(REFERRER_POLICY, HeaderValue::from_static("no-referrer"))
        .with(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
