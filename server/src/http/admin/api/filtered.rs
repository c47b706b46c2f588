//! The filter of a list, read from the query as core reads it: the same text filters a page, a call and
//! an export.
//!
//! The framework has one argument for each parameter; a filter is one thing. What it may hold is told to
//! the document from here.

use super::super::Admin;
use super::code::{AdminCode, AdminProblem};
use crate::http::problem::FieldError;
use poem::{Error, FromRequest, IntoResponse as _, Request, RequestBody, Result};
use saoma_core::audit::{AuditFilter, FilterProblem};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use url::form_urlencoded;

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
    let zone =
        request.data::<Arc<Admin>>().map_or(saoma_core::calendar::Zone::UTC, |admin| admin.house.zone());
    let query = request.uri().query().unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    AuditFilter::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), zone)
}

/// What is not understood of a filter, as the API says it.
pub(super) fn refused(problems: Vec<FilterProblem>) -> AdminProblem {
    let told = problems.into_iter().map(|problem| FieldError::new(problem.field, problem.fault.to_string()));
    AdminProblem::several(AdminCode::InvalidParameter, told.collect())
}

/// Says in the document what the framework cannot: the filter's parameters, and the files of an export.
pub(super) fn mend(operation: &mut Map<String, Value>) {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !["list_audit", "export_audit"].contains(&id.as_str()) {
        return;
    }
    let known = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(known) = known.as_array_mut() {
        known.extend(AuditFilter::FIELDS.iter().map(|name| parameter(name)));
    }
    let file =
        operation.get_mut("responses").and_then(|all| all.get_mut("200")).and_then(Value::as_object_mut);
    if let Some(file) = file.filter(|_| id == "export_audit") {
        let text = json!({ "schema": { "type": "string" } });
        file.insert("content".to_owned(), json!({ "text/csv": text, "application/x-ndjson": text }));
        // A media type is no header of its own there.
        file.get_mut("headers").and_then(Value::as_object_mut).map(|headers| headers.remove("Content-Type"));
    }
}

fn parameter(name: &str) -> Value {
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
    json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": what, "explode": true })
}
