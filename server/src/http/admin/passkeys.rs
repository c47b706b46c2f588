//! Passkeys: what the page's script asks before the browser does, and what its forms bring back.
//!
//! A `begin` answers JSON to our own script; each answer of an authenticator comes by a form, as everything
//! else does. They hold no rule.

use super::Admin;
use super::answer::{Stop, then};
use super::door::{again_page, let_in, log_in_page, problem_of};
use super::form::Form;
use super::house::{Troubles, account_page};
use super::room::Room;
use super::visit::{Inside, Visitor};
use super::{answer, enrol};
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_core::Secret;
use saoma_core::admin::{Begun, LogInError, PasskeyError};
use serde_json::{Value, json};
use std::sync::Arc;

/// What is wrong, in one of the words that the page's script has a text for.
struct Told(StatusCode, Value);

impl Told {
    fn word(word: &str) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, json!({ "problem": word }))
    }
}

impl From<Stop> for Told {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::LogIn => Self(StatusCode::UNAUTHORIZED, json!({ "go": "/log-in" })),
            Stop::Prove => Self(StatusCode::FORBIDDEN, json!({ "go": then("/prove", "/account") })),
            Stop::Forged => Self(StatusCode::FORBIDDEN, json!({ "problem": "stale_form" })),
            Stop::Forbidden | Stop::AddPasskey | Stop::NotFound => {
                Self(StatusCode::FORBIDDEN, json!({ "problem": "forbidden" }))
            }
            Stop::NoLink | Stop::NoLonger | Stop::NoPage => {
                Self(StatusCode::NOT_FOUND, json!({ "problem": "no_link" }))
            }
            Stop::Store(error) => {
                tracing::error!(%error, "the database could not be asked for a passkey's question");
                Self(StatusCode::SERVICE_UNAVAILABLE, json!({ "problem": "unavailable" }))
            }
            Stop::Internal(what) => {
                tracing::error!(what, "a passkey's question could not be made");
                Self(StatusCode::INTERNAL_SERVER_ERROR, json!({ "problem": "unavailable" }))
            }
        }
    }
}

impl From<LogInError> for Told {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Wrong => Self::word("wrong"),
            LogInError::Wait(_) => Self(StatusCode::TOO_MANY_REQUESTS, json!({ "problem": "wait" })),
            LogInError::Passkey(problem) => Self::word(problem.as_str()),
            LogInError::PasskeyNeeded => Self::word("passkey_needed"),
            LogInError::Store(error) => Stop::Store(error).into(),
        }
    }
}

fn asked(begun: Result<Begun, Told>) -> Response {
    let (status, body) = match begun {
        Ok(begun) => {
            let options: Value = serde_json::from_str(&begun.options).unwrap_or_default();
            (StatusCode::OK, json!({ "ceremony": begun.ceremony.expose(), "options": options }))
        }
        Err(Told(status, body)) => (status, body),
    };
    let response = Response::builder().status(status).content_type("application/json");
    response.header(header::CACHE_CONTROL, "no-store").body(body.to_string())
}

/// What an authenticator answered, and to which question.
pub(super) fn answered(form: &Form) -> (&str, &str) {
    (form.get("ceremony"), form.get("answer"))
}

/// `POST /log-in/passkey/begin`: any passkey, or after name and password one of theirs.
#[handler]
pub(super) async fn begin_log_in(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let form = Form::from_own_page(request, &body, &admin.settings).map_err(Stop::from)?;
        let password = Secret::new(form.get("password"));
        Ok(admin.admins.begin_passkey_log_in(form.get("name"), &password, &visitor.visit).await?)
    };
    asked(begun.await)
}

/// `POST /log-in/passkey`: in.
#[handler]
pub(super) async fn log_in(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        match admin.admins.log_in_by_passkey(answered(&form), &visitor.visit).await {
            Ok(logged_in) => Ok(let_in(admin, &logged_in, form.get("next"))),
            Err(error) => Ok(log_in_page(&visitor, &form, problem_of(error)?)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| answer::refuse(&visitor, stop))
}

async fn inside_with(visitor: &Visitor<'_>, body: &[u8]) -> Result<(Inside, Form), Stop> {
    let (room, form) = Room::take(visitor, body).await?;
    Ok((room.inside, form))
}

/// `POST /prove/passkey/begin`: one of one's own.
#[handler]
pub(super) async fn begin_proof(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let (inside, _) = inside_with(&visitor, &body).await?;
        Ok(admin.admins.begin_passkey_proof(&inside.caller, &visitor.visit).await?)
    };
    asked(begun.await)
}

