//! The pretend WeChat with what a demo needs: an account of each sort, several persons, and the
//! provider configuration that goes with them.
//!
//! These accounts exist at the sandbox only; WeChat will never give their appids to anyone.

use saoma_core::Entropy;
use saoma_sandbox::{App, Options, Person, PushFormat, PushMode, PushSettings, Sandbox};
use std::io;
use std::net::SocketAddr;
use url::Url;

/// A few people one can be.
const PERSONS: [(&str, &str, &str); 3] =
    [("xiaoming", "张小明", "小明"), ("lihua", "李华", "李华🌿"), ("alex", "Alex Chen", "Alex")];
/// Who follows the accounts already; the others are asked to.
pub(crate) const FOLLOWER: &str = "xiaoming";
/// The open-platform account all apps are bound to: one person is one user, whatever the way.
const OPEN_PLATFORM: &str = "main";
const AES_KEY_CHARACTERS: usize = 43;

/// An app of the pretend WeChat.
struct Account {
    slug: &'static str,
    kind: &'static str,
    appid: &'static str,
    secret: &'static str,
    /// As people see it in WeChat.
    name: &'static str,
    /// As the website's visitors read it; in both languages where the kind has no words for it.
    title: &'static str,
    /// Settings of its own.
    extra: &'static str,
}

const MINI: Account = Account {
    slug: "mini",
    kind: "wechat_mini_program",
    appid: "wx5a0a0a0a0a0a0a01",
    secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0a01",
    name: "扫码登录",
    title: "小程序码",
    extra: "page = \"pages/login/index\"\nphone_link = \"scheme\"",
};
const SERVICE: Account = Account {
    slug: "service",
    kind: "wechat_service_account",
    appid: "wx5a0a0a0a0a0a0a02",
    secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0a02",
    name: "小店服务号",
    title: "公众号 · Official Account",
    extra: "confirm = \"page\"",
};
const CHAT: Account = Account {
    slug: "chat",
    kind: "wechat_service_account",
    appid: "wx5a0a0a0a0a0a0a03",
    secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0a03",
    name: "小店助手",
    title: "公众号对话 · Account chat",
    extra: "confirm = \"number\"",
};
const WEBSITE: Account = Account {
    slug: "website",
    kind: "wechat_open_platform",
    appid: "wx5a0a0a0a0a0a0a04",
    secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0a04",
    name: "小店网站",
    title: "微信扫码",
    extra: "",
};
const ACCOUNTS: [&Account; 4] = [&MINI, &SERVICE, &CHAT, &WEBSITE];

/// The slugs of the ways, in the order they are offered.
pub fn slugs() -> String {
    ACCOUNTS.map(|account| format!("\"{}\"", account.slug)).join(", ")
}

/// What a server and the pretend WeChat have agreed on for pushes.
#[derive(Clone)]
pub struct Agreed {
    token: String,
    aes_key: String,
    path_secret: String,
}

impl Agreed {
    /// Fresh values, for a server that is set up together with the sandbox.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let text = |count| entropy.base62(count);
        Self { token: text(32), aes_key: text(AES_KEY_CHARACTERS), path_secret: text(32) }
    }

    /// The same values each time, for a server whose configuration is written by hand.
    pub fn published() -> Self {
        Self {
            token: "pretendtoken".to_owned(),
            aes_key: "pretend0keypretend0keypretend0keypretend0ke".to_owned(),
            path_secret: "pretend-push-address".to_owned(),
        }
    }
}

/// Starts it, with an account of each sort set up for `server`.
pub async fn start(listen: SocketAddr, server: &Url, agreed: &Agreed) -> io::Result<Sandbox> {
    let sandbox = Sandbox::start(Options { listen }).await?;
    for account in ACCOUNTS {
        sandbox.register_app(app(account, server, agreed)?);
    }
    for (id, name, nickname) in PERSONS {
        sandbox.add_person(Person { nickname: nickname.to_owned(), ..Person::new(id, name) });
    }
    for account in [&SERVICE, &CHAT] {
        sandbox.set_following(account.appid, FOLLOWER, true);
    }
    Ok(sandbox)
}

fn app(account: &Account, server: &Url, agreed: &Agreed) -> io::Result<App> {
    let Account { appid, secret, name, .. } = *account;
    let host = server.host_str().unwrap_or_default();
    let domain = server.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let bound = match account.kind {
        "wechat_mini_program" => App {
            pages: vec!["pages/login/index".to_owned()],
            companion_url: Some(server.clone()),
            ..App::mini_program(appid, secret, name)
        },
        "wechat_service_account" => {
            let path = format!("/push/{}/{}", account.slug, agreed.path_secret);
            let push = PushSettings {
                url: server.join(&path).map_err(io::Error::other)?,
                token: agreed.token.clone(),
                aes_key: Some(agreed.aes_key.clone()),
                aes_key_previous: None,
                mode: PushMode::Safe,
                format: PushFormat::Xml,
            };
            App { domains: vec![domain], push: Some(push), ..App::service_account(appid, secret, name) }
        }
        _ => App { domains: vec![domain], ..App::website(appid, secret, name) },
    };
    Ok(App { open_platform: Some(OPEN_PLATFORM.to_owned()), ..bound })
}

/// The `[[provider]]` entries of a server that uses these accounts.
pub fn configuration(vendor: &str, agreed: &Agreed) -> String {
    ACCOUNTS.map(|account| entry(account, vendor, agreed)).concat()
}

fn entry(account: &Account, vendor: &str, agreed: &Agreed) -> String {
    let Account { slug, kind, appid, secret, title, extra, .. } = account;
    let Agreed { token, aes_key, path_secret } = agreed;
    let pushed = format!(
        "push_token = \"{token}\"\npush_aes_key = \"{aes_key}\"\npush_path_secret = \"{path_secret}\"\n"
    );
    let open_base = format!("open_base = \"{vendor}\"\n");
    let own = match *kind {
        "wechat_service_account" => pushed + &open_base,
        "wechat_open_platform" => open_base,
        _ => String::new(),
    };
    format!(
        r#"
[[provider]]
slug = "{slug}"
kind = "{kind}"
title = "{title}"
[provider.config]
appid = "{appid}"
secret = "{secret}"
{extra}
open_platform_account = "{OPEN_PLATFORM}"
api_base = "{vendor}"
{own}"#
    )
}
