//! A whole house in one process on free ports: the server, the pretend WeChat, one website.
//!
//! Everything between them goes over real sockets. Time is the system's, or a test's own.

use crate::http;
use crate::ports::free_address;
use crate::scratch;
use crate::shared_keys::SharedKeys;
use crate::visitor::Visitor;
use crate::ways;
use saoma::config::{Config, Source};
use saoma::{Listeners, Outside, Server, StartError, SystemClock, catalogue};
use saoma_core::entropy::SystemEntropy;
use saoma_core::time::ManualClock;
use saoma_core::{Clock, Timestamp};
use saoma_sandbox::{App, Options, Person, Quotas, Sandbox};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tempfile::TempDir;

/// The mini-program's appid.
pub const APPID: &str = "wx00000000000000a1";
/// Its secret.
pub const APP_SECRET: &str = "000102030405060708090a0b0c0d0e0f";
/// The website's client id.
pub const CLIENT: &str = "shop";
/// Its secret.
pub const CLIENT_SECRET: &str = "a-client-secret-of-more-than-32-characters";
/// The website's origin.
pub const ORIGIN: &str = "http://localhost:9";
/// Where its codes go.
pub const REDIRECT_URI: &str = "http://localhost:9/callback";
/// When a test's own clock starts.
pub const START: Timestamp = Timestamp(1_800_000_000_000);

/// What a test may choose.
#[derive(Default)]
pub struct Plan {
    /// Added to the configuration, after everything else; `{vendor}` becomes the pretend WeChat's address.
    pub extra_toml: String,
    /// In the place of the usual `[limits]`, which is: everything off.
    pub limits_toml: Option<String>,
    /// Added to the website's `[[client]]`.
    pub client_toml: String,
    /// The test moves time itself.
    pub manual_clock: bool,
    /// Added to `[server]`.
    pub server_toml: String,
    /// Where the server finds WeChat, in the place of the pretend one's own address.
    pub vendor: Option<String>,
    /// In the place of the system's randomness or clock.
    pub outside: Option<Outside>,
}

/// A running house.
pub struct House {
    /// The server; `None` while it is stopped.
    server: Option<Server>,
    /// The pretend WeChat.
    pub sandbox: Sandbox,
    /// The test's own clock.
    pub clock: Option<Arc<ManualClock>>,
    /// Public address, without a trailing slash.
    pub saoma: String,
    /// Admin address, without a trailing slash.
    pub admin: String,
    /// The configuration it runs with.
    pub config: Config,
    outside: Outside,
    folder: TempDir,
}

impl House {
    /// A house on this database with the usual plan.
    pub async fn open(database_url: &str) -> Self {
        Self::planned(database_url, Plan::default()).await
    }

    /// A house on this database.
    pub async fn planned(database_url: &str, plan: Plan) -> Self {
        let sandbox = pretend().await;
        let listeners = listeners().await;
        let saoma = format!("http://{}", listeners.public.local_addr().unwrap());
        // By name: there are no passkeys for an IP address.
        let admin = format!("http://localhost:{}", listeners.admin.local_addr().unwrap().port());
        let folder = scratch::folder();
        let base = sandbox.base();
        let vendor = plan.vendor.as_deref().unwrap_or(base.as_str());
        let toml = configuration(&saoma, database_url, vendor, &plan);
        let source = Source::Text { toml, folder: folder.path().to_owned() };
        let mut config = Config::load(&source, &catalogue()).unwrap();
        admin.clone_into(&mut config.admin_url);
        register(&sandbox, &saoma);
        let clock = plan.manual_clock.then(|| Arc::new(ManualClock::new(START)));
        if plan.manual_clock {
            // What WeChat signs must look fresh to a server that lives in another time.
            set_time(&sandbox).await;
        }
        let outside = plan.outside.unwrap_or_else(|| usual_outside(clock.as_ref()));
        let mut house = Self { server: None, sandbox, clock, saoma, admin, config, outside, folder };
        house.start_on(listeners).await.unwrap();
        house
    }

    async fn start_on(&mut self, listeners: Listeners) -> Result<(), StartError> {
        self.server = Some(Server::start(&self.config, self.outside.clone(), listeners).await?);
        Ok(())
    }

    /// The running server.
    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// Stops the server and starts it again on the same database, ports and keyring.
    pub async fn restart(&mut self) {
        self.halt().await;
        self.start().await.unwrap();
    }

    /// Stops the server; everything else stays.
    pub async fn halt(&mut self) {
        assert!(self.server.take().unwrap().stop().await, "the server did not end in time");
    }

