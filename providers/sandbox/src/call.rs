//! One request and one reply as plain values: what every surface of the sandbox works on.
//! No routing and no rules here; whatever came over the wire is untrusted text.

use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::HeaderMap;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use hyper::{Method, Response, StatusCode};
use serde::Serialize;
use url::{Host, Url, form_urlencoded};

/// A request, read whole.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
    /// Whose phone's browser asks, by its cookie.
    pub(crate) person: Option<String>,
    /// Whether the reader prefers English to Chinese.
    pub(crate) english: bool,
    /// Whether another site's page asks, or asks by a name that is not this machine's.
    pub(crate) foreign: bool,
}

/// What the headers tell of the page behind a request. Browsers add them; programs need not.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let host = text("host").unwrap_or_default();
    // A name that somebody made point here (DNS rebinding) is not one of these.
    let own_host = Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
    let other_origin = text("origin").is_some_and(|origin| origin != format!("http://{host}"));
    !own_host || other_origin || text("sec-fetch-site") == Some("cross-site")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The cookie that makes a browser somebody's WeChat.
pub(crate) const PERSON_COOKIE: &str = "sandbox_person";

/// The person named by the cookie.
pub(crate) fn person_of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == PERSON_COOKIE).map(|(_, value)| value.to_owned())
}

/// Whether the first language asked for is English.
pub(crate) fn prefers_english(headers: &HeaderMap) -> bool {
    headers.get("accept-language").is_some_and(|value| value.as_bytes().starts_with(b"en"))
}

impl Call {
    pub(crate) fn parse_query(query: Option<&str>) -> Vec<(String, String)> {
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
    }

    /// The first value of a query parameter, if it is there and not empty.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let (_, value) = self.query.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

/// A reply, built whole.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Self { status, headers, body: body.into() }
    }

    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self::new(status, "application/json", body)
    }

    pub(crate) fn ok(value: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, value)
    }

    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Bytes::new() }
    }

    /// Sends the browser elsewhere.
    pub(crate) fn redirect(status: StatusCode, address: &str) -> Option<Self> {
        let address = HeaderValue::from_str(address).ok()?;
        Some(Self::new(status, "text/plain", "").with(LOCATION, address))
    }

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "method not allowed\n")
            .with(ALLOW, HeaderValue::from_static(allow))
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Puts one value in place of all there were.
    pub(crate) fn replacing(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.with(name, value)
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn into_http(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(pairs: &[(&'static str, &'static str)]) -> bool {
        is_foreign(
            &pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect(),
        )
    }

    #[test]
    fn programs_and_the_phones_own_page_are_not_foreign() {
        assert!(!foreign(&[("host", "127.0.0.1:8090")]));
        assert!(!foreign(&[("host", "localhost:8090"), ("origin", "http://localhost:8090")]));
        assert!(!foreign(&[("host", "[::1]:8090"), ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn other_pages_and_names_pointed_here_are() {
        assert!(foreign(&[("host", "127.0.0.1:8090"), ("origin", "https://evil.example")]));
        assert!(foreign(&[("host", "127.0.0.1:8090"), ("origin", "null")]));
        assert!(foreign(&[("host", "127.0.0.1:8090"), ("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("host", "evil.example:8090")]));
        assert!(foreign(&[]));
    }
}
