//! The public listener's routes, in their layers.

use super::apis::login_api;
use super::edge::Edge;
use super::pages;
use super::panics::Panics;
use super::public_state::Public;
use poem::web::Data;
use poem::{Endpoint, EndpointExt as _, Request, Response, Route, get, handler};
use std::sync::Arc;

/// Everything the public listener answers.
pub(crate) fn public_endpoint(public: &Arc<Public>) -> impl Endpoint<Output = Response> + use<> {
    Route::new()
        .at("/", get(home))
        .at("/static/:name", get(pages::serve))
        .nest_no_strip("/api", login_api())
        .nest_no_strip("/oauth2", login_api())
        .data(Arc::clone(public))
        .map_to_response()
        .with(Panics)
        .with(Edge(Arc::clone(public)))
}

/// The front page.
#[expect(clippy::needless_pass_by_value, reason = "the framework passes extractors by value")]
#[handler]
fn home(request: &Request, public: Data<&Arc<Public>>) -> Response {
    public.pages.home(request)
}
