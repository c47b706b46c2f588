//! Which addresses one instance may call: the origins it declared, written safely (NET-01).
//!
//! Refuses other origins, plain http beyond loopback, and credentials inside an address.

use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Origin, Url};

/// The origins an instance declared.
#[derive(Debug, Clone)]
pub struct Permit {
    origins: Vec<Origin>,
}

impl Permit {
    /// For these base addresses and nothing else.
    pub fn new(bases: &[Url]) -> Self {
        Self { origins: bases.iter().map(Url::origin).collect() }
    }

    /// Whether this address may be called.
    pub fn allows(&self, url: &Url) -> bool {
        let bare = url.username().is_empty() && url.password().is_none();
        let safe = match url.scheme() {
            "https" => true,
            "http" => names_loopback(url),
            _ => false,
        };
        bare && safe && self.origins.contains(&url.origin())
    }
}

/// Whether the host is literally loopback. The rest of 127.0.0.0/8 is not what anyone configures.
pub(crate) fn names_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(base: &str, url: &str) -> bool {
        Permit::new(&[base.parse().unwrap()]).allows(&url.parse().unwrap())
    }

    #[test]
    fn net_01_only_declared_origins() {
        let base = "https://api.weixin.qq.com";
        assert!(allows(base, "https://api.weixin.qq.com/sns/jscode2session"));
        assert!(allows(base, "https://API.weixin.qq.com:443/x"));
        for other in [
            "https://api.weixin.qq.com:444/x",
            "http://api.weixin.qq.com/x",
            "https://api.weixin.qq.com.evil.test/x",
            "https://api.weixin.qq.com@evil.test/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://[::ffff:127.0.0.1]/x",
        ] {
            assert!(!allows(base, other), "{other}");
        }
    }

    #[test]
    fn net_01_http_is_for_literal_loopback() {
        for base in ["http://127.0.0.1:8090", "http://[::1]:8090", "http://localhost:8090"] {
            assert!(allows(base, base), "{base}");
        }
        for base in ["http://127.0.0.2", "http://10.0.0.1", "http://vendor.test", "ftp://localhost", "data:x"]
        {
            assert!(!allows(base, base), "{base}");
        }
    }

    #[test]
    fn net_01_no_credentials_in_addresses() {
        assert!(!allows("https://vendor.test", "https://user@vendor.test/"));
        assert!(!allows("https://vendor.test", "https://:word@vendor.test/"));
    }
}
