//! `saoma demo`: server, pretend WeChat, phone and shop in one process, on this machine only.
//!
//! The shop is on `localhost`, Saoma on `127.0.0.1`: two sites, as in life. Everything lives in a
//! temporary folder that goes with the process. The parts speak HTTP to each other, like strangers.

mod owner;
pub mod pretend;
pub mod shop;

use crate::config::{Config, LogFormat, Source};
use crate::listen::serve;
use crate::logs;
use crate::process::{Failed, StopSignal, outside, print};
use crate::server::{Listeners, Server};
use crate::tasks::Tasks;
use crate::wire::catalogue;
use clap::Args;
use owner::Owner;
use saoma_core::Entropy;
use saoma_core::entropy::SystemEntropy;
use saoma_core::provider::Assurance;
use serde_json::json;
use shop::ShopConfig;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::Url;

/// The shop's picture, written to the demo's folder for the configuration to name.
const LOGO_FILE: &str = "shop.png";

/// Options of `demo`.
#[derive(Debug, Clone, Copy, Args)]
pub struct DemoArgs {
    /// First port to try; 0 takes any free ones.
    #[arg(long, default_value_t = 8070)]
    pub port: u16,
    /// Print the addresses as one line of JSON.
    #[arg(long)]
    pub json: bool,
    /// How many seconds a code lives, 30 to 300.
    #[arg(long, default_value_t = 120, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(30..=300))]
    pub code_ttl: u32,
    /// How sure the shop wants a consent: `scan_only`, `confirmed`, `number` or `code_back`. Ways that cannot be as
    /// sure are not offered.
    #[arg(long, default_value = "confirmed", value_name = "LEVEL", value_parser = assurance)]
    pub min_assurance: Assurance,
}

fn assurance(name: &str) -> Result<Assurance, String> {
    Assurance::parse(name).ok_or_else(|| "is none of scan_only, confirmed, number, code_back".to_owned())
}

/// The demo's ports, bound.
struct Ports {
    shop: TcpListener,
    saoma: TcpListener,
    admin: TcpListener,
    sandbox: SocketAddr,
}

impl Ports {
    /// The usual ports, or free ones where they are taken.
    async fn bind(first: u16) -> std::io::Result<Self> {
        let usual = |offset: u16| if first == 0 { 0 } else { first.saturating_add(offset) };
        let sandbox = bind(usual(20)).await?;
        Ok(Self {
            shop: bind(usual(0)).await?,
            saoma: bind(usual(10)).await?,
            admin: bind(usual(11)).await?,
            // The sandbox binds by itself, a moment after this look.
            sandbox: sandbox.local_addr()?,
        })
    }
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(_taken) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

/// Runs the demo until it is asked to stop.
pub async fn run(args: DemoArgs) -> Result<(), Failed> {
    logs::start(if args.json { "info" } else { "warn" }, LogFormat::Text);
    let folder = tempfile::Builder::new().prefix("saoma-demo-").tempdir()?;
    let stop = StopSignal::listen()?;
    let demo = Demo::start(args, folder.path()).await?;
    demo.announce(args, &folder);
    stop.heard().await;
    demo.stop().await;
    if !args.json {
        print("\n  The demo has ended; its data is gone.\n\n");
    }
    Ok(())
}

struct Demo {
    server: Server,
    sandbox: saoma_sandbox::Sandbox,
    shop_tasks: Tasks,
    owner: Owner,
    addresses: Addresses,
}

struct Addresses {
    shop: Url,
    saoma: Url,
    admin: Url,
    phone: Url,
}

impl Demo {
    async fn start(args: DemoArgs, folder: &Path) -> Result<Self, Failed> {
        let ports = Ports::bind(args.port).await?;
        let addresses = Addresses {
            shop: Url::parse(&format!("http://localhost:{}", ports.shop.local_addr()?.port()))?,
            saoma: Url::parse(&format!("http://{}", ports.saoma.local_addr()?))?,
            // By name: browsers allow passkeys for no IP address.
            admin: Url::parse(&format!("http://localhost:{}", ports.admin.local_addr()?.port()))?,
            phone: Url::parse(&format!("http://{}", ports.sandbox))?,
        };
        let agreed = pretend::Agreed::generate(&SystemEntropy);
        let sandbox = pretend::start(ports.sandbox, &addresses.saoma, &agreed).await?;
        let secret = <dyn Entropy>::base64url::<32>(&SystemEntropy);
        tokio::fs::write(folder.join(LOGO_FILE), shop::LOGO).await?;
        let toml = configuration(&addresses, &secret, &agreed, args);
        let config = Config::load(&Source::Text { toml, folder: folder.to_owned() }, &catalogue())?;
        let listeners = Listeners { public: ports.saoma, admin: ports.admin };
        let outside = outside();
        let server = Server::start(&config, outside.clone(), listeners).await?;
        let owner = Owner::enrol(server.parts().admins(), &*outside.entropy, &*outside.clock).await?;
        let shop_tasks = Tasks::new();
        let shop = shop::endpoint(ShopConfig {
            base: addresses.shop.clone(),
            saoma: addresses.saoma.clone(),
            client_id: "shop".to_owned(),
            client_secret: secret,
            phone: Some(addresses.phone.clone()),
        })?;
        drop(shop_tasks.spawn(serve(ports.shop, shop, shop_tasks.clone())));
        Ok(Self { server, sandbox, shop_tasks, owner, addresses })
    }

