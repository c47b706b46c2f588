//! `/audit`: who did what, by a filter in the address; the same as a file; and the chains, verified.

use super::Admin;
use super::answer::{Stop, refuse};
use super::api::read_filter;
use super::downloads::{download, format_of, to_list};
use super::filter_form::{address, notes_of, parameter};
use super::kept::{KeptUnusable, kept};
use super::room::Room;
use super::visit::Visitor;
use super::websites::provider_choices;
use crate::audit_files::AuditFile;
use crate::http::parameters;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{
    ActionGroup, AuditLine, AuditList, AuditVerified, ChainLine, Chip, Choice, Named,
};
use saoma_admin_ui::{Moment, Place};
use saoma_core::admin::abilities::{ExportAudit, ReadAudit, ReadClients};
use saoma_core::audit::{
    Action, ActionChoice, Actor, AuditFilter, AuditNames, AuditOutcome, FilterProblem, StoredAudit,
    StreamReport,
};
use saoma_core::page::PageRequest;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the list is.
const LIST: &str = "/audit";
/// Rows of a page.
const ROWS: u16 = 50;
/// Parts of the filter that have a field of their own.
const FIELDS: [&str; 8] = ["q", "actor", "action", "outcome", "client", "provider", "from", "to"];

/// The rows that the address asks for.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ReadAudit>()?;
        let filter = match read_filter(request) {
            Ok(filter) => filter,
            Err(problems) => return misread(&room, problems).await,
        };
        let after = parameter(request, "after");
        let page = PageRequest { after: after.clone(), limit: ROWS };
        let found = admin.audit.list(&permit, &filter, &page).await?;
        let mut view = form(&room, &filter).await?;
        view.chips = chips(&filter, &found.names);
        view.rows = found.rows.items.iter().map(|row| line(row, &found.names)).collect();
        view.next = found.rows.next.map(|mark| address(LIST, &filter.pairs(), &[("after", &mark)]));
        view.first = after.map(|_| address(LIST, &filter.pairs(), &[]));
        Ok(room.page(Place::Audit, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The same as a file.
#[handler]
pub(super) async fn export(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ExportAudit>()?;
        let format = format_of(request)?;
        let Ok(filter) = read_filter(request) else { return Ok(to_list(request)) };
        let export = admin.audit.export(&permit, &filter, format.as_str()).await?;
        Ok(download("audit", format, AuditFile { format, export }))
    };
    begun.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Walks along the chains.
#[handler]
pub(super) async fn verify(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, _) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<ReadAudit>()?;
        let kept = kept(admin).await.map_err(|KeptUnusable| Stop::Internal("kept checkpoints"))?;
        let reports = admin.audit.verify(&permit, &kept).await?;
        let view = AuditVerified {
            compared: !kept.is_empty(),
            holds: reports.iter().all(|report| report.fault.is_none()),
            chains: reports.into_iter().map(chain).collect(),
        };
        Ok(room.page(Place::Audit, &view))
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn chain(report: StreamReport) -> ChainLine {
    let StreamReport { stream, cut, end, checkpoints, fault } = report;
    ChainLine {
        end: format!("{stream}:{}:{}", end.seq, end.mac),
        links: end.seq - cut.as_ref().map_or(0, |(mark, _)| mark.seq),
        cut: cut.map(|(_, at)| Moment::from(at)),
        fault: fault.map(|fault| fault.to_string()),
        stream,
        checkpoints,
    }
}

/// A filter that is not understood shows nothing, and what was typed.
async fn misread(room: &Room<'_>, problems: Vec<FilterProblem>) -> Result<Response, Stop> {
    let mut view = form(room, &AuditFilter::default()).await?;
    let query = room.visitor.request.uri().query().unwrap_or_default();
    let typed: BTreeMap<_, _> = parameters::parse(query.as_bytes()).unwrap_or_default();
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    (view.words, view.from, view.to) = (text("q"), text("from"), text("to"));
    view.notes = notes_of(problems, &["from", "to"]);
    Ok(room.page_as(Place::Audit, &view, StatusCode::UNPROCESSABLE_ENTITY))
}

/// The form as the filter fills it.
async fn form(room: &Room<'_>, filter: &AuditFilter) -> Result<AuditList, Stop> {
    let word =
        |word: &'static str, chosen: bool| Choice { value: word.to_owned(), label: word.to_owned(), chosen };
    let clients = room.visitor.admin.clients.list(&room.permit::<ReadClients>()?).await?;
    let clients = clients.into_iter().map(|client| Choice {
        chosen: filter.client.as_ref() == Some(&client.id),
        value: client.id.to_string(),
        label: client.name,
    });
    let provider = filter.provider.as_ref().map(ToString::to_string);
    let mut pairs = filter.pairs();
    let first_action = pairs.iter().position(|(name, _)| *name == "action");
    if let Some(place) = first_action {
        pairs.remove(place);
    }
    let text =
        |name: &str| filter.pairs().into_iter().find(|(found, _)| *found == name).map(|(_, value)| value);
    let query = filter.query();
    Ok(AuditList {
        words: filter.words.clone().unwrap_or_default(),
        from: text("from").unwrap_or_default(),
        to: text("to").unwrap_or_default(),
        actors: Actor::WORDS.map(|actor| word(actor, filter.actor == Some(actor))).to_vec(),
        actions: actions(filter.actions.first().map(ActionChoice::as_str)),
        outcomes: AuditOutcome::ALL
            .map(|outcome| word(outcome.as_str(), filter.outcome == Some(outcome)))
            .to_vec(),
        clients: clients.collect(),
        providers: provider_choices(room, |slug| provider.as_deref() == Some(slug)).await?,
        // Further actions, and what is chosen by links only.
        kept: pairs.into_iter().filter(|(name, _)| *name == "action" || !FIELDS.contains(name)).collect(),
        zone: room.visitor.admin.house.zone().name(),
        may_export: room.can::<ExportAudit>(),
        export: if query.is_empty() { query } else { format!("&{query}") },
        ..AuditList::default()
    })
}

/// All actions by feature, in the order of their table.
fn actions(chosen: Option<&str>) -> Vec<ActionGroup> {
    let choice =
        |word: &str| Choice { value: word.to_owned(), label: word.to_owned(), chosen: chosen == Some(word) };
    let mut groups: Vec<ActionGroup> = Vec::new();
    for action in Action::ALL {
        let word = action.as_str();
        let feature = word.split_inclusive('.').next().unwrap_or(word);
        match groups.iter_mut().find(|group| group.all.value == feature) {
            Some(group) => group.actions.push(choice(word)),
            None => groups.push(ActionGroup { all: choice(feature), actions: vec![choice(word)] }),
        }
    }
    groups
}

fn chips(filter: &AuditFilter, names: &AuditNames) -> Vec<Chip> {
    let pairs = filter.pairs();
    let chip = |(index, (field, value)): (usize, &(&'static str, String))| {
        let mut others = pairs.clone();
        others.remove(index);
        let name = match *field {
            "admin" => names.admins.get(value),
            "user" => names.users.get(value),
            "client" => names.clients.get(value),
            "provider" => names.providers.get(value),
            "target" => names.of_id(value),
            _ => None,
        };
        Chip { field, value: name.unwrap_or(value).clone(), without: address(LIST, &others, &[]) }
    };
    pairs.iter().enumerate().map(chip).collect()
}

/// The page of what a row names; whether it is there still, the page says.
fn thing(field: &str, id: &str, action: &str) -> Option<String> {
    let feature = action.split('.').next().unwrap_or_default();
    let room = match (field, feature) {
        ("client", _) | ("target", "client") => "websites",
        ("provider", _) | ("target", "provider") => "providers",
        ("user", _) => "users",
        ("target", _) if id.starts_with("lgn_") => "logins",
        ("target", _) if id.starts_with("usr_") => "users",
        _ => return None,
    };
    Some(format!("/{room}/{id}"))
}

fn line(row: &StoredAudit, names: &AuditNames) -> AuditLine {
    let link = |field: &'static str, id: Option<&String>, of: Option<&BTreeMap<String, String>>| {
        id.filter(|id| !id.is_empty()).map(|id| Named {
            name: of.and_then(|of| of.get(id)).unwrap_or(id).clone(),
            id: id.clone(),
            address: address(LIST, &[], &[(field, id.as_str())]),
            thing: thing(field, id, &row.action),
        })
    };
    let mut target = link("target", Some(&row.target), None);
    if let (Some(target), Some(name)) = (&mut target, names.of_target(row)) {
        name.clone_into(&mut target.name);
    }
    AuditLine {
        id: row.id.clone(),
        at: Moment::from(row.at),
        actor: row.actor.clone(),
        admin: link("admin", row.admin_id.as_ref(), Some(&names.admins)),
        action: row.action.clone(),
        target,
        client: link("client", row.client_id.as_ref(), Some(&names.clients)),
        provider: link("provider", row.provider.as_ref(), Some(&names.providers)),
        user: link("user", row.user_id.as_ref(), Some(&names.users)),
        address: link("address", row.address.as_ref(), None),
        outcome: row.outcome.clone(),
        detail: row.detail.clone(),
    }
}
