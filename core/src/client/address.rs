//! The grammar of addresses: ours, origins, redirect URIs. What is wrong has a word, and a sentence.
//!
//! Addresses are compared byte for byte later on, so what a browser would write otherwise is refused here.

use url::{Host, Url};

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Not an address at all.
    #[error("is not an absolute address")]
    NotAbsolute,
    /// Not an origin.
    #[error("is not an address like https://shop.example.com")]
    NotAnOrigin,
    /// More than an origin, or written otherwise than browsers do.
    #[error("must be scheme and host (and port), lower case, without path or trailing slash")]
    MoreThanAnOrigin,
    /// Plain http to elsewhere.
    #[error("must be https; http is for this machine only (127.0.0.1, localhost)")]
    NotHttps,
    /// A part after `#`.
    #[error("must not have a fragment")]
    Fragment,
    /// A user or a password.
    #[error("must not have a user or password")]
    Credentials,
    /// Wildcards, backslashes, blanks.
    #[error("must not have wildcards, backslashes or blanks")]
    OddCharacters,
    /// A scheme that nobody owns.
    #[error("must be https, http on this machine, or a scheme with a dot such as com.example.app")]
    Scheme,
}

impl AddressProblem {
    /// The word that never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAbsolute => "address_not_absolute",
            Self::NotAnOrigin => "address_not_an_origin",
            Self::MoreThanAnOrigin => "address_more_than_an_origin",
            Self::NotHttps => "address_not_https",
            Self::Fragment => "address_fragment",
            Self::Credentials => "address_credentials",
            Self::OddCharacters => "address_odd_characters",
            Self::Scheme => "address_scheme",
        }
    }
}

/// Whether an address is on this machine.
pub fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An origin as browsers write it: https, or http on loopback; scheme and host only.
pub fn check_origin(text: &str) -> Result<(), AddressProblem> {
    let url = Url::parse(text).map_err(|_| AddressProblem::NotAnOrigin)?;
    if text != url.origin().ascii_serialization() {
        return Err(AddressProblem::MoreThanAnOrigin);
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback_host(&url) => Ok(()),
        _ => Err(AddressProblem::NotHttps),
    }
}

/// A redirect URI: absolute, no fragment, no user, https, http on loopback, or an app's own scheme.
pub fn check_redirect_uri(text: &str) -> Result<(), AddressProblem> {
    let url = Url::parse(text).map_err(|_| AddressProblem::NotAbsolute)?;
    if text.contains('#') {
        return Err(AddressProblem::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressProblem::Credentials);
    }
    if text.contains('*') || text.contains('\\') || text.chars().any(char::is_whitespace) {
        return Err(AddressProblem::OddCharacters);
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback_host(&url) => Ok(()),
        "http" => Err(AddressProblem::NotHttps),
        // RFC 8252 section 7.1: an app's own scheme is a reversed domain name.
        scheme if scheme.contains('.') => Ok(()),
        _ => Err(AddressProblem::Scheme),
    }
}

/// An address that we call ourselves: https, or http on loopback, as a redirect URI otherwise.
pub(super) fn check_called_uri(text: &str) -> Result<(), AddressProblem> {
    check_redirect_uri(text)?;
    let is_web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if is_web { Ok(()) } else { Err(AddressProblem::NotHttps) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses() {
        for good in
            ["https://login.example.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:80"]
        {
            let expected = if good.ends_with(":80") { Err(()) } else { Ok(()) };
            assert_eq!(check_origin(good).map_err(|_| ()), expected, "{good}");
        }
        for bad in [
            "https://a.b/",
            "https://a.b/x",
            "http://a.b",
            "https://A.b",
            "ftp://a.b",
            "a.b",
            "https://u@a.b",
        ] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn redirect_uris() {
        for good in ["https://a.b/cb", "https://a.b/cb?x=1", "http://localhost:1/cb", "com.example.app:/cb"] {
            assert_eq!(check_redirect_uri(good), Ok(()), "{good}");
        }
        for bad in [
            "http://a.b/cb",
            "https://a.b/#f",
            "https://u:p@a.b/",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc",
            "/cb",
            "https://*.a.b/",
            "https://a.b\\c",
            "app:/cb",
        ] {
            assert!(check_redirect_uri(bad).is_err(), "{bad}");
        }
    }
}
