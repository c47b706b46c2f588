//! What a person is asked to recognise of a website.

use super::{BeginRequest, Caller};
use url::Url;

/// What a person is asked to recognise: the host where the code goes, else of the page that asks. An
/// app's own scheme has no host and stands for itself; nothing at all is never shown.
pub(super) fn domain_of(request: &BeginRequest) -> String {
    let origin = match &request.caller {
        Caller::Page { origin } => Some(origin),
        Caller::OwnPage | Caller::BackEnd => None,
    };
    let client = &request.client;
    let mut places =
        request.redirect_uri.iter().chain(origin).chain(&client.redirect_uris).chain(&client.origins);
    places.find_map(|place| recognisable(place)).unwrap_or_else(|| client.id.to_string())
}

fn recognisable(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(url.host_str().unwrap_or_else(|| url.scheme()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::recognisable;

    #[test]
    fn an_app_is_recognised_by_its_scheme_and_a_site_by_its_host() {
        assert_eq!(recognisable("https://shop.example/cb").as_deref(), Some("shop.example"));
        assert_eq!(recognisable("com.example.app:/cb").as_deref(), Some("com.example.app"));
        assert_eq!(recognisable("rubbish"), None);
    }
}
