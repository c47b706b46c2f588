//! The ways to log in that every house offers besides the mini-program: their accounts at the pretend
//! WeChat, and their entries in the configuration.
//!
//! All apps are bound to one open-platform account, so that one person is one user by any of them.

use saoma_sandbox::{App, PushFormat, PushMode, PushSettings, Sandbox};

/// The token that pushes are signed with.
pub const PUSH_TOKEN: &str = "tokenOfTests";
/// The EncodingAESKey of pushes; its last character carries bits that do not count.
pub const PUSH_AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
/// The unguessable part of all push addresses.
pub const PUSH_PATH_SECRET: &str = "push-address-of-tests";
/// A client that takes a scan for consent.
pub const KIOSK: &str = "kiosk";

/// One way.
pub struct Way {
    /// Its slug.
    pub slug: &'static str,
    /// Its appid.
    pub appid: &'static str,
    /// Its secret.
    pub secret: &'static str,
    /// How its pushes travel.
    pub mode: PushMode,
    kind: &'static str,
    settings: &'static str,
}

const fn account(slug: &'static str, appid: &'static str, mode: PushMode, settings: &'static str) -> Way {
    let secret = "101112131415161718191a1b1c1d1e1f";
    Way { slug, appid, secret, mode, kind: "wechat_service_account", settings }
}

/// A service account whose people confirm on our page.
pub const SERVICE: Way = account("service", "wx00000000000000b1", PushMode::Safe, "confirm = \"page\"");
/// One whose people send back the number.
pub const CHAT: Way = account("chat", "wx00000000000000b2", PushMode::Safe, "confirm = \"number\"");
/// One whose people only scan.
pub const QUICK: Way = account("quick", "wx00000000000000b3", PushMode::Safe, "confirm = \"scan\"");
/// One whose pushes are plain and encrypted side by side.
pub const COMPATIBLE: Way =
    account("compatible", "wx00000000000000b4", PushMode::Compatible, "push_mode = \"compatible\"");
/// One whose pushes are not encrypted.
pub const PLAIN: Way = account("plain", "wx00000000000000b5", PushMode::Plain, "push_mode = \"plain\"");
/// A website application.
pub const WEBSITE: Way = Way {
    slug: "website",
    appid: "wx00000000000000c1",
    secret: "202122232425262728292a2b2c2d2e2f",
    mode: PushMode::Safe,
    kind: "wechat_open_platform",
    settings: "",
};
/// All of them.
pub const WAYS: [&Way; 6] = [&SERVICE, &CHAT, &QUICK, &COMPATIBLE, &PLAIN, &WEBSITE];

/// Sets the accounts up for the server at this address.
pub fn register(sandbox: &Sandbox, saoma: &str) {
    for way in WAYS {
        sandbox.register_app(app(way, saoma));
    }
}

/// The account of one way, as its owner has set it up for this server.
pub fn app(way: &Way, saoma: &str) -> App {
    let push = PushSettings {
        url: format!("{saoma}/push/{}/{PUSH_PATH_SECRET}", way.slug).parse().unwrap(),
        token: PUSH_TOKEN.to_owned(),
        aes_key: Some(PUSH_AES_KEY.to_owned()),
        aes_key_previous: None,
        mode: way.mode,
        format: PushFormat::Xml,
    };
    let new = if way.kind == WEBSITE.kind { App::website } else { App::service_account };
    App {
        open_platform: Some("main".to_owned()),
        domains: vec![saoma.strip_prefix("http://").unwrap().to_owned()],
        push: Some(push),
        ..new(way.appid, way.secret, way.slug)
    }
}

/// Their entries, and the client that takes a scan for consent.
pub fn configuration(vendor: &str, redirect_uri: &str, origin: &str, secret: &str) -> String {
    let entries: String = WAYS.iter().map(|way| entry(way, vendor)).collect();
    format!(
        r#"{entries}
[[client]]
client_id = "{KIOSK}"
name = "Test Kiosk"
type = "confidential"
secrets = ["{secret}"]
redirect_uris = ["{redirect_uri}"]
origins = ["{origin}"]
providers = ["quick"]
min_assurance = "scan_only"
"#
    )
}

/// The slugs of those that the usual client offers.
pub const OFFERED: &str = r#""mini", "service", "chat", "compatible", "plain", "website""#;

fn entry(way: &Way, vendor: &str) -> String {
    let Way { slug, appid, secret, kind, settings, .. } = way;
    format!(
        r#"
[[provider]]
slug = "{slug}"
kind = "{kind}"
title = "The way {slug}"
[provider.config]
appid = "{appid}"
secret = "{secret}"
push_token = "{PUSH_TOKEN}"
push_aes_key = "{PUSH_AES_KEY}"
push_path_secret = "{PUSH_PATH_SECRET}"
open_platform_account = "main"
api_base = "{vendor}"
open_base = "{vendor}"
{settings}
"#
    )
}
