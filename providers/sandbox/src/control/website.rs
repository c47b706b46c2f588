//! Plays the phone towards websites' login pages: scans their code, confirms or cancels; opens WeChat's own browser.
//! The pages learn of it by their poll; the code they get goes through the browser, never through here.

use hyper::StatusCode;
use hyper::header::{HeaderValue, SET_COOKIE};
use serde_json::json;
use url::Url;

use super::Answer;
use super::act::ActBody;
use super::problem::Problem;
use super::scan::lapsed;
use crate::call::{Call, PERSON_COOKIE, Reply};
use crate::companion::is_loopback_http;
use crate::state::State;
use crate::web::{Consent, Scope, Stage};

/// A scan of a page's code.
pub(super) fn scan(state: &State, person: &str, uuid: &str) -> Answer {
    let mut world = state.world();
    let page = world.web.pages.get_mut(&uuid.to_owned()).ok_or_else(lapsed)?;
    match &page.stage {
        Stage::Waiting => page.stage = Stage::Scanned { person: person.to_owned() },
        Stage::Scanned { person: by } if by == person => {}
        Stage::Scanned { .. } => {
            return Err(Problem::new(409, "code_taken", "Somebody else has scanned this code."));
        }
        Stage::Confirmed { .. } | Stage::Cancelled => return Err(already_answered()),
    }
    let appid = page.appid.clone();
    let app_name = world.apps.get(&appid).map(|app| app.name.clone());
    drop(world);
    state.page_moved.notify_waiters();
    Ok(Reply::ok(&json!({"kind": "website", "appid": appid, "app_name": app_name, "uuid": uuid})))
}

fn already_answered() -> Problem {
    Problem::new(409, "already_answered", "This login was answered already.")
}

/// `website_confirm` and `website_cancel`.
pub(super) fn decide(state: &State, body: &ActBody, confirmed: bool) -> Answer {
    let uuid = body.uuid.clone().ok_or_else(|| Problem::new(400, "bad_body", "The uuid is missing."))?;
    let now = state.clock.now();
    let mut world = state.world();
    let page = world
        .web
        .pages
        .get(&uuid)
        .cloned()
        .ok_or_else(|| Problem::new(422, "unknown_code", "This code was not made here."))?;
    match &page.stage {
        Stage::Scanned { person } if *person == body.person => {}
        Stage::Scanned { .. } | Stage::Waiting => {
            return Err(Problem::new(409, "nothing_scanned", "This phone has not scanned that code."));
        }
        Stage::Confirmed { .. } | Stage::Cancelled => return Err(already_answered()),
    }
    if page.lapsed(now) {
        return Err(lapsed());
    }
    let consent = Consent { appid: page.appid.clone(), person: body.person.clone(), scope: Scope::Login };
    let answered = if confirmed {
        Stage::Confirmed { code: world.web.agree(consent, now, state.dice.oauth_code()) }
    } else {
        Stage::Cancelled
    };
    if let Some(page) = world.web.pages.get_mut(&uuid) {
        page.stage = answered;
    }
    let app_name = world.apps.get(&page.appid).map(|app| app.name.clone());
    drop(world);
    state.page_moved.notify_waiters();
    let status = if confirmed { "confirmed" } else { "cancelled" };
    Ok(Reply::ok(&json!({"status": status, "appid": page.appid, "app_name": app_name, "uuid": uuid})))
}

/// `GET /browser?person=&url=`: makes this browser that person's WeChat and goes on to a page of this machine.
pub(super) fn browser(state: &State, call: &Call) -> Answer {
    let person = call.param("person").unwrap_or_default();
    if state.world().person(person).is_none() {
        return Err(Problem::unknown_person(person));
    }
    let url = call.param("url").and_then(|url| Url::parse(url).ok()).filter(is_loopback_http);
    let url = url.ok_or_else(|| {
        Problem::new(422, "url_not_loopback", "The pretend browser opens pages of this machine only.")
    })?;
    let unusable = || Problem::new(422, "url_not_loopback", "This address cannot be opened.");
    let cookie = format!("{PERSON_COOKIE}={person}; Path=/connect; HttpOnly; SameSite=Lax");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| unusable())?;
    let reply = Reply::redirect(StatusCode::SEE_OTHER, url.as_str()).ok_or_else(unusable)?;
    Ok(reply.with(SET_COOKIE, cookie))
}
