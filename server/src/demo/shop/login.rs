//! Signing in and out: the page with the code, the start of an attempt, the callback.
//!
//! The verifier and the state never leave the session; a callback without its own state is refused
//! before Saoma is asked anything.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{HeaderMap, ORIGIN};
use poem::web::{Data, Json, Query};
use poem::{Body, IntoResponse, Request, Response, handler};
use rand::rngs::SysError;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::handlers::{Trouble, see_other};
use super::pages::Page;
use super::saoma::{SaomaError, challenge, random};
use super::sessions::{Attempt, User, Way};
use super::{Shop, ShopConfig};

const BODY_LIMIT: usize = 1024;
const WAY_LENGTH: usize = 60;

#[derive(Deserialize)]
struct Start {
    kind: String,
    title: String,
}

#[derive(Serialize)]
struct Started {
    code_challenge: String,
    state: String,
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
    let config = &shop.config;
    let more = serde_json::Map::from_iter([
        ("saoma".to_owned(), json!(config.issuer())),
        ("client_id".to_owned(), json!(config.client_id)),
        ("redirect_uri".to_owned(), json!(config.redirect_uri())),
        ("phone".to_owned(), json!(config.phone)),
    ]);
    shop.pages.answer(request, (Page::Login, StatusCode::OK), None, &more)
}

/// Begins an attempt: the browser gets the challenge and the state, the session keeps the verifier.
#[handler]
pub(super) async fn start(
    request: &Request,
    body: Body,
    Data(shop): Data<&Arc<Shop>>,
) -> poem::Result<Response> {
    if !from_own_page(&shop.config, request.headers()) {
        return Err(StatusCode::FORBIDDEN.into());
    }
    let body = body.into_bytes_limit(BODY_LIMIT).await?;
    let chosen: Start = serde_json::from_slice(&body).map_err(poem::error::BadRequest)?;
    let attempt = new_attempt(&chosen).map_err(poem::error::InternalServerError)?;
    let fresh = random().map_err(poem::error::InternalServerError)?;
    let started = Started { code_challenge: challenge(&attempt.verifier), state: attempt.state.clone() };
    let id = shop.sessions.remember(shop.session_id(request).as_deref(), fresh, attempt);
    request.cookie().add(shop.config.session_cookie(&id));
    Ok(Json(started).into_response())
}

fn new_attempt(chosen: &Start) -> Result<Attempt, SysError> {
    let short = |text: &str| text.chars().take(WAY_LENGTH).collect();
    let way = Way { kind: short(&chosen.kind), title: short(&chosen.title) };
    Ok(Attempt { state: random()?, verifier: random()?, way })
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
    let info = shop.saoma.user(&code, &attempt).await.map_err(|error| {
        tracing::warn!(%error, "the shop could not finish a sign-in");
        match error {
            SaomaError::Refused(_) => Trouble::Refused,
            SaomaError::Unreachable(_) => Trouble::Unreachable,
        }
    })?;
    let name = info.name.filter(|name| !name.trim().is_empty());
    let fresh = random().map_err(|_| Trouble::Internal)?;
    Ok(shop.sessions.sign_in(old.as_deref(), fresh, User { sub: info.sub, name, way: attempt.way }))
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
fn from_own_page(config: &ShopConfig, headers: &HeaderMap) -> bool {
    match (headers.get("sec-fetch-site"), headers.get(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.as_bytes() == config.origin().as_bytes(),
        (None, None) => false,
    }
}
