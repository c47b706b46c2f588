//! `connect/oauth2/authorize`: a page of a service account asks WeChat's browser who is reading.
//! Whose browser it is says a cookie that only the sandbox's own browser has; mistakes are pages, never redirects.

use hyper::StatusCode;
use url::Url;

use super::refusal::Refusal;
use super::{Notes, Outcome, Success};
use crate::avatar;
use crate::call::{Call, Reply};
use crate::model::{App, AppKind};
use crate::pages;
use crate::state::{State, World};
use crate::web::{Consent, Question, Scope, return_address};

/// Links are matched by a strict expression: these come first, in this order.
const ORDER: [&str; 5] = ["appid", "redirect_uri", "response_type", "scope", "state"];
const LONGEST_STATE: usize = 128;

/// `GET /connect/oauth2/authorize`.
pub(super) fn authorize(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    let (app, question, scope) = {
        let world = state.world();
        let (app, redirect_uri, scope) = check(&world, call, notes)?;
        let who = call.person.as_deref().and_then(|person| world.person(person));
        let Some(person) = who else {
            return Ok(Success::Reply(pages::render("outside.html", call.english, &[("app", &app.name)])));
        };
        let consent = Consent { appid: app.appid.clone(), person: person.id.clone(), scope };
        let asked = call.param("state").unwrap_or_default().to_owned();
        (app, Question { consent, redirect_uri, state: asked }, scope)
    };
    if scope == Scope::Base {
        return back(state, &question, true, StatusCode::FOUND);
    }
    Ok(Success::Reply(ask(state, call, &app, question)))
}

fn check(world: &World, call: &Call, notes: &mut Notes) -> Result<(App, Url, Scope), Refusal> {
    let names: Vec<&str> = call.query.iter().map(|(name, _)| name.as_str()).collect();
    let expected: Vec<&str> = ORDER.into_iter().filter(|name| names.contains(name)).collect();
    if !names.starts_with(&expected) {
        notes.violation("parameters out of order");
        return Err(Refusal::PAGE_FORMAT);
    }
    let app = call.param("appid").and_then(|appid| world.apps.get(appid)).ok_or(Refusal::PAGE_APPID)?;
    let granted = app.kind == AppKind::ServiceAccount && (app.verified || app.test_account);
    let scope = match call.param("scope") {
        Some("snsapi_base") if granted => Scope::Base,
        Some("snsapi_userinfo") if granted => Scope::UserInfo,
        _ => return Err(Refusal::PAGE_SCOPE),
    };
    let redirect_uri = redirect_uri(app, call, notes)?;
    let state = call.param("state").unwrap_or_default();
    let plain = state.len() <= LONGEST_STATE && state.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if call.param("response_type") != Some("code") || !plain {
        notes.violation("response_type or state malformed");
        return Err(Refusal::PAGE_FORMAT);
    }
    Ok((app.clone(), redirect_uri, scope))
}

/// The address to return to, if the app has registered its domain.
pub(super) fn redirect_uri(app: &App, call: &Call, notes: &mut Notes) -> Result<Url, Refusal> {
    let address = call.param("redirect_uri").and_then(|text| Url::parse(text).ok());
    address.filter(|address| app.may_return_to(address)).ok_or_else(|| {
        notes.violation("redirect_uri outside the registered domains");
        Refusal::PAGE_REDIRECT
    })
}

fn ask(state: &State, call: &Call, app: &App, question: Question) -> Reply {
    let mut world = state.world();
    let person = question.consent.person.clone();
    let nickname = world.person(&person).map(|person| person.nickname.clone()).unwrap_or_default();
    let picture = avatar::path(&world, &person).unwrap_or_default();
    let id = state.dice.uuid();
    world.web.questions.insert(id.clone(), question);
    let values =
        [("app", app.name.as_str()), ("nickname", &nickname), ("picture", &picture), ("question", &id)];
    pages::render("consent.html", call.english, &values)
}

/// `POST /connect/oauth2/consent`: the person has decided.
pub(super) fn decide(state: &State, call: &Call, notes: &mut Notes) -> Outcome {
    if call.foreign {
        return Err(Refusal::PAGE_FORMAT);
    }
    let fields = Call::parse_query(std::str::from_utf8(&call.body).ok());
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let id = field("question").ok_or(Refusal::PAGE_FORMAT)?;
    let question = state.world().web.questions.remove(&id).ok_or(Refusal::PAGE_FORMAT)?;
    notes.appid = Some(question.consent.appid.clone());
    if Some(&question.consent.person) != call.person.as_ref() {
        return Err(Refusal::PAGE_FORMAT);
    }
    let allowed = field("decision").as_deref() == Some("allow");
    if !allowed && !state.world().web.rules.cancel_redirects {
        return Ok(Success::Reply(pages::render("closed.html", call.english, &[])));
    }
    back(state, &question, allowed, StatusCode::SEE_OTHER)
}

fn back(state: &State, question: &Question, allowed: bool, status: StatusCode) -> Outcome {
    let now = state.clock.now();
    let code =
        allowed.then(|| state.world().web.agree(question.consent.clone(), now, state.dice.oauth_code()));
    let address = return_address(&question.redirect_uri, code.as_deref(), &question.state);
    Reply::redirect(status, &address).map(Success::Reply).ok_or(Refusal::PAGE_REDIRECT)
}
