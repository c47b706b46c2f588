//! What the calls about the audit answer with.

use poem_openapi::Object;
use saoma_core::audit::{AuditNames, PlacedAudit, StoredAudit, StreamReport};
use std::collections::BTreeMap;

/// Something that was done. Names are those of today, where there are any.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct AuditEvent {
    /// Its id.
    event_id: String,
    /// When, RFC 3339.
    at: String,
    /// Who: `admin`, `api_token`, `browser`, `phone`, `client`, `vendor`, `config_file`, `command_line`, `system`.
    actor: String,
    /// Which admin or API token.
    admin_id: Option<String>,
    /// Their name.
    admin_name: Option<String>,
    /// From which address.
    address: Option<String>,
    /// What.
    action: String,
    /// To what: an id or a slug.
    target: String,
    /// Its name.
    target_name: Option<String>,
    /// At which website.
    client_id: Option<String>,
    /// Its name.
    client_name: Option<String>,
    /// By which provider.
    provider: Option<String>,
    /// Its title.
    provider_title: Option<String>,
    /// About whom.
    user_id: Option<String>,
    /// Their name.
    user_name: Option<String>,
    /// `success`, `refused` or `failure`.
    outcome: String,
    /// More, as a stable code.
    detail: Option<String>,
}

fn named(names: &BTreeMap<String, String>, id: Option<&String>) -> Option<String> {
    id.and_then(|id| names.get(id)).cloned()
}

impl AuditEvent {
    pub(super) fn new(row: StoredAudit, names: &AuditNames) -> Self {
        Self {
            target_name: names.of_target(&row).map(str::to_owned),
            admin_name: named(&names.admins, row.admin_id.as_ref()),
            client_name: named(&names.clients, row.client_id.as_ref()),
            provider_title: named(&names.providers, row.provider.as_ref()),
            user_name: named(&names.users, row.user_id.as_ref()),
            event_id: row.id,
            at: row.at.to_rfc3339(),
            actor: row.actor,
            admin_id: row.admin_id,
            address: row.address,
            action: row.action,
            target: row.target,
            client_id: row.client_id,
            provider: row.provider,
            user_id: row.user_id,
            outcome: row.outcome,
            detail: row.detail,
        }
    }
}

/// An event and where it stands.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct PlacedEvent {
    /// The event.
    event: AuditEvent,
    /// The chain it belongs to.
    stream: String,
    /// Number of the link that covers it; absent for the first second.
    link: Option<i64>,
    /// The link's keyed hash.
    mac: Option<String>,
}

impl PlacedEvent {
    pub(super) fn new(placed: PlacedAudit, names: &AuditNames) -> Self {
        let (link, mac) = placed.link.unzip();
        Self { event: AuditEvent::new(placed.row, names), stream: placed.stream, link, mac }
    }
}

/// What was found.
#[derive(Debug, Object)]
pub(super) struct AuditReport {
    /// Whether every chain holds.
    holds: bool,
    /// Whether they were compared with checkpoints that were kept elsewhere, which an end that was cut off
    /// does not come through.
    compared: bool,
    /// Chain by chain.
    streams: Vec<StreamFound>,
}

/// One chain.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct StreamFound {
    /// Its name.
    stream: String,
    /// The last link that holds.
    end: i64,
    /// Its keyed hash: keep stream, number and hash elsewhere.
    mac: String,
    /// Signed checkpoints passed on the way.
    checkpoints: usize,
    /// Retention has deleted up to this link.
    cut: Option<i64>,
    /// What is wrong; absent when it holds.
    fault: Option<String>,
}

impl AuditReport {
    pub(super) fn new(reports: Vec<StreamReport>, compared: bool) -> Self {
        let found = |report: StreamReport| StreamFound {
            stream: report.stream,
            end: report.end.seq,
            mac: report.end.mac,
            checkpoints: report.checkpoints,
            cut: report.cut.map(|(mark, _)| mark.seq),
            fault: report.fault.map(|fault| fault.to_string()),
        };
        Self {
            compared,
            holds: reports.iter().all(|report| report.fault.is_none()),
            streams: reports.into_iter().map(found).collect(),
        }
    }
}
