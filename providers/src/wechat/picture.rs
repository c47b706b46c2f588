//! Where pictures of people may come from: WeChat's own picture hosts, or the configured API.
//!
//! An answer could name any address; what is not one of these is no picture.

use super::base::VendorBase;
use url::Url;

const HOSTS: [&str; 2] = ["https://thirdwx.qlogo.cn", "https://wx.qlogo.cn"];
const LIMIT: usize = 1024;

/// The addresses that the host must let be called for pictures.
pub(super) fn hosts() -> impl Iterator<Item = Url> {
    HOSTS.iter().filter_map(|host| Url::parse(host).ok())
}

/// The address of a picture, if it may be fetched.
pub(super) fn accept(base: &VendorBase, address: &str) -> Option<String> {
    let mut url = Url::parse(address).ok().filter(|_| address.len() <= LIMIT)?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    if url.origin() == base.url().origin() {
        return Some(url.into());
    }
    // WeChat still gives addresses with http at times; its hosts speak https as well.
    if url.scheme() == "http" {
        url.set_scheme("https").ok()?;
    }
    hosts().any(|host| host.origin() == url.origin()).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(base: &str, address: &str) -> Option<String> {
        accept(&VendorBase::parse(base, &[]).unwrap(), address)
    }

    #[test]
    fn wechats_own_hosts_are_asked_over_https() {
        for (address, wanted) in [
            ("http://thirdwx.qlogo.cn/mmopen/a/132", "https://thirdwx.qlogo.cn/mmopen/a/132"),
            ("https://wx.qlogo.cn/mmopen/a/0", "https://wx.qlogo.cn/mmopen/a/0"),
        ] {
            assert_eq!(accepted("https://api.weixin.qq.com", address).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn the_configured_api_may_have_pictures_of_its_own() {
        let own = "http://127.0.0.1:8090/avatar/1";
        assert_eq!(accepted("http://127.0.0.1:8090", own).as_deref(), Some(own));
        assert_eq!(accepted("http://127.0.0.1:8091", own), None);
    }

    #[test]
    fn nothing_else_is_a_picture() {
        for address in [
            "",
            "/132",
            "ftp://thirdwx.qlogo.cn/1",
            "data:image/png;base64,AA",
            "https://thirdwx.qlogo.cn:8443/1",
            "https://thirdwx.qlogo.cn.evil.test/1",
            "https://user@thirdwx.qlogo.cn/1",
            "https://127.0.0.1/1",
            "https://169.254.169.254/latest",
            &format!("https://wx.qlogo.cn/{}", "a".repeat(LIMIT)),
        ] {
            assert_eq!(accepted("https://api.weixin.qq.com", address), None, "{address}");
        }
    }
}
