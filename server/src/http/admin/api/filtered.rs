//! The filter of a list, read from the query as core reads it: the same text filters a page, a call and
//! an export.
//!
//! The framework has one argument for each parameter; a filter is one thing. What it may hold is told to
//! the document from here.

use super::super::Admin;
use super::super::filter_form::pairs;
use super::super::user_query::{FIELDS, KINDS, STATES, UserQuery};
use super::code::{AdminCode, AdminProblem};
use crate::http::problem::FieldError;
use poem::{Error, FromRequest, IntoResponse as _, Request, RequestBody, Result};
use saoma_core::FieldProblem;
use saoma_core::audit::{AuditFilter, FilterProblem};
use saoma_core::calendar::Zone;
use saoma_core::logbook::LoginSearch;
use saoma_core::login::{Reason, Stage};
use saoma_core::user::admin::{UserFilter, Way};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The audit's filter.
pub(crate) struct Filtered(pub(crate) AuditFilter);

impl<'a> FromRequest<'a> for Filtered {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let read = read_filter(request).map(Self);
        read.map_err(|problems| Error::from_response(refused(problems).into_response()))
    }
}

/// The filter that an address says.
pub(crate) fn read_filter(request: &Request) -> Result<AuditFilter, Vec<FilterProblem>> {
    let pairs = pairs(request);
    AuditFilter::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), zone(request))
}

/// The filter of Logins.
pub(crate) struct Searched(pub(crate) LoginSearch);

impl<'a> FromRequest<'a> for Searched {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let read = read_search(request).map(Self);
        read.map_err(|problems| Error::from_response(refused(problems).into_response()))
    }
}

/// The filter of people.
pub(crate) struct LookedFor(pub(crate) UserQuery);

impl LookedFor {
    /// What it means, where these ways are known.
    pub(super) fn filter(&self, ways: &[Way], zone: Zone) -> Result<UserFilter, AdminProblem> {
        let told =
            |problem: FieldProblem| FieldError::new(problem.pointer.trim_start_matches('/'), problem.message);
        let refused = |problems: Vec<FieldProblem>| {
            let errors = problems.into_iter().map(told).collect();
            AdminProblem::several(AdminCode::InvalidParameter, errors)
        };
        self.0.filter(ways, zone).map_err(refused)
    }
}

impl<'a> FromRequest<'a> for LookedFor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Ok(Self(UserQuery::new(pairs(request).into_iter().collect())))
    }
}

/// The filter of Logins that an address says.
pub(crate) fn read_search(request: &Request) -> Result<LoginSearch, Vec<FilterProblem>> {
    let pairs = pairs(request);
    LoginSearch::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), zone(request))
}

fn zone(request: &Request) -> Zone {
    request.data::<Arc<Admin>>().map_or(Zone::UTC, |admin| admin.house.zone())
}

/// What is not understood of a filter, as the API says it.
pub(super) fn refused(problems: Vec<FilterProblem>) -> AdminProblem {
    let told = problems.into_iter().map(|problem| FieldError::new(problem.field, problem.fault.to_string()));
    AdminProblem::several(AdminCode::InvalidParameter, told.collect())
}

/// Whether a call has one of these filters.
pub(super) fn has_filter(operation_id: &str) -> bool {
    matches!(
        operation_id,
        "list_audit" | "export_audit" | "list_logins" | "export_logins" | "list_users" | "export_users"
    )
}

/// Says in the document what the framework cannot: the filter's parameters, and the files of an export.
pub(super) fn mend(operation: &mut Map<String, Value>) {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let filter: Vec<Value> = match id.as_str() {
        "list_audit" | "export_audit" => AuditFilter::FIELDS.iter().map(|name| of_audit(name)).collect(),
        "list_logins" | "export_logins" => LoginSearch::FIELDS.iter().map(|name| of_logins(name)).collect(),
        "list_users" | "export_users" => FIELDS.iter().map(|name| of_users(name)).collect(),
        _ => return,
    };
    let known = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(known) = known.as_array_mut() {
        known.extend(filter);
    }
    let file =
        operation.get_mut("responses").and_then(|all| all.get_mut("200")).and_then(Value::as_object_mut);
    if let Some(file) = file.filter(|_| id.starts_with("export_")) {
        let text = json!({ "schema": { "type": "string" } });
        file.insert("content".to_owned(), json!({ "text/csv": text, "application/x-ndjson": text }));
        // A media type is no header of its own there.
        file.get_mut("headers").and_then(Value::as_object_mut).map(|headers| headers.remove("Content-Type"));
    }
}

