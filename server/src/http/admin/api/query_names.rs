//! Names in a call's query. One that the call does not know is refused: a filter with a slip in its name
//! would otherwise be the whole list.
//!
//! Read from the same description the routes are made of. A list with a filter of its own refuses by itself.

use super::super::filter_form::pairs;
use super::code::{AdminCode, AdminProblem};
use super::{Apis, filtered};
use crate::http::methods::Pattern;
use poem::Request;
use poem::http::Method;
use poem_openapi::OpenApi as _;
use poem_openapi::registry::{MetaOperation, MetaParamIn};
use std::sync::LazyLock;

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(calls);

struct Call {
    path: Pattern,
    method: Method,
    /// None where a filter refuses by itself.
    names: Option<Vec<String>>,
}

/// Refuses what this call's query cannot hold.
pub(super) fn refuse_unknown(request: &Request) -> Result<(), AdminProblem> {
    let path = request.uri().path();
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let fitting = CALLS.iter().filter(|call| call.method == *method && call.path.fits(path));
    // `/logins/export` is no Login called export.
    let call = fitting.min_by_key(|call| call.path.variables());
    let Some(names) = call.and_then(|call| call.names.as_ref()) else { return Ok(()) };
    if pairs(request).iter().all(|(name, _)| names.contains(name)) {
        return Ok(());
    }
    let message = match names.as_slice() {
        [] => "this call has no query".to_owned(),
        names => format!("this call's query knows {} and nothing else", names.join(", ")),
    };
    Err(AdminProblem::sent(AdminCode::InvalidParameter, "query", message))
}

fn calls() -> Vec<Call> {
    let paths = Apis::meta().into_iter().flat_map(|api| api.paths);
    let calls = paths.flat_map(|path| {
        let pattern = Pattern::of(&path.path);
        path.operations.into_iter().map(move |operation| Call {
            path: pattern.clone(),
            names: (!operation.operation_id.is_some_and(filtered::has_filter)).then(|| names(&operation)),
            method: operation.method,
        })
    });
    calls.collect()
}

fn names(operation: &MetaOperation) -> Vec<String> {
    let query = operation.params.iter().filter(|param| param.in_type == MetaParamIn::Query);
    query.map(|param| param.name.clone()).collect()
}
