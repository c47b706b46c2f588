//! `/log-in`, `/prove`, `/log-out`: in, still in, out.

use super::answer::{Stop, own_path, page, refuse};
use super::form::Form;
use super::visit::{Inside, Visitor};
use super::{Admin, cookies};
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{LogIn, LogInProblem};
use saoma_admin_ui::{Frame, Place};
use saoma_core::Secret;
use saoma_core::admin::{LogInError, LogInForm, LoggedIn};
use std::sync::Arc;
use url::form_urlencoded;

/// The log-in form.
#[handler]
pub(super) async fn show(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let next = next_of(request);
        if visitor.inside().await?.is_some() {
            return Ok(see_other(own_path(&next)));
        }
        let nobody_yet = !admin.admins.has_admins().await?;
        let view = LogIn { nobody_yet, ..blank(admin, next) };
        Ok(page(admin, &visitor.frame(), &view, StatusCode::OK))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Lets somebody in.
#[handler]
pub(super) async fn log_in(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        let sent = LogInForm {
            name: form.get("name").to_owned(),
            password: Secret::new(form.get("password")),
            code: form.get("code").to_owned(),
        };
        let next = form.get("next").to_owned();
        match admin.admins.log_in(&sent, &visitor.visit).await {
            Ok(inside) => Ok(let_in(admin, &inside, &next)),
            Err(error) => Ok(log_in_page(&visitor, &form, problem_of(error)?)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The form that asks somebody who is in to prove it again.
#[handler]
pub(super) async fn show_again(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        let view = again(admin, &inside, next_of(request), None);
        Ok(page(admin, &visitor.frame_of(&inside, Place::Door), &view, StatusCode::OK))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Takes the fresh proof.
#[handler]
pub(super) async fn prove(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        form.belongs_to(inside.session.expose())?;
        let (password, code) = (Secret::new(form.get("password")), form.get("code").to_owned());
        let next = form.get("next").to_owned();
        match admin.admins.step_up(&inside.caller, password, code, &visitor.visit).await {
            Ok(proven) => Ok(let_in(admin, &proven, &next)),
            Err(error) => Ok(again_page(&visitor, &inside, &form, problem_of(error)?)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Sees somebody out.
#[handler]
pub(super) async fn log_out(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        if let Some(inside) = visitor.inside().await? {
            form.belongs_to(inside.session.expose())?;
            admin.admins.log_out(&inside.caller).await?;
        }
        let mut response = see_other("/log-in");
        response.headers_mut().append(header::SET_COOKIE, cookies::take_session(&admin.settings));
        Ok(response)
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Gives the browser its session and its mark.
pub(super) fn let_in(admin: &Admin, logged_in: &LoggedIn, next: &str) -> Response {
    let mut response = see_other(own_path(next));
    cookies::give(&mut response, &admin.settings, logged_in);
    response
}

pub(super) fn problem_of(error: LogInError) -> Result<LogInProblem, Stop> {
    match error {
        LogInError::Wrong => Ok(LogInProblem::Wrong),
        LogInError::Wait(seconds) => Ok(LogInProblem::Wait(seconds)),
        LogInError::Passkey(problem) => Ok(LogInProblem::Passkey(problem.as_str())),
        LogInError::PasskeyNeeded => Ok(LogInProblem::Passkey("passkey_needed")),
        LogInError::Store(error) => Err(error.into()),
    }
}

/// The form with what is wrong with it.
pub(super) fn back(admin: &Admin, frame: &Frame, view: &LogIn) -> Response {
    let Some(LogInProblem::Wait(seconds)) = view.problem else {
        return page(admin, frame, view, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let mut response = page(admin, frame, view, StatusCode::TOO_MANY_REQUESTS);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// The log-in form again, at its own address.
pub(super) fn log_in_page(visitor: &Visitor<'_>, form: &Form, problem: LogInProblem) -> Response {
    let plain = blank(visitor.admin, form.get("next").to_owned());
    let view = LogIn { problem: Some(problem), name: form.get("name").to_owned(), ..plain };
    back(visitor.admin, &visitor.frame(), &view)
}

/// The form that asks again, with what was wrong.
pub(super) fn again_page(
    visitor: &Visitor<'_>,
    inside: &Inside,
    form: &Form,
    problem: LogInProblem,
) -> Response {
    let view = again(visitor.admin, inside, form.get("next").to_owned(), Some(problem));
    back(visitor.admin, &visitor.frame_of(inside, Place::Door), &view)
}

/// The form that asks somebody who is in to prove it again.
pub(super) fn again(admin: &Admin, inside: &Inside, next: String, problem: Option<LogInProblem>) -> LogIn {
    let caller = &inside.caller.admin;
    let plain = blank(admin, next);
    let passkeys = plain.passkeys && caller.passkeys > 0;
    LogIn { problem, again: Some(caller.name.to_string()), passkeys, ..plain }
}

fn blank(admin: &Admin, next: String) -> LogIn {
    let passkeys = admin.admins.can_use_passkeys();
    LogIn { problem: None, again: None, name: String::new(), next, nobody_yet: false, passkeys, held: None }
}

fn next_of(request: &Request) -> String {
    let query = request.uri().query().unwrap_or_default();
    let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    next.map_or_else(|| "/".to_owned(), |(_, next)| own_path(&next).to_owned())
}
