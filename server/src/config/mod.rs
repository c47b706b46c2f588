//! Configuration: defaults → file → environment, checked as a whole, all problems at once.
//!
//! Two steps: `raw` is what was written, `Config` is what holds. Code elsewhere never sees a
//! half-valid value and never reads the environment.

mod check;
mod clients;
mod layers;
mod logo;
mod problem;
mod providers;
mod raw;
mod schema;
mod secrets;
pub(crate) use secrets::secret_names;

pub use layers::{Source, redacted};
pub use problem::{ConfigFailure, ConfigProblem};
pub use saoma_core::client::is_loopback_host;
pub use schema::config_schema;

use crate::http::LimitRules;
use ipnet::IpNet;
use saoma_core::client::{Client, ClientId};
use saoma_core::login::LoginRules;
use saoma_core::provider::ProviderSlug;
use saoma_core::settings::SettingsChange;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// A Provider as the file describes it, checked by its kind.
#[derive(Debug, Clone)]
pub struct ConfiguredProvider {
    /// Its slug.
    pub slug: ProviderSlug,
    /// Its kind.
    pub kind: String,
    /// What visitors read.
    pub title: String,
    /// Its configuration, secrets included; never printed.
    pub config: ProviderConfig,
}

/// A configuration with secrets in it: `Debug` shows nothing.
#[derive(Clone)]
pub struct ProviderConfig(pub Value);

impl std::fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address visitors use; no trailing slash.
    pub public_url: String,
    /// Where the public listener binds.
    pub listen: SocketAddr,
    /// Where the admin listener binds.
    pub admin_listen: SocketAddr,
    /// The address admins use.
    pub admin_url: String,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The database, its relative path resolved.
    pub database_url: String,
    /// The keyring.
    pub master_key_file: PathBuf,
    /// Private addresses that Providers may call.
    pub egress_allow: Vec<IpNet>,
    /// Vendor bases whose answers may name real people.
    pub trusted_vendor_bases: Vec<Url>,
    /// Times to live.
    pub login: LoginRules,
    /// Rate limits.
    pub limits: LimitRules,
    /// What owners could set otherwise, and now cannot.
    pub settings: SettingsChange,
    /// Where checkpoints of the audit are kept besides the database.
    pub checkpoint_file: Option<PathBuf>,
    /// Log filter, e.g. `info`.
    pub log_level: String,
    /// Log format.
    pub log_format: LogFormat,
    /// The file's Clients.
    pub clients: Vec<Client>,
    /// Clients whose names look like others', as the file says knowingly.
    pub resembling: BTreeMap<ClientId, Vec<ClientId>>,
    /// The file's Providers.
    pub providers: Vec<ConfiguredProvider>,
    /// What is allowed but should be known, for the log at the start.
    pub warnings: Vec<String>,
}

/// The kinds there are.
pub use saoma_core::provider::Catalogue;

impl Config {
    /// Loads and checks everything; `Err` holds every problem found.
    pub fn load(source: &Source, catalogue: &Catalogue) -> Result<Self, ConfigFailure> {
        let (merged, folder) = layers::merge(source)?;
        let (filled, unread) = secrets::fill_in(merged, catalogue, &folder);
        let misshapen = schema::check(&filled, catalogue)?;
        let is_clean = unread.is_empty() && misshapen.is_empty();
        // What is told already is taken out, so that the rest can be looked at as well.
        let checked = match raw::parse(schema::without(filled, &misshapen)) {
            Ok(raw) => check::check(raw, catalogue, &folder),
            // Something that must be there is not; the rest cannot be looked at.
            Err(_) if !is_clean => Err(ConfigFailure(Vec::new())),
            Err(failure) => Err(failure),
        };
        match checked {
            Ok(config) if is_clean => Ok(config),
            Ok(_) => Err(ConfigFailure::of_steps([unread, misshapen, Vec::new()])),
            Err(failure) => Err(ConfigFailure::of_steps([unread, misshapen, failure.0])),
        }
    }

    /// Whether visitors reach us on this machine only.
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.public_url).is_ok_and(|url| is_loopback_host(&url))
    }
}