fn of_audit(name: &str) -> Value {
    let (schema, what) = match name {
        "actor" => (json!({ "type": "string", "enum": saoma_core::audit::Actor::WORDS }), "Who."),
        "admin" => (json!({ "type": "string" }), "Which admin, or which API token, by id."),
        "action" => (
            json!({ "type": "array", "items": { "type": "string" } }),
            "What: an action, or a feature with a dot for all of its actions. May be repeated.",
        ),
        "target" => (json!({ "type": "string", "maxLength": 128 }), "To what: an id or a slug."),
        "client" => (json!({ "type": "string" }), "At which website."),
        "provider" => (json!({ "type": "string" }), "By which provider."),
        "user" => (json!({ "type": "string" }), "About whom, by id."),
        "address" => (json!({ "type": "string" }), "From which address."),
        "outcome" => {
            let words = saoma_core::audit::AuditOutcome::ALL.map(saoma_core::audit::AuditOutcome::as_str);
            (json!({ "type": "string", "enum": words }), "How it ended.")
        }
        "from" => (json!({ "type": "string" }), "Not before: a day of the house's zone, or RFC 3339."),
        "to" => (json!({ "type": "string" }), "Not after, that day or moment included."),
        _ => (
            json!({ "type": "string", "maxLength": 128 }),
            "A whole id, target or address, or a part of the name of an admin, website or provider.",
        ),
    };
    parameter(name, &schema, what)
}

fn of_logins(name: &str) -> Value {
    let text = json!({ "type": "string", "maxLength": 128 });
    let (schema, what) = match name {
        "client" => (text, "At this website."),
        "provider" => (text, "By this way, by its slug."),
        "stage" => {
            let words = Stage::ALL.map(Stage::as_str);
            let item = json!({ "type": "string", "enum": words });
            (json!({ "type": "array", "items": item }), "At this stage. May be repeated.")
        }
        "failed" => (json!({ "type": "boolean" }), "Only those at whose end the website got nobody."),
        "reason" => {
            let words: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
            (json!({ "type": "string", "enum": words }), "Ended for this reason.")
        }
        "user" => (text, "Of this user, by id."),
        "address" => (text, "From this address, or block of addresses (CIDR)."),
        "browser" => (text, "By this browser, e.g. `Firefox`."),
        "from" => (text, "Begun on this day of the house's zone or at this moment (RFC 3339), or later."),
        _ => (text, "Begun on this day or at this moment, or before."),
    };
    parameter(name, &schema, what)
}

fn of_users(name: &str) -> Value {
    let text = json!({ "type": "string", "maxLength": 200 });
    let (schema, what) = match name {
        "text" => (text, "What is looked for, in what `kind` says."),
        "kind" => (
            json!({ "type": "string", "enum": KINDS, "default": "name" }),
            "In the beginning of the name, where case and width of letters do not matter; in subjects, e.g. openids; in aliases, \
             e.g. unionids; among ids of users. The last three are compared whole.",
        ),
        "provider" => (text, "Known by this way: a slug, or the namespace of one that is gone."),
        "client" => (text, "This website took the person over."),
        "state" => (json!({ "type": "string", "enum": STATES }), "Whether the person may log in."),
        "from" => (text, "Came on this day of the house's zone or at this moment (RFC 3339), or later."),
        _ => (text, "Came on this day or at this moment, or before."),
    };
    parameter(name, &schema, what)
}

fn parameter(name: &str, schema: &Value, what: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": what, "explode": true })
}
