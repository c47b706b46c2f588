//! Logging in and out: the page with the component, the callback, the way out.
//!
//! A callback without a state of its own session is refused before Saoma is asked anything.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{HeaderMap, ORIGIN};
use poem::web::{Data, Query};
use poem::{IntoResponse, Request, Response, handler};
use serde::Deserialize;
use serde_json::json;

use super::handlers::{Trouble, see_other};
use super::pages::Page;
use super::saoma::{SaomaError, random};
use super::sessions::User;
use super::{Shop, ShopConfig};

/// What a site owner copies from Saoma's `/kit/integrity.json`.
const KIT_INTEGRITY: &str = include_str!("../../../../openapi/typescript/dist/integrity.txt");

/// The kit's address. Between two releases the bundle changes while its version stays, and browsers
/// keep it for ever: a piece of the hash tells them apart.
fn kit_path() -> String {
    let hash: String = KIT_INTEGRITY.chars().filter(char::is_ascii_alphanumeric).skip(6).take(12).collect();
    format!("/kit/{}/saoma-login.js?{hash}", env!("CARGO_PKG_VERSION"))
}

#[derive(Deserialize)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

#[handler]
pub(super) fn page(request: &Request, Data(shop): Data<&Arc<Shop>>) -> Response {
    if shop.user(request).is_some() {
        return see_other("/account");
    }
    // Both ways of the page begin in this session: were each to open its own, the later cookie would lose the
    // earlier attempt.
    let Ok(fresh) = random() else { return shop.trouble(request, Trouble::Internal) };
    let session = shop.sessions.keep(shop.session_id(request).as_deref(), fresh);
    request.cookie().add(shop.config.session_cookie(&session));
    let more = serde_json::Map::from_iter([
        ("saoma".to_owned(), json!(shop.config.issuer())),
        ("kit".to_owned(), json!({ "path": kit_path(), "integrity": KIT_INTEGRITY.trim() })),
        ("redirect_uri".to_owned(), json!(shop.config.redirect_uri())),
        ("phone".to_owned(), json!(shop.config.phone)),
    ]);
    shop.pages.answer(request, (Page::Login, StatusCode::OK), None, &more)
}

#[handler]
pub(super) async fn callback(
    request: &Request,
    query: poem::Result<Query<Callback>>,
    Data(shop): Data<&Arc<Shop>>,
) -> Response {
    let finished = match query {
        Ok(Query(query)) => finish(shop, request, query).await,
        Err(_) => Err(Trouble::Stale),
    };
    match finished {
        Ok(id) => {
            request.cookie().add(shop.config.session_cookie(&id));
            see_other("/account")
        }
        Err(trouble) => shop.trouble(request, trouble),
    }
}

/// The checks in their order: our browser, our Saoma, its answer; then the code is redeemed.
async fn finish(shop: &Shop, request: &Request, query: Callback) -> Result<String, Trouble> {
    let old = shop.session_id(request);
    let state = query.state.ok_or(Trouble::Stale)?;
    let attempt = shop.sessions.take_attempt(old.as_deref(), &state).ok_or(Trouble::Stale)?;
    if query.iss.as_deref() != Some(shop.config.issuer()) {
        return Err(Trouble::WrongIssuer);
    }
    if let Some(error) = query.error {
        return Err(if error == "access_denied" { Trouble::Declined } else { Trouble::Refused });
    }
    let code = query.code.ok_or(Trouble::Stale)?;
    let (subject, info) = shop.saoma.user(&code, &attempt).await.map_err(|error| {
        tracing::warn!(%error, "the shop could not finish a login");
        match error {
            SaomaError::Refused(_) => Trouble::Refused,
            SaomaError::Unreachable(_) => Trouble::Unreachable,
        }
    })?;
    let name = info.name.filter(|name| !name.trim().is_empty());
    let fresh = random().map_err(|_| Trouble::Internal)?;
    Ok(shop.sessions.sign_in(old.as_deref(), fresh, User { subject, name, way: attempt.way }))
}

#[handler]
pub(super) fn logout(request: &Request, Data(shop): Data<&Arc<Shop>>) -> Response {
    if !from_own_page(&shop.config, request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(id) = shop.session_id(request) {
        shop.sessions.end(&id);
        let mut cookie = shop.config.session_cookie(&id);
        cookie.make_removal();
        request.cookie().add(cookie);
    }
    see_other("/")
}

/// Whether one of our own pages sent this. Under `no-referrer` a form's `Origin` is `null`,
/// so the browser's own word, which no page can write, comes first.
pub(super) fn from_own_page(config: &ShopConfig, headers: &HeaderMap) -> bool {
    match (headers.get("sec-fetch-site"), headers.get(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.as_bytes() == config.origin().as_bytes(),
        (None, None) => false,
    }
}
