//! Who takes part: the apps registered with the pretend WeChat, and the persons who own pretend phones.
//! Identifiers are functions of their names, so that they survive a restart; nothing here is stored.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::crypt;

/// What sort of account an appid belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    /// A mini-program.
    #[default]
    MiniProgram,
    /// A service account, which people follow and chat with.
    ServiceAccount,
    /// A website application of the open platform.
    Website,
}

/// How pushes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushMode {
    /// As readable XML.
    Plain,
    /// Readable and encrypted side by side.
    Compatible,
    /// Encrypted.
    Safe,
}

/// How pushes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushFormat {
    /// As XML; the only one for service accounts.
    #[default]
    Xml,
    /// As JSON, where a mini-program or a website has chosen it.
    Json,
}

/// Where and how an app wants its pushes, as typed into WeChat's console.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushSettings {
    /// The app's server; plain http to this machine.
    pub url: Url,
    /// The token that signatures are made with.
    pub token: String,
    /// The EncodingAESKey of 43 characters; needed in two of the modes.
    pub aes_key: Option<String>,
    /// The key before it; replies under it are still understood.
    pub aes_key_previous: Option<String>,
    /// How pushes travel.
    pub mode: PushMode,
    /// How they are written.
    #[serde(default)]
    pub format: PushFormat,
}

/// An account at the pretend WeChat.
#[derive(Clone)]
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
    /// Whether its administrator is asked before a token is given for the first time.
    pub admin_confirms: bool,
    /// The server address set in the mini-program's own source.
    pub companion_url: Option<Url>,
    /// The name people see.
    pub name: String,
    /// Whether WeChat has verified it; without, most calls are not granted.
    pub verified: bool,
    /// A test number: may do what a verified account may, with a tenth of the quotas.
    pub test_account: bool,
    /// The account's original id, `gh_` and twelve more.
    pub original_id: String,
    /// Hosts, or hosts with ports, that web pages may return to.
    pub domains: Vec<String>,
    /// Where its pushes go, if anywhere.
    pub push: Option<PushSettings>,
    /// A character or two that the phone shows as its picture.
    pub avatar: Option<String>,
}

impl App {
    /// A mini-program without pages.
    pub fn mini_program(appid: &str, secret: &str, name: &str) -> Self {
        Self::new(AppKind::MiniProgram, appid, secret, name)
    }

    /// A verified service account that wants no pushes.
    pub fn service_account(appid: &str, secret: &str, name: &str) -> Self {
        Self::new(AppKind::ServiceAccount, appid, secret, name)
    }

    /// A reviewed website application without a callback domain.
    pub fn website(appid: &str, secret: &str, name: &str) -> Self {
        Self::new(AppKind::Website, appid, secret, name)
    }

    pub(crate) fn new(kind: AppKind, appid: &str, secret: &str, name: &str) -> Self {
        Self {
            appid: appid.to_owned(),
            secret: secret.to_owned(),
            kind,
            pages: Vec::new(),
            open_platform: None,
            ip_allow_list: None,
            admin_confirms: false,
            companion_url: None,
            name: name.to_owned(),
            verified: true,
            test_account: false,
            original_id: original_id(appid),
            domains: Vec::new(),
            push: None,
            avatar: None,
        }
    }

    /// Whether a page at this address may be returned to.
    pub(crate) fn may_return_to(&self, address: &Url) -> bool {
        let Some(host) = address.host_str() else { return false };
        let port = address.port_or_known_default().unwrap_or_default();
        matches!(address.scheme(), "http" | "https")
            && self.domains.iter().any(|domain| *domain == host || *domain == format!("{host}:{port}"))
    }
}

/// Somebody with a pretend phone.
#[derive(Clone)]
pub struct Person {
    /// A slug.
    pub id: String,
    /// What we call them.
    pub name: String,
    /// Their nickname in WeChat; what their phone suggests in a nickname field.
    pub nickname: String,
    /// Whether WeChat blocks their logins (errcode 40226).
    pub high_risk: bool,
    /// Whether they see web pages as snapshots only, under a virtual account.
    pub snapshot: bool,
    /// Bytes that `sns/userinfo` puts into its JSON in place of the nickname, well-formed or not.
    pub nickname_raw: Option<Vec<u8>>,
    /// Whether they have a picture.
    pub has_avatar: bool,
}

impl Person {
    /// Somebody with a picture and nothing odd about them.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            nickname: name.to_owned(),
            high_risk: false,
            snapshot: false,
            nickname_raw: None,
            has_avatar: true,
        }
    }
}

/// 28 characters; like the real ones, those of one app share their first six.
pub(crate) fn openid(appid: &str, person: &str) -> String {
    identifier(("openid", appid), person, 22)
}

/// 28 characters, the same in every app bound to one open-platform account.
pub(crate) fn unionid(open_platform: &str, person: &str) -> String {
    identifier(("unionid", open_platform), person, 22)
}

/// What a snapshot page is told instead: a virtual account's openid.
pub(crate) fn virtual_openid(appid: &str, person: &str) -> String {
    identifier(("snapshot", appid), person, 22)
}

/// `gh_` and twelve hexadecimal digits.
pub(crate) fn original_id(appid: &str) -> String {
    let digest = Sha256::digest(format!("original {appid}"));
    let digits: String = crypt::hex(&digest).chars().take(12).collect();
    format!("gh_{digits}")
}

fn identifier(scope: (&str, &str), person: &str, length: usize) -> String {
    let prefix = digest(&[scope.0, scope.1]);
    let rest = digest(&[scope.0, scope.1, person]);
    prefix_of("o", &prefix, 5) + &prefix_of("", &rest, length)
}

fn prefix_of(start: &str, text: &str, length: usize) -> String {
    start.chars().chain(text.chars().take(length)).collect()
}

/// Base64url of SHA-256 over several texts.
pub(crate) fn digest(parts: &[&str]) -> String {
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
        assert_ne!(one, virtual_openid("wx1", "ming"));
    }

    #[test]
    fn unionid_depends_on_the_open_platform_account_only() {
        let one = unionid("main", "ming");
        assert_eq!((one.len(), one.starts_with('o')), (28, true));
        assert_ne!(one, unionid("other", "ming"));
        assert_ne!(one, openid("main", "ming"));
    }

    #[test]
    fn an_original_id_has_the_usual_shape() {
        let id = original_id("wx1");
        assert_eq!((id.len(), id.starts_with("gh_")), (15, true));
        assert_ne!(id, original_id("wx2"));
    }

    #[test]
    fn a_domain_covers_every_port_and_a_named_port_only_itself() {
        let mut app = App::website("wx1", "s", "Site");
        let may = |app: &App, address: &str| app.may_return_to(&Url::parse(address).unwrap());
        assert!(!may(&app, "http://localhost/x"));
        app.domains = vec!["localhost".to_owned(), "shop.example:8443".to_owned()];
        assert!(may(&app, "http://localhost/x") && may(&app, "https://localhost:9/x"));
        assert!(may(&app, "https://shop.example:8443/x") && !may(&app, "https://shop.example/x"));
        assert!(!may(&app, "ftp://localhost/x") && !may(&app, "http://localhost.evil/x"));
    }
}
