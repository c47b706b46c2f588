//! The confirm page as its template needs it: everything the person must recognise comes from the
//! server's own data, nothing from the address.

use crate::http::hosted::source_of;
use crate::http::login::logo_url;
use crate::http::pages::{Language, Pages};
use crate::http::public_state::Public;
use poem::Response;
use poem::http::{StatusCode, header};
use saoma_core::login::Asked;
use serde::Serialize;

/// See the module.
#[derive(Serialize)]
pub(super) struct ConfirmPage {
    /// The website.
    name: String,
    /// Its host.
    domain: String,
    /// Its picture.
    logo_url: Option<String>,
    /// Where the browser is, when that is known.
    region: Option<String>,
    /// Browser and system.
    browser: Option<String>,
    /// How old the Login is.
    age_seconds: u64,
    /// Goes back with the decision.
    csrf: String,
    /// Where a decision may lead, as a source of the content security policy.
    #[serde(skip)]
    leads_to: Option<String>,
}

impl ConfirmPage {
    pub(super) fn new(asked: &Asked, public: &Public) -> Self {
        Self {
            name: asked.client.name.clone(),
            domain: asked.domain.clone(),
            logo_url: logo_url(&asked.client, public),
            region: asked.requester.region.clone(),
            browser: asked.requester.browser.clone(),
            age_seconds: asked.age_seconds,
            csrf: asked.csrf.expose().to_owned(),
            leads_to: asked.answered_at.as_deref().and_then(source_of),
        }
    }

    pub(super) fn render(&self, pages: &Pages, language: Language) -> Response {
        let mut response = pages.own(language, "confirm", self, StatusCode::OK);
        let headers = response.headers_mut();
        // Browsers hold a form's redirect against its policy as well.
        let form_action = self.leads_to.as_ref().map_or("'self'".to_owned(), |to| format!("'self' {to}"));
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
             form-action {form_action}"
        );
        if let Ok(policy) = policy.parse() {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        // `no-referrer` would make browsers send `Origin: null` with the form, which is refused. Other
        // origins still learn nothing.
        headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("same-origin"));
        response
    }
}
