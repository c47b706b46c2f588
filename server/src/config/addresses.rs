//! The grammar of addresses in a configuration: ours, origins, redirect URIs, ranges.

use url::{Host, Url};

/// Whether an address is on this machine.
pub fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An address of ours: https, or http on loopback; scheme and host only, exactly as written.
pub(super) fn check_own(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "is not an address like https://login.example.com")?;
    if text != url.origin().ascii_serialization() {
        return Err("must be scheme and host (and port), lower case, without path or trailing slash");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback_host(&url) => Ok(()),
        _ => Err("must be https; http is for this machine only (127.0.0.1, localhost)"),
    }
}

/// An origin as browsers write it.
pub(super) fn check_origin(text: &str) -> Result<(), &'static str> {
    check_own(text).map_err(|why| {
        if why.starts_with("is not") { "is not an origin like https://shop.example.com" } else { why }
    })
}

/// A redirect URI: absolute, no fragment, no user, https, http on loopback, or an app's own scheme.
pub(super) fn check_redirect_uri(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "is not an absolute address")?;
    if text.contains('#') {
        return Err("must not have a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not have a user or password");
    }
    if text.contains('*') || text.contains('\\') || text.chars().any(char::is_whitespace) {
        return Err("must not have wildcards, backslashes or blanks");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback_host(&url) => Ok(()),
        "http" => Err("must be https; http is for this machine only"),
        // RFC 8252 section 7.1: an app's own scheme is a reversed domain name.
        scheme if scheme.contains('.') => Ok(()),
        _ => Err("must be https, http on this machine, or a scheme with a dot such as com.example.app"),
    }
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
            assert_eq!(check_own(good).map_err(|_| ()), expected, "{good}");
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
            assert!(check_own(bad).is_err(), "{bad}");
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
