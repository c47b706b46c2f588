//! What a page of ours may load, and where its forms may lead.

use poem::Response;
use poem::http::{HeaderValue, header};
use url::Url;

/// Own styles and pictures, the scripts that this page names, forms that lead to us or to the website: browsers
/// hold a form's redirect against its policy as well.
pub(crate) fn governed(mut response: Response, scripts: &str, leads_to: Option<&str>) -> Response {
    let to = leads_to.map(|to| format!(" {to}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; {scripts}form-action 'self'{to}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = policy.parse() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // `no-referrer` would make browsers send `Origin: null` with the form, which is refused.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Where an address leads, as a source of the content security policy: an origin, or an app's scheme.
pub(crate) fn source_of(address: &str) -> Option<String> {
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
