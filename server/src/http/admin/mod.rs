//! The admin listener: never on the public port. Pages for people, an API for programs, health for
//! machines.
//!
//! Handlers recognise the caller, ask the caller for a permit, call a service with it, and draw a view.
//! They hold no rule: without a permit no service answers.

mod answer;
mod api;
mod cookies;
mod doctor;
mod door;
mod edge;
mod enrol;
mod files;
mod form;
mod health;
mod house;
mod state;
mod visit;

pub use api::admin_document;
pub(crate) use state::{Admin, AdminSettings};

use super::panics::Panics;
use edge::Edge;
use poem::{Endpoint, EndpointExt as _, Response, Route, get, post};
use std::sync::Arc;

/// Everything the admin listener answers.
pub(crate) fn admin_endpoint(admin: &Arc<Admin>) -> impl Endpoint<Output = Response> + use<> {
    Route::new()
        .at("/healthz", get(health::healthz))
        .at("/readyz", get(health::readyz))
        .at("/static/:name", get(files::serve))
        .at("/", get(house::home))
        .at("/log-in", get(door::show).post(door::log_in))
        .at("/log-out", post(door::log_out))
        .at("/prove", get(door::show_again).post(door::prove))
        .at("/enrol/:link", get(enrol::show).post(enrol::enrol))
        .at("/account", get(house::account))
        .at("/account/end-session", post(house::end_session))
        .at("/websites", get(house::websites))
        .at("/providers/:slug/doctor", get(doctor::show).post(doctor::probe))
        .at("/providers/:slug/doctor/rehearsals", post(doctor::rehearse))
        .at("/providers/:slug/doctor/rehearsals/:login", get(doctor::show_rehearsal))
        .at("/providers/:slug/doctor/rehearsals/:login/code", get(doctor::picture))
        .at("/providers/:slug/doctor/rehearsals/:login/cancel", post(doctor::cancel))
        .nest_no_strip(api::PREFIX, api::admin_api())
        .data(Arc::clone(admin))
        .map_to_response()
        .with(Panics)
        .with(Edge(Arc::clone(admin)))
}
