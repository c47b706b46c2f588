//! The browser goes to the website with its answer: by redirect, or by a form that posts itself.

use crate::http::callback::see_other;
use crate::http::pages::{Language, source_of};
use crate::http::public_state::Public;
use poem::Response;
use poem::http::{StatusCode, header};
use saoma_core::authorization::{ResponseMode, SiteAnswer};
use serde::Serialize;

/// OAuth 2.0 Form Post Response Mode, section 2.
#[derive(Serialize)]
struct PostPage<'a> {
    action: &'a str,
    fields: &'a [(&'static str, String)],
    nonce: String,
}

/// See the module.
pub(in crate::http) fn leave(public: &Public, language: Language, answer: &SiteAnswer) -> Response {
    match answer.mode {
        ResponseMode::Query | ResponseMode::Device => see_other(&answer.address()),
        ResponseMode::FormPost => post(public, language.wanted(answer.locale.as_deref()), answer),
    }
}

fn post(public: &Public, language: Language, answer: &SiteAnswer) -> Response {
    let nonce = public.entropy.base64url::<16>();
    let page = PostPage { action: &answer.redirect_uri, fields: &answer.fields, nonce: nonce.clone() };
    let mut response = public.pages.own(language, "post", &page, StatusCode::OK);
    let to = source_of(&answer.redirect_uri).unwrap_or_else(|| "'none'".to_owned());
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'nonce-{nonce}'; form-action {to}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    if let Ok(policy) = policy.parse() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