    /// Starts the server again on the same database, ports and keyring, if it will start.
    pub async fn start(&mut self) -> Result<(), StartError> {
        let listeners = listeners_at(&self.saoma, &self.admin).await?;
        self.start_on(listeners).await
    }

    /// Somebody at the website's page.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.saoma, self.sandbox.base().as_str().trim_end_matches('/'))
    }

    /// The folder of its keyring.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Ends everything.
    pub async fn close(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        self.sandbox.stop().await;
    }
}

/// The system's randomness, and the test's clock or the system's.
fn usual_outside(clock: Option<&Arc<ManualClock>>) -> Outside {
    let clock: Arc<dyn Clock> = match clock {
        Some(clock) => Arc::<ManualClock>::clone(clock),
        None => Arc::new(SystemClock),
    };
    Outside { clock, entropy: Arc::new(SystemEntropy), keys: Arc::new(SharedKeys::default()) }
}

/// Moves the pretend WeChat's own clock to where a test's clock starts; it goes on by itself from there.
async fn set_time(sandbox: &Sandbox) {
    let ahead = (START.0 - SystemClock.now().0) / 1000;
    let body = serde_json::json!({"advance_seconds": ahead});
    let address = sandbox.base().join("_sandbox/v1/clock").unwrap();
    let answer = http::client().post(address).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "the clock did not move");
}

/// A pretend WeChat with generous quotas and two persons, `ann` and `bob`.
pub async fn pretend() -> Sandbox {
    let sandbox = Sandbox::start(Options { listen: (Ipv4Addr::LOCALHOST, 0).into() }).await.unwrap();
    sandbox.set_quotas(Quotas {
        codes_per_minute: u32::MAX,
        sessions_per_person_per_minute: u32::MAX,
        account_codes_per_day: u32::MAX,
        ..Quotas::default()
    });
    for id in ["ann", "bob"] {
        sandbox.add_person(Person { nickname: String::new(), ..Person::new(id, &id.to_uppercase()) });
    }
    sandbox
}

/// Sets up the accounts of all ways for the server at this address.
pub fn register(sandbox: &Sandbox, saoma: &str) {
    sandbox.register_app(mini_program(saoma));
    ways::register(sandbox, saoma);
}

/// The mini-program of this server.
pub fn mini_program(saoma: &str) -> App {
    App {
        pages: vec!["pages/login/index".to_owned()],
        open_platform: Some("main".to_owned()),
        companion_url: Some(saoma.parse().unwrap()),
        ..App::mini_program(APPID, APP_SECRET, "Login")
    }
}

/// Listeners at the addresses that a server had before.
pub(crate) async fn listeners_at(saoma: &str, admin: &str) -> Result<Listeners, StartError> {
    let address = |url: &str| {
        let host = url.strip_prefix("http://").unwrap().replace("localhost", "127.0.0.1");
        host.parse::<SocketAddr>().unwrap()
    };
    Listeners::bind(address(saoma), address(admin)).await
}

async fn listeners() -> Listeners {
    Listeners::bind(free_address(), free_address()).await.unwrap()
}

/// Every limit off: tests that are about limits bring their own.
const NO_LIMITS: &str = "[limits]\nbegins = 0\nbegins_per_client = 0\npending_per_address = 0\nreads = 0\n\
                         unknown_scenes = 0\nscans_per_subject_per_hour = 0\nstreams_per_address = 0\n";

/// The configuration of a house, also for the real binary.
pub fn configuration(saoma: &str, database_url: &str, vendor: &str, plan: &Plan) -> String {
    let vendor = vendor.trim_end_matches('/');
    let limits = plan.limits_toml.as_deref().unwrap_or(NO_LIMITS);
    format!(
        r#"
[server]
public_url = "{saoma}"
{server}
[database]
url = "{database_url}"
{limits}
[[provider]]
slug = "mini"
kind = "wechat_mini_program"
title = "Mini-program code"
[provider.config]
appid = "{APPID}"
secret = "{APP_SECRET}"
open_platform_account = "main"
api_base = "{vendor}"
[[client]]
client_id = "{CLIENT}"
name = "Test Shop"
type = "confidential"
secrets = ["{CLIENT_SECRET}"]
redirect_uris = ["{REDIRECT_URI}"]
origins = ["{ORIGIN}"]
providers = [{offered}]
{client}
{ways}
{extra}
"#,
        server = plan.server_toml,
        client = plan.client_toml,
        offered = ways::OFFERED,
        ways = ways::configuration(vendor, REDIRECT_URI, ORIGIN, CLIENT_SECRET),
        extra = plan.extra_toml.replace("{vendor}", vendor)
    )
}
