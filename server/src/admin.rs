//! The admin listener, never on the public port: is the process alive, is it ready, what do the
//! vendor's servers push.

use crate::http::{Public, add_security_headers};
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Response, Route, get, handler};
use saoma_core::installation::InstallationStore;
use saoma_core::seal::Keyring;
use serde_json::json;
use std::sync::Arc;

/// What the admin listener knows.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) installation: Arc<dyn InstallationStore>,
    pub(crate) keyring: Arc<Keyring>,
    /// The public listener's state.
    pub(crate) public: Arc<Public>,
    /// Whether admins come by https.
    pub(crate) is_https: bool,
}

/// Everything the admin listener answers.
pub(crate) fn admin_endpoint(admin: Admin) -> impl Endpoint<Output = Response> {
    let is_https = admin.is_https;
    let routes = Route::new().at("/healthz", get(healthz)).at("/readyz", get(readyz)).data(admin);
    routes.around(move |routes, request| async move {
        let mut response = routes.get_response(request).await;
        add_security_headers(&mut response, is_https);
        Ok(response)
    })
}

/// The process answers; nothing else is asked.
#[handler]
fn healthz() -> Response {
    answer(StatusCode::OK, "{\"status\":\"ok\"}\n".to_owned())
}

/// Database, schema and keys are as they must be; each is told apart.
#[handler]
async fn readyz(admin: Data<&Admin>) -> Response {
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
