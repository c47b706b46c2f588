//! The configuration as written, with the defaults of what was left out.

use super::problem::ConfigFailure;
use crate::http::LimitRules;
use saoma_core::client::OpenIdPolicy;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    #[serde(default)]
    pub(super) server: RawServer,
    #[serde(default)]
    pub(super) database: RawDatabase,
    #[serde(default)]
    pub(super) security: RawSecurity,
    #[serde(default)]
    pub(super) login: RawLogin,
    #[serde(default)]
    pub(super) limits: RawLimits,
    #[serde(default)]
    pub(super) admin: RawAdmin,
    #[serde(default)]
    pub(super) retention: RawRetention,
    #[serde(default)]
    pub(super) audit: RawAudit,
    #[serde(default)]
    pub(super) log: RawLog,
    #[serde(default)]
    pub(super) client: Vec<RawClient>,
    #[serde(default)]
    pub(super) provider: Vec<RawProvider>,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct RawServer {
    pub(super) public_url: String,
    pub(super) listen: String,
    pub(super) admin_listen: String,
    pub(super) admin_url: String,
    pub(super) trusted_proxies: Vec<String>,
}

impl Default for RawServer {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            listen: "127.0.0.1:8080".to_owned(),
            admin_listen: "127.0.0.1:8081".to_owned(),
            admin_url: "http://localhost:8081".to_owned(),
            trusted_proxies: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct RawDatabase {
    pub(super) url: String,
}

impl Default for RawDatabase {
    fn default() -> Self {
        Self { url: "sqlite:./data/saoma.db".to_owned() }
    }
}

impl std::fmt::Debug for RawDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct RawSecurity {
    pub(super) master_key_file: String,
    pub(super) egress_allow: Vec<String>,
    pub(super) trusted_vendor_bases: Vec<String>,
}

impl Default for RawSecurity {
    fn default() -> Self {
        Self {
            master_key_file: "./saoma.key".to_owned(),
            egress_allow: Vec::new(),
            trusted_vendor_bases: Vec::new(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names are the configuration's, which tells units")]
pub(super) struct RawLogin {
    pub(super) code_ttl_seconds: Option<u32>,
    pub(super) scanned_ttl_seconds: Option<u32>,
    pub(super) redirect_ttl_seconds: Option<u32>,
    pub(super) redeem_extra_seconds: Option<u32>,
    pub(super) auth_code_ttl_seconds: Option<u32>,
    pub(super) access_token_ttl_seconds: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawLimits {
    pub(super) begins: Option<u32>,
    pub(super) begins_per_client: Option<u32>,
    pub(super) pending_per_address: Option<u32>,
    pub(super) reads: Option<u32>,
    pub(super) unknown_scenes: Option<u32>,
    pub(super) scans_per_subject_per_hour: Option<u32>,
    pub(super) streams_per_address: Option<u32>,
}

impl RawLimits {
    pub(super) fn rules(&self) -> LimitRules {
        let usual = LimitRules::default();
        LimitRules {
            begins: self.begins.unwrap_or(usual.begins),
            begins_per_client: self.begins_per_client.unwrap_or(usual.begins_per_client),
            pending_per_address: self.pending_per_address.unwrap_or(usual.pending_per_address),
            reads: self.reads.unwrap_or(usual.reads),
            unknown_scenes: self.unknown_scenes.unwrap_or(usual.unknown_scenes),
            scans_per_subject_per_hour: self
                .scans_per_subject_per_hour
                .unwrap_or(usual.scans_per_subject_per_hour),
            streams_per_address: self.streams_per_address.unwrap_or(usual.streams_per_address),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawAdmin {
    pub(super) name: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) session_idle_minutes: Option<u32>,
    pub(super) session_hours: Option<u32>,
    pub(super) owners_need_passkeys: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawRetention {
    pub(super) audit_days: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawAudit {
    pub(super) checkpoint_file: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct RawLog {
    pub(super) level: String,
    pub(super) format: String,
}

impl Default for RawLog {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: "text".to_owned() }
    }
}

#[derive(Deserialize)]
pub(super) struct RawClient {
    pub(super) client_id: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) client_type: String,
    #[serde(default)]
    pub(super) secrets: Vec<String>,
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
    #[serde(default)]
    pub(super) origins: Vec<String>,
    #[serde(default)]
    pub(super) providers: Vec<String>,
    pub(super) min_assurance: Option<String>,
    pub(super) logo_file: Option<String>,
    pub(super) accent: Option<String>,
    /// Other clients whose names look alike, knowingly.
    #[serde(default)]
    pub(super) name_resembles: Vec<String>,
    #[serde(default)]
    pub(super) openid: OpenIdPolicy,
}

impl std::fmt::Debug for RawClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawClient").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
pub(super) struct RawProvider {
    pub(super) slug: String,
    pub(super) kind: String,
    pub(super) title: Option<String>,
    pub(super) config: Value,
}

impl std::fmt::Debug for RawProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawProvider").field("slug", &self.slug).finish_non_exhaustive()
    }
}

/// Reads the document.
pub(super) fn parse(document: Value) -> Result<Raw, ConfigFailure> {
    // serde's own message may quote a value; the schema, which also refuses unknown keys, has said
    // everything before, so this one adds nothing but that the rest was not looked at.
    serde_json::from_value(document)
        .map_err(|_| ConfigFailure::one("config_invalid", "", "does not have the shape this version reads"))
}
