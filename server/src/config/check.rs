//! From what was written to what holds: parses, cross-checks, and tells every problem at once.

use super::clients::CheckedClients;
use super::problem::{ConfigFailure, Problems};
use super::raw::{Raw, RawAdmin, RawLogin, RawRetention, RawServer};
use super::{Catalogue, Config, LogFormat, clients, providers};
use crate::passkeys::Passkeys;
use saoma_core::admin::PasskeyCheck as _;
use saoma_core::client::{Client, check_origin};
use saoma_core::login::LoginRules;
use saoma_core::settings::{Setting, Settings, SettingsChange};
use std::net::SocketAddr;
use std::path::Path;
use url::Url;

pub(super) fn check(raw: Raw, catalogue: &Catalogue, folder: &Path) -> Result<Config, ConfigFailure> {
    let mut problems = Problems::default();
    for (text, pointer) in
        [(&raw.server.public_url, "/server/public_url"), (&raw.server.admin_url, "/server/admin_url")]
    {
        if let Err(why) = check_origin(text) {
            problems.add("address_not_acceptable", pointer, why.to_string());
        }
    }
    let loopback = Url::parse(&raw.server.public_url).is_ok_and(|url| super::is_loopback_host(&url));
    let socket = "an address and port like 127.0.0.1:8080";
    let listen = problems.parse(&raw.server.listen, "/server/listen", socket);
    let admin_listen = problems.parse(&raw.server.admin_listen, "/server/admin_listen", socket);
    let range = "a range like 10.0.0.0/8";
    let trusted_proxies = problems.parse_list(&raw.server.trusted_proxies, "/server/trusted_proxies", range);
    let egress_allow = problems.parse_list(&raw.security.egress_allow, "/security/egress_allow", range);
    let bases = "an address like https://relay.example.com";
    let trusted_vendor_bases =
        problems.parse_list(&raw.security.trusted_vendor_bases, "/security/trusted_vendor_bases", bases);
    let login = login_rules(&raw.login, &mut problems);
    let settings = settings(raw.admin, &raw.retention, &mut problems);
    if settings.owners_need_passkeys == Some(true) && !Passkeys::new(&raw.server.admin_url).is_possible() {
        let why = "browsers allow passkeys for an admin_url with a name only, by https or on localhost";
        problems.add("config_invalid", "/admin/owners_need_passkeys", why.to_owned());
    }
    let providers = providers::check(raw.provider, catalogue, &trusted_vendor_bases, loopback, &mut problems);
    let CheckedClients { clients, resembling } =
        clients::check(raw.client, &providers, loopback, folder, &mut problems);
    let (Some(listen), Some(admin_listen), true) = (listen, admin_listen, problems.0.is_empty()) else {
        problems.0.sort();
        return Err(ConfigFailure(problems.0));
    };
    Ok(Config {
        warnings: warnings(&raw.server, listen, &clients, &providers),
        public_url: raw.server.public_url,
        listen,
        admin_listen,
        admin_url: raw.server.admin_url,
        trusted_proxies,
        database_url: in_folder(&raw.database.url, folder),
        master_key_file: folder.join(raw.security.master_key_file),
        egress_allow,
        trusted_vendor_bases,
        login,
        limits: raw.limits.rules(),
        settings,
        checkpoint_file: raw.audit.checkpoint_file.map(|path| folder.join(path)),
        log_level: raw.log.level,
        log_format: if raw.log.format == "json" { LogFormat::Json } else { LogFormat::Text },
        clients,
        resembling,
        providers: providers.configured,
    })
}

fn login_rules(raw: &RawLogin, problems: &mut Problems) -> LoginRules {
    let usual = LoginRules::default();
    let rules = LoginRules {
        code_ttl: raw.code_ttl_seconds.unwrap_or(usual.code_ttl),
        scanned_ttl: raw.scanned_ttl_seconds.unwrap_or(usual.scanned_ttl),
        redirect_ttl: raw.redirect_ttl_seconds.unwrap_or(usual.redirect_ttl),
        redeem_extra: raw.redeem_extra_seconds.unwrap_or(usual.redeem_extra),
        auth_code_ttl: raw.auth_code_ttl_seconds.unwrap_or(usual.auth_code_ttl),
        access_token_ttl: raw.access_token_ttl_seconds.unwrap_or(usual.access_token_ttl),
    };
    if rules.scanned_ttl < rules.code_ttl {
        let message =
            "must not be less than code_ttl_seconds: a scan lengthens a login, it never shortens it";
        problems.add("config_invalid", "/login/scanned_ttl_seconds", message);
    }
    rules
}

/// What owners could set otherwise; the same check as theirs.
fn settings(admin: RawAdmin, retention: &RawRetention, problems: &mut Problems) -> SettingsChange {
    let change = SettingsChange {
        name: admin.name,
        time_zone: admin.time_zone,
        audit_retention_days: retention.audit_days,
        session_idle_minutes: admin.session_idle_minutes,
        session_hours: admin.session_hours,
        owners_need_passkeys: admin.owners_need_passkeys,
        ..SettingsChange::default()
    };
    for problem in change.over(Settings::default()).err().unwrap_or_default() {
        problems.add("config_invalid", pointer(problem.setting), problem.fault.to_string());
    }
    change
}

fn pointer(setting: Setting) -> String {
    match setting {
        Setting::AuditRetentionDays => "/retention/audit_days".to_owned(),
        of_admin => format!("/admin/{}", of_admin.as_str()),
    }
}

/// A relative SQLite path starts at the configuration's folder.
fn in_folder(url: &str, folder: &Path) -> String {
    match url.strip_prefix("sqlite:") {
        Some(path) => format!("sqlite:{}", folder.join(path).display()),
        None => url.to_owned(),
    }
}

fn warnings(
    server: &RawServer,
    listen: SocketAddr,
    clients: &[Client],
    providers: &providers::Checked,
) -> Vec<String> {
    let mut warnings = clients::warnings(clients, &providers.assurances);
    warnings.extend_from_slice(&providers.warnings);
    let behind_proxy = server.public_url.starts_with("https://") && listen.ip().is_loopback();
    if behind_proxy && server.trusted_proxies.is_empty() {
        warnings.push(
            "public_url is https and we listen on this machine only, so a proxy stands in front; without \
             trusted_proxies = [\"127.0.0.1/32\"] all visitors count as one address"
                .to_owned(),
        );
    }
    warnings
}
