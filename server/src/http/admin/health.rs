//! `/healthz` and `/readyz`: is the process alive, is it ready, what do the vendor's servers push.
//!
//! Asked by machines, by any name of this host; they tell nothing that needs a log-in.

use super::Admin;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse as _, Response, handler};
use serde_json::json;
use std::sync::Arc;

/// The process answers; nothing else is asked.
#[handler]
pub(super) fn healthz() -> Response {
    answer(StatusCode::OK, "{\"status\":\"ok\"}\n".to_owned())
}

/// Database, schema and keys are as they must be; each is told apart.
#[handler]
pub(super) async fn readyz(admin: Data<&Arc<Admin>>) -> Response {
    let schema = admin.installation.has_own_schema().await;
    let database = schema.is_ok();
    let key = match admin.installation.find_key_id().await {
        Ok(Some(key_id)) => admin.keyring.has(&key_id),
        Ok(None) | Err(_) => false,
    };
    let schema = schema.unwrap_or(false);
    let ready = database && schema && key;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |ok: bool| if ok { "ok" } else { "failed" };
    let text = format!(
        "{}\n",
        json!({
            "status": if ready { "ready" } else { "not_ready" },
            "checks": { "database": word(database), "schema": word(schema), "keys": word(key) },
            "pushes": admin.public.pushes.counts(),
        })
    );
    answer(status, text)
}

fn answer(status: StatusCode, json: String) -> Response {
    let response = Response::builder().status(status).content_type("application/json");
    response.header(header::CACHE_CONTROL, "no-store").body(json).into_response()
}
