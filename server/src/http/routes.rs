//! The public listener's routes, in their layers.

use super::account;
use super::apis::login_api;
use super::callback::callback;
use super::confirm;
use super::domain_proof::{ROUTE as DOMAIN_PROOF, domain_proof};
use super::edge::Edge;
use super::hosted;
use super::kit;
use super::login::follow_by_socket;
use super::oauth::read_discovery;
use super::pages;
use super::panics::Panics;
use super::public_state::Public;
use super::push::push;
use poem::web::Data;
use poem::{Endpoint, EndpointExt as _, Request, Response, Route, get, handler, post};
use poem_openapi::OperationId;
use std::sync::Arc;

/// Everything the public listener answers.
///
/// The framework makes a GET of a HEAD, unless there is a handler for it: a callback and the page that is
/// come back to use a vendor's code up, so theirs must know the one from the other.
pub(crate) fn public_endpoint(public: &Arc<Public>) -> impl Endpoint<Output = Response> + use<> {
    Route::new()
        .at("/", get(home))
        .at("/static/:name", get(pages::serve))
        .at("/kit/:version/saoma-login.js", get(kit::serve))
        .at("/kit/integrity.json", get(kit::integrity))
        .at("/callback/:provider", named("callback", get(callback).head(callback).post(callback)))
        .at("/push/:provider/:secret", named("push", get(push).post(push)))
        .at(
            "/confirm/:token",
            named("confirm_page", get(confirm::show).head(confirm::show).post(confirm::decide)),
        )
        .at("/.well-known/openid-configuration", named("read_discovery", get(read_discovery)))
        .at("/.well-known/oauth-authorization-server", named("read_discovery", get(read_discovery)))
        .at(
            "/oauth2/authorize",
            named("authorize", get(hosted::authorize).head(hosted::authorize).post(hosted::authorize)),
        )
        .at(
            "/oauth2/logout",
            named("log_out", get(hosted::log_out).head(hosted::log_out).post(hosted::log_out)),
        )
        .at("/device", named("device_page", get(hosted::ask_code).post(hosted::take_code)))
        .at("/device/done", named("device_done", get(hosted::device_done)))
        .at("/login/:id", named("login_page", get(hosted::show).head(hosted::show).post(hosted::decide)))
        .at("/login/:id/start", named("login_page_start", post(hosted::start)))
        .at(
            "/consent/:secret",
            named("consent_page", get(hosted::show_asks).head(hosted::show_asks).post(hosted::answer_asks)),
        )
        .at("/account", named("account", get(account::show).head(account::show)))
        .at(
            "/account/:place",
            named("account_place", get(account::show).head(account::show).post(account::decide)),
        )
        .at(
            "/account/:place/:id",
            named("account_place", get(account::show).head(account::show).post(account::decide)),
        )
        .at(DOMAIN_PROOF, named("domain_proof", get(domain_proof)))
        .at("/api/v1/logins/:login_id/ws", named("follow_by_socket", get(follow_by_socket)))
        .nest_no_strip("/api", login_api())
        .nest_no_strip("/oauth2", login_api())
        .data(Arc::clone(public))
        .map_to_response()
        .with(Panics)
        .with(Edge(Arc::clone(public)))
}

/// What is not in the OpenAPI document has a name for the log as well.
fn named(operation: &'static str, endpoint: impl Endpoint) -> impl Endpoint {
    endpoint.map_to_response().map(move |mut response: Response| async move {
        response.set_data(OperationId(operation));
        response
    })
}

/// The front page.
#[expect(clippy::needless_pass_by_value, reason = "the framework passes extractors by value")]
#[handler]
fn home(request: &Request, public: Data<&Arc<Public>>) -> Response {
    public.pages.home(request)
}
