//! The confirm page as its template needs it: everything the person must recognise comes from the
//! server's own data, nothing from the address.

use crate::http::login::logo_url;
use crate::http::pages::{Language, Pages};
use crate::http::public_state::Public;
use poem::Response;
use poem::http::{StatusCode, header};
use saoma_core::login::Asked;
use serde::Serialize;
use url::Url;

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
        let mut response = pages.confirm(language, self, StatusCode::OK);
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

fn source_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let origin = url.origin();
    Some(if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", url.scheme()) })
}

#[cfg(test)]
mod tests {
    use super::source_of;

    #[test]
    fn a_source_is_an_origin_or_an_apps_scheme() {
        assert_eq!(source_of("https://shop.example/cb?x=1").as_deref(), Some("https://shop.example"));
        assert_eq!(source_of("http://localhost:8070/cb").as_deref(), Some("http://localhost:8070"));
        assert_eq!(source_of("com.example.app:/cb").as_deref(), Some("com.example.app:"));
    }
}