/// `POST /prove/passkey`: still in, freshly proven.
#[handler]
pub(super) async fn prove(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (inside, form) = inside_with(&visitor, &body).await?;
        match admin.admins.step_up_by_passkey(&inside.caller, answered(&form), &visitor.visit).await {
            Ok(proven) => Ok(let_in(admin, &proven, form.get("next"))),
            Err(error) => Ok(again_page(&visitor, &inside, &form, problem_of(error)?)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| answer::refuse(&visitor, stop))
}

/// `POST /enrol/{link}/passkey`: a new one, for somebody who is being enrolled.
#[handler]
pub(super) async fn begin_enrolment(
    request: &Request,
    Path(link): Path<String>,
    body: Bytes,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let begun = async {
        let form = Form::from_own_page(request, &body, &admin.settings).map_err(Stop::from)?;
        let (link, password) = (Secret::new(link), Secret::new(form.get("password")));
        let begun = admin.admins.begin_passkey_enrolment(&link, form.get("name"), &password).await;
        begun.map_err(|error| match enrol::word_of(error) {
            Ok(word) => Told::word(word),
            Err(stop) => stop.into(),
        })
    };
    asked(begun.await)
}

/// `POST /account/passkeys/begin`: one more.
#[handler]
pub(super) async fn begin_adding(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let (inside, _) = inside_with(&visitor, &body).await?;
        admin.admins.begin_passkey(&inside.caller).await.map_err(|error| match word_of(error) {
            Ok(word) => Told::word(word),
            Err(stop) => stop.into(),
        })
    };
    asked(begun.await)
}

/// `POST /account/passkeys`: one more.
#[handler]
pub(super) async fn add(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (inside, form) = inside_with(&visitor, &body).await?;
        let added = admin.admins.add_passkey(&inside.caller, answered(&form), form.get("passkey_name"));
        after(&visitor, &inside, added.await).await
    };
    done.await.unwrap_or_else(|stop: Stop| answer::refuse(&visitor, stop))
}

/// `POST /account/passkeys/remove`: one less.
#[handler]
pub(super) async fn remove(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (inside, form) = inside_with(&visitor, &body).await?;
        let id = form.get("passkey").parse().map_err(|_| Stop::NotFound)?;
        let removed = admin.admins.remove_passkey(&inside.caller, &id).await;
        after(&visitor, &inside, removed).await
    };
    done.await.unwrap_or_else(|stop: Stop| answer::refuse(&visitor, stop))
}

/// The account as it is then, with what went wrong.
async fn after(
    visitor: &Visitor<'_>,
    inside: &Inside,
    done: Result<(), PasskeyError>,
) -> Result<Response, Stop> {
    match done {
        Ok(()) => Ok(see_other("/account#passkeys")),
        Err(error) => {
            let passkey = Some(word_of(error)?);
            account_page(visitor, inside, Troubles { passkey, ..Troubles::default() }).await
        }
    }
}

fn word_of(error: PasskeyError) -> Result<&'static str, Stop> {
    match error {
        PasskeyError::Refused(refusal) => Err(refusal.into()),
        PasskeyError::Problem(problem) => Ok(problem.as_str()),
        PasskeyError::Name => Ok("passkey_name"),
        PasskeyError::Known => Ok("passkey_known"),
        // One that is gone meanwhile is what was wanted, but for who looks at an old page.
        PasskeyError::NotFound => Ok("passkey_gone"),
        PasskeyError::LastFactor => Ok("last_factor"),
        PasskeyError::OwnersNeedOne => Ok("owners_need_one"),
        PasskeyError::Store(error) => Err(error.into()),
        PasskeyError::Seal(_) => Err(Stop::Internal("a sealed passkey")),
    }
}
