//! The control interface under `/_sandbox/v1`: sets the stage, plays the phone, tells what happened.
//! JSON in and out, problems as problem+json with a `code`; app secrets are never shown again.

mod account;
mod act;
mod problem;
mod pushes;
mod scan;
#[cfg(any(debug_assertions, feature = "conformance"))]
pub(crate) mod self_confirming;
mod stage;
#[cfg(test)]
mod tests;
mod view;
mod website;

use hyper::Method;
use serde::de::DeserializeOwned;

use crate::call::{Call, Reply};
use crate::state::State;
use problem::Problem;

const PREFIX: &str = "/_sandbox/v1/";

type Answer = Result<Reply, Problem>;

/// Whether the path belongs to the control interface.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Answers one control call.
pub(crate) async fn answer(state: &State, call: &Call) -> Reply {
    // Whoever opens a web page must not play with the phone behind its back.
    if call.foreign {
        return Problem::new(403, "foreign_page", "Only programs and this phone's own page may ask.")
            .into_reply();
    }
    route(state, call).await.unwrap_or_else(Problem::into_reply)
}

async fn route(state: &State, call: &Call) -> Answer {
    let path = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let (get, post) = (call.method == Method::GET, call.method == Method::POST);
    let (put, delete) = (call.method == Method::PUT, call.method == Method::DELETE);
    match parts.as_slice() {
        ["apps"] if get => Ok(view::apps(state)),
        ["apps", appid] if put => stage::put_app(state, appid, call),
        ["apps", appid, "push_verification"] if post => pushes::verify(state, appid).await,
        ["persons"] if get => Ok(view::persons(state)),
        ["persons", id] if put => stage::put_person(state, id, call),
        ["followers"] if get => account::followers(state, call),
        ["followers"] if put => account::set_following(state, call),
        ["chats"] if get => account::chats(state, call),
        ["privacy"] if post => account::privacy(state, call).await,
        ["browser"] if get => website::browser(state, call),
        ["js_codes"] if post => stage::js_code(state, call),
        ["phone_codes"] if post => stage::phone_code(state, call),
        ["apps", appid, "admission"] if post => stage::admit(state, appid, call),
        ["pushes"] if get => Ok(pushes::list(state)),
        ["pushes"] if post => pushes::make(state, call).await,
        ["pushes", "release"] if post => pushes::release(state, call).await,
        ["pushes", id, "replay"] if post => pushes::replay(state, id, call).await,
        ["push_rules"] if get => Ok(pushes::rules(state)),
        ["push_rules"] if put => pushes::set_rules(state, call),
        ["wire_rules"] if put => stage::wire_rules(state, call),
        ["codes"] if get => Ok(view::codes(state)),
        ["pictures", digest] if get => view::picture(state, digest),
        ["codes", id, "image"] if get => view::code_image(state, id),
        ["act"] if post => act::act(state, call).await,
        ["logo"] if get => act::logo(state, call).await,
        ["faults"] if post => stage::add_fault(state, call),
        ["faults"] if delete => Ok(stage::clear_faults(state)),
        ["tokens", "revoke"] if post => stage::revoke(state, call),
        ["quotas"] if put => stage::quotas(state, call),
        ["clock"] if post => stage::advance(state, call),
        ["calls"] if get => Ok(Reply::ok(&state.journal().view())),
        ["calls"] if delete => {
            state.journal().clear();
            Ok(Reply::empty())
        }
        _ => Err(Problem::new(404, "unknown_call", "There is no such call, or not with this method.")),
    }
}

fn parse<T: DeserializeOwned>(call: &Call) -> Result<T, Problem> {
    serde_json::from_slice(&call.body).map_err(|error| {
        Problem::new(400, "bad_body", format!("The body is not what this call takes: {error}"))
    })
}
