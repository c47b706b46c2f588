//! Who takes part: the apps registered with the pretend WeChat, and the persons who own pretend phones.
//! Identifiers are functions of their names, so that they survive a restart; nothing here is stored.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

/// What sort of account an appid belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    /// A mini-program.
    #[default]
    MiniProgram,
}

/// An account at the pretend WeChat.
#[derive(Clone, Debug)]
pub struct App {
    /// Its public identifier.
    pub appid: String,
    /// Its AppSecret.
    pub secret: String,
    /// What sort of account it is.
    pub kind: AppKind,
    /// Pages in the released version, without a leading slash.
    pub pages: Vec<String>,
    /// The open-platform account it is bound to; then a unionid is returned.
    pub open_platform: Option<String>,
    /// Addresses that may ask for its token; `None` lets all in.
    pub ip_allow_list: Option<Vec<IpAddr>>,
    /// The server address set in the mini-program's own source.
    pub companion_url: Option<Url>,
    /// The name people see.
    pub name: String,
}

/// Somebody with a pretend phone.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// A slug.
    pub id: String,
    /// What we call them.
    pub name: String,
    /// The nickname their phone suggests in a nickname field.
    pub nickname: String,
    /// Whether WeChat blocks their logins (errcode 40226).
    pub high_risk: bool,
}

/// 28 characters; like the real ones, those of one app share their first six.
pub(crate) fn openid(appid: &str, person: &str) -> String {
    identifier(("openid", appid), person, 22)
}

/// 28 characters, the same in every app bound to one open-platform account.
pub(crate) fn unionid(open_platform: &str, person: &str) -> String {
    identifier(("unionid", open_platform), person, 22)
}

fn identifier(scope: (&str, &str), person: &str, length: usize) -> String {
    let prefix = digest(&[scope.0, scope.1]);
    let rest = digest(&[scope.0, scope.1, person]);
    prefix_of("o", &prefix, 5) + &prefix_of("", &rest, length)
}

fn prefix_of(start: &str, text: &str, length: usize) -> String {
    start.chars().chain(text.chars().take(length)).collect()
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // Length first, so that no two lists of parts read alike.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openid_is_stable_per_app_and_person() {
        let one = openid("wx1", "ming");
        assert_eq!(one, openid("wx1", "ming"));
        assert_eq!((one.len(), one.starts_with('o')), (28, true));
        assert_ne!(one, openid("wx2", "ming"));
        assert_ne!(one, openid("wx1", "hong"));
        assert_eq!(one[..6], openid("wx1", "hong")[..6]);
    }

    #[test]
    fn unionid_depends_on_the_open_platform_account_only() {
        let one = unionid("main", "ming");
        assert_eq!((one.len(), one.starts_with('o')), (28, true));
        assert_ne!(one, unionid("other", "ming"));
        assert_ne!(one, openid("main", "ming"));
    }
}
