//! The start address of `<saoma-login>`: the shop's back end says who it is, and begins a login.
//!
//! The verifier and the state never leave the session; the browser gets Saoma's answer to the
//! begin, in which its own secret is. Whatever Saoma refuses is handed on with its code.

use std::sync::Arc;

use poem::http::header::{CONTENT_TYPE, RETRY_AFTER};
use poem::http::{HeaderMap, StatusCode};
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, handler};
use serde::Deserialize;
use serde_json::json;

use super::Shop;
use super::locale::Locale;
use super::login::from_own_page;
use super::saoma::{Answer, BeginLogin, BrowserSeen, SaomaError, challenge, random};
use super::sessions::Attempt;

const BODY_LIMIT: usize = 1024;
const PROVIDER_LENGTH: usize = 40;

#[derive(Deserialize)]
struct Wish {
    provider: String,
    locale: Option<String>,
}

/// Which Client the page belongs to, and what the shop calls the ways; Saoma knows which are on offer.
#[handler]
pub(super) fn offer(request: &Request, Data(shop): Data<&Arc<Shop>>) -> Response {
    let titles = shop.pages.ways(Locale::of(request));
    Json(json!({ "client_id": shop.config.client_id, "titles": titles })).into_response()
}

/// Begins a login and remembers the attempt in the visitor's session.
#[handler]
pub(super) async fn begin(
    request: &Request,
    body: Body,
    Data(shop): Data<&Arc<Shop>>,
) -> poem::Result<Response> {
    if !from_own_page(&shop.config, request.headers()) {
        return Err(StatusCode::FORBIDDEN.into());
    }
    let body = body.into_bytes_limit(BODY_LIMIT).await?;
    let wish: Wish = serde_json::from_slice(&body).map_err(poem::error::BadRequest)?;
    if wish.provider.len() > PROVIDER_LENGTH {
        return Err(StatusCode::BAD_REQUEST.into());
    }
    let [state, verifier, fresh] = [random(), random(), random()].map(|value| value.map_err(no_chance));
    let (state, verifier, fresh) = (state?, verifier?, fresh?);
    let asked = BeginLogin {
        provider: &wish.provider,
        locale: wish.locale.as_deref(),
        state: &state,
        code_challenge: challenge(&verifier),
        browser: browser(request),
    };
    match shop.saoma.begin(&asked).await {
        Ok(answer) if answer.status.is_success() => {
            let attempt = Attempt { state, verifier, way: wish.provider.clone() };
            let id = shop.sessions.remember(shop.session_id(request).as_deref(), fresh, attempt);
            request.cookie().add(shop.config.session_cookie(&id));
            Ok(hand_on(answer))
        }
        Ok(answer) => Ok(hand_on(answer)),
        Err(error) => Ok(unreachable(&error)),
    }
}

fn no_chance(error: rand::rngs::SysError) -> poem::Error {
    poem::error::InternalServerError(error)
}

/// What Saoma may tell the phone about the browser that asks, which it cannot see itself.
fn browser(request: &Request) -> BrowserSeen {
    let headers: &HeaderMap = request.headers();
    let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok());
    BrowserSeen {
        ip: request.remote_addr().as_socket_addr().map(|address| address.ip().to_string()),
        user_agent: agent.map(str::to_owned),
    }
}

fn hand_on(answer: Answer) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in [(CONTENT_TYPE, answer.content_type), (RETRY_AFTER, answer.retry_after)] {
        if let Some(value) = value {
            response = response.header(name, value);
        }
    }
    response.body(answer.body)
}

/// A 502 without a code: the component then speaks of the network, which is true.
fn unreachable(error: &SaomaError) -> Response {
    tracing::warn!(%error, "the shop could not begin a login");
    StatusCode::BAD_GATEWAY.into_response()
}
