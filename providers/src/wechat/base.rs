//! The address of WeChat's API as configured, and what its answers are allowed to mean.
//!
//! Only official hosts, and addresses the operator vouches for, may name real people. All others
//! get namespaces of their own, so that nothing they say can ever meet a real account.

use crate::fault::Fault;
use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Hosts of WeChat's own that answer our calls.
const OFFICIAL: [&str; 5] = [
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
];

/// The host of WeChat's own that shows pages to people.
const OFFICIAL_PAGES: [&str; 1] = ["open.weixin.qq.com"];

/// A base address that passed the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorBase {
    url: Url,
    /// `@host:port` unless trusted.
    mark: String,
}

impl VendorBase {
    /// Checks the address of the API; the fault completes the sentence "this setting …".
    pub fn parse(text: &str, trusted: &[Url]) -> Result<Self, Fault> {
        Self::check(text, &OFFICIAL, trusted)
    }

    /// Checks the address of the pages that a person's browser is sent to.
    pub fn parse_pages(text: &str, trusted: &[Url]) -> Result<Self, Fault> {
        Self::check(text, &OFFICIAL_PAGES, trusted)
    }

    fn check(text: &str, official: &[&str], trusted: &[Url]) -> Result<Self, Fault> {
        let url = Url::parse(text).map_err(|_| Fault::NotAbsolute)?;
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
            Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err(Fault::NoHost),
        };
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(Fault::HttpElsewhere),
            _ => return Err(Fault::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Fault::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Fault::Query);
        }
        let vouched = is_official(&url, official) || trusted.iter().any(|one| trimmed(one) == trimmed(&url));
        let mark = if vouched { String::new() } else { mark_of(&url) };
        Ok(Self { url, mark })
    }

    /// The address itself.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether its answers may name real people.
    pub fn is_trusted(&self) -> bool {
        self.mark.is_empty()
    }

    /// The address of a call; `path` starts with a slash.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
    }

    /// Whose openids these are.
    pub fn namespace(&self, appid: &str) -> String {
        format!("wechat{}:{appid}", self.mark)
    }

    /// Whose unionids these are.
    pub fn union_namespace(&self, open_platform_account: &str) -> String {
        format!("wechat-union{}:{open_platform_account}", self.mark)
    }
}

fn is_official(url: &Url, official: &[&str]) -> bool {
    url.scheme() == "https"
        && url.port().is_none()
        && url.host_str().is_some_and(|host| official.contains(&host))
}

fn trimmed(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

fn mark_of(url: &Url) -> String {
    // Both parts are there: `parse` has refused addresses without a host and unknown schemes.
    let port = url.port_or_known_default().unwrap_or_default();
    format!("@{}:{port}", url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn namespaces(base: &str, trusted: &[Url]) -> (String, String) {
        let base = VendorBase::parse(base, trusted).unwrap();
        (base.namespace("wx1"), base.union_namespace("main"))
    }

    #[test]
    fn official_hosts_share_the_plain_namespaces() {
        for host in OFFICIAL {
            let plain = ("wechat:wx1".to_owned(), "wechat-union:main".to_owned());
            assert_eq!(namespaces(&format!("https://{host}"), &[]), plain, "{host}");
        }
    }

    #[test]
    fn any_other_base_is_part_of_both_namespaces() {
        for (base, mark) in [
            ("http://127.0.0.1:8090", "127.0.0.1:8090"),
            ("http://localhost", "localhost:80"),
            ("http://[::1]:9", "[::1]:9"),
            ("https://relay.example.com/wx/", "relay.example.com:443"),
            ("https://api.weixin.qq.com:8443", "api.weixin.qq.com:8443"),
            ("https://api.weixin.qq.com.evil.test", "api.weixin.qq.com.evil.test:443"),
        ] {
            let marked = (format!("wechat@{mark}:wx1"), format!("wechat-union@{mark}:main"));
            assert_eq!(namespaces(base, &[]), marked);
        }
    }

    #[test]
    fn a_trusted_base_is_trusted_exactly() {
        let trusted = ["https://relay.example.com/wx/".parse().unwrap()];
        let is_trusted = |base: &str| VendorBase::parse(base, &trusted).unwrap().is_trusted();
        assert!(is_trusted("https://relay.example.com/wx"));
        assert!(!is_trusted("https://relay.example.com/other"));
        assert!(!is_trusted("https://relay.example.com"));
    }

    #[test]
    fn unsafe_bases_are_refused_with_a_reason() {
        for base in [
            "api.weixin.qq.com",
            "http://api.weixin.qq.com",
            "http://10.0.0.1",
            "http://127.0.0.2",
            "ftp://localhost",
            "data:x",
            "https://user@relay.example.com",
            "https://:word@relay.example.com",
            "https://relay.example.com/?a=b",
            "https://relay.example.com/#a",
        ] {
            let told = VendorBase::parse(base, &[]).unwrap_err();
            assert!(told.at("").message.starts_with("must "), "{base}");
        }
    }

    #[test]
    fn pages_have_an_official_host_of_their_own() {
        let is_trusted = |base: &str| VendorBase::parse_pages(base, &[]).unwrap().is_trusted();
        assert!(is_trusted("https://open.weixin.qq.com"));
        assert!(!is_trusted("https://api.weixin.qq.com") && !is_trusted("http://127.0.0.1:8090"));
        assert!(!VendorBase::parse("https://open.weixin.qq.com", &[]).unwrap().is_trusted());
    }

    #[test]
    fn calls_go_below_the_base() {
        for (base, call) in [
            ("https://api.weixin.qq.com", "https://api.weixin.qq.com/sns/jscode2session"),
            ("https://relay.example.com/wx/", "https://relay.example.com/wx/sns/jscode2session"),
        ] {
            assert_eq!(VendorBase::parse(base, &[]).unwrap().join("/sns/jscode2session").as_str(), call);
        }
    }
}
