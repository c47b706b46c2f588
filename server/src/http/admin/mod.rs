//! The admin listener: never on the public port. Pages for people, an API for programs, health for
//! machines.
//!
//! Handlers recognise the caller, ask the caller for a permit, call a service with it, and draw a view.
//! They hold no rule: without a permit no service answers.

mod answer;
mod api;
mod audit;
mod cookies;
mod doctor;
mod door;
mod downloads;
mod edge;
mod enrol;
mod files;
mod filter_form;
mod form;
mod health;
mod house;
mod kept;
mod keys;
mod language;
mod logins;
mod merging;
mod names;
mod newest;
mod numbers;
mod own_proofs;
mod passkeys;
mod people;
mod person;
mod person_sessions;
mod proof;
mod provider_form;
mod providers;
mod refused;
mod room;
mod settings;
mod shown;
mod snippets;
mod staff;
mod state;
mod tokens;
mod user_query;
mod visit;
mod website;
mod website_logo;
mod website_openid;
mod websites;

pub use api::admin_document;
pub(crate) use shown::ShownOnce;
pub(crate) use state::{Admin, AdminSettings};

use super::panics::Panics;
use edge::Edge;
use poem::{Endpoint, EndpointExt as _, Response, Route, get, post};
use proof::Proof;
use std::sync::Arc;

/// Everything the admin listener answers.
pub(crate) fn admin_endpoint(admin: &Arc<Admin>) -> impl Endpoint<Output = Response> + use<> {
    people_rooms(door(Route::new()))
        .at("/healthz", get(health::healthz))
        .at("/readyz", get(health::readyz))
        .at("/static/:name", get(files::serve))
        .at("/", get(numbers::overview))
        .at("/logins", get(logins::list))
        .at("/logins/export", get(logins::export))
        .at("/logins/:login", get(logins::show))
        .at("/events/logins", get(logins::follow))
        .at("/statistics", get(numbers::statistics))
        .at("/language", post(language::choose))
        .at("/shown/:id", get(shown::show))
        .at("/websites", get(websites::list))
        .at("/websites/new", get(websites::show_new).post(websites::create))
        .at("/websites/:client_id", get(website::show))
        .at("/websites/:client_id/look", post(website::look))
        .at("/websites/:client_id/wiring", post(website::wiring))
        .at("/websites/:client_id/openid", post(website_openid::change))
        .at("/websites/:client_id/told", post(website_openid::change_told))
        .at("/websites/:client_id/keys", post(website_openid::change_keys))
        .at("/websites/:client_id/logo", get(website_logo::show).post(website_logo::upload))
        .at("/websites/:client_id/logo/remove", post(website_logo::remove))
        .at("/websites/:client_id/secrets/add", post(website::add_secret))
        .at("/websites/:client_id/secrets/remove", post(website::remove_secret))
        .at("/websites/:client_id/delete", post(website::delete))
        .at("/providers", get(providers::list))
        .at("/providers/new", get(providers::show_new).post(providers::create))
        .at("/providers/:slug", get(providers::show).post(providers::change))
        .at("/providers/:slug/shared", post(providers::hand_out))
        .at("/providers/:slug/delete", post(providers::delete))
        .at("/admins", get(staff::list))
        .at("/admins/invite", post(staff::invite))
        .at("/admins/renew", post(staff::renew))
        .at("/admins/withdraw", post(staff::withdraw))
        .at("/admins/appoint", post(staff::appoint))
        .at("/admins/switch", post(staff::switch))
        .at("/tokens", get(tokens::list).post(tokens::create))
        .at("/tokens/revoke", post(tokens::revoke))
        .at("/providers/:slug/doctor", get(doctor::show).post(doctor::probe))
        .at("/providers/:slug/doctor/rehearsals", post(doctor::rehearse))
        .at("/providers/:slug/doctor/rehearsals/:login", get(doctor::show_rehearsal))
        .at("/providers/:slug/doctor/rehearsals/:login/code", get(doctor::picture))
        .at("/providers/:slug/doctor/rehearsals/:login/cancel", post(doctor::cancel))
        .at("/audit", get(audit::list))
        .at("/audit/export", get(audit::export))
        .at("/audit/verify", post(audit::verify))
        .at("/settings", get(settings::show).post(settings::change))
        .at("/keys", get(keys::show))
        .at("/keys/rotate", post(keys::rotate))
        .nest_no_strip(api::PREFIX, api::admin_api())
        .data(Arc::clone(admin))
        .map_to_response()
        .with(Proof(Arc::clone(admin)))
        .with(Panics)
        .with(Edge(Arc::clone(admin)))
}

/// In, still in, out; one's own account.
fn door(route: Route) -> Route {
    route
        .at("/log-in", get(door::show).post(door::log_in))
        .at("/log-in/passkey", post(passkeys::log_in))
        .at("/log-in/passkey/begin", post(passkeys::begin_log_in))
        .at("/log-out", post(door::log_out))
        .at("/prove", get(door::show_again).post(door::prove))
        .at("/prove/passkey", post(passkeys::prove))
        .at("/prove/passkey/begin", post(passkeys::begin_proof))
        .at("/enrol/:link", get(enrol::show).post(enrol::enrol))
        .at("/enrol/:link/passkey", post(passkeys::begin_enrolment))
        .at("/account", get(house::account))
        .at("/account/passkeys", post(passkeys::add))
        .at("/account/passkeys/begin", post(passkeys::begin_adding))
        .at("/account/passkeys/remove", post(passkeys::remove))
        .at("/account/end-session", post(house::end_session))
        .at("/account/password", post(own_proofs::password))
        .at("/account/recovery-codes", post(own_proofs::recovery))
}

/// Everybody, and one of them.
fn people_rooms(route: Route) -> Route {
    route
        .at("/users", get(people::list))
        .at("/users/export", get(people::export))
        .at("/users/offers", get(people::offers).post(people::dismiss))
        .at("/users/admit", get(people::show_admit).post(people::admit))
        .at("/users/:user_id", get(person::show))
        .at("/users/:user_id/switch", post(person::switch))
        .at("/users/:user_id/revoke", post(person::revoke))
        .at("/users/:user_id/sessions/end", post(person_sessions::log_out))
        .at("/users/:user_id/unlink", post(person::unlink))
        .at("/users/:user_id/link", post(person::link))
        .at("/users/:user_id/undo", post(person::undo))
        .at("/users/:user_id/delete", post(person::delete))
        .at("/users/:user_id/merge", get(merging::show).post(merging::merge))
}