    fn announce(&self, args: DemoArgs, folder: &TempDir) {
        let addresses = &self.addresses;
        let text = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let (shop, phone) = (text(&addresses.shop), text(&addresses.phone));
        let (saoma, admin, owner) = (text(&addresses.saoma), text(&addresses.admin), self.owner.text());
        print(&if args.json {
            let data = folder.path();
            format!(
                "{}\n",
                json!({
                    "saoma": saoma, "admin": admin, "owner": self.owner.json(), "sandbox": phone, "shop": shop, "data": data
                })
            )
        } else {
            format!(
                r#"
  Saoma demo is ready. All of it runs on this computer: no account, no WeChat, no internet.
  演示已就绪，全部在本机运行：不需要账号、微信或网络。

    1. Open the shop and press "Log in"                    打开小店，点“登录”
       {shop}
    2. Open the phone, choose a person, scan and confirm    打开手机，选一个人，扫码并确认
       {phone}
       The shop then greets you.
    3. Look behind it, as its owner                         看看后台
       {admin}
       name · password · code (each once)   用户名 · 密码 · 验证码（每个只能用一次）
       {owner}

  Ctrl-C ends the demo and removes its data.
  Saoma itself: {saoma}   Is it ready? {admin}/readyz

"#
            )
        });
    }

    async fn stop(self) {
        self.shop_tasks.begin_stop();
        self.server.stop().await;
        self.sandbox.stop().await;
    }
}

fn configuration(
    addresses: &Addresses,
    client_secret: &str,
    agreed: &pretend::Agreed,
    args: DemoArgs,
) -> String {
    let origin = |url: &Url| url.origin().ascii_serialization();
    let (name, accent, told) = (shop::NAME, shop::ACCENT, shop::BACK_CHANNEL_LOGOUT);
    let (code_ttl, least) = (args.code_ttl, args.min_assurance.as_str());
    let (saoma, shop, phone) = (origin(&addresses.saoma), origin(&addresses.shop), origin(&addresses.phone));
    let admin = origin(&addresses.admin);
    let (slugs, providers) = (pretend::slugs(), pretend::configuration(&phone, agreed));
    format!(
        r#"
[server]
public_url = "{saoma}"
admin_url = "{admin}"
[login]
code_ttl_seconds = {code_ttl}
# Whoever tries a demo tries it often, and all from one address.
[limits]
begins = 1000
pending_per_address = 200
[[client]]
client_id = "shop"
name = "{name}"
logo_file = "{LOGO_FILE}"
accent = "{accent}"
type = "confidential"
secrets = ["{client_secret}"]
redirect_uris = ["{shop}/callback"]
origins = ["{shop}"]
providers = [{slugs}]
min_assurance = "{least}"
[client.openid]
backchannel_logout_uri = "{shop}{told}"
{providers}"#
    )
}
