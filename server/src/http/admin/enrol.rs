//! `/enrol/{link}`: somebody becomes an admin, or gets new credentials.

use super::answer::{Stop, page, refuse};
use super::filter_form::parameter;
use super::form::Form;
use super::shown::{Reveal, reveal};
use super::visit::Visitor;
use super::{Admin, cookies};
use crate::http::drawn::svg;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{Enrol, EnrolProblem};
use saoma_core::Secret;
use saoma_core::admin::{
    AdminName, EnrolError, EnrolForm, EnrolProof, Enrolled, PasskeyProblem, PasswordProblem,
};
use std::sync::Arc;

/// The form.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(link): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        // In another language it is the same key: the app may have learned it already. From our own page only:
        // who sends the link on must not choose what the receiver's app learns.
        let kept = parameter(request, "key").filter(|_| visitor.page_before().is_some());
        let kept = kept.map(|sealed_key| Back { name: String::new(), sealed_key, problem: None });
        let view = view_of(admin, &Secret::new(link), kept).await?;
        let again = format!("{}?key={}", view.path, view.sealed_key);
        Ok(page(admin, &visitor.frame_at(again), &view, StatusCode::OK))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Enrols, lets in, and shows the recovery codes: the one time they are seen.
#[handler]
pub(super) async fn enrol(
    request: &Request,
    Path(link): Path<String>,
    body: Bytes,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        let sent = EnrolForm {
            name: form.get("name").to_owned(),
            password: Secret::new(form.get("password")),
            proof: proof_of(&form),
        };
        let link = Secret::new(link);
        match admin.admins.enrol(&link, &sent, &visitor.visit).await {
            Ok(enrolled) => Ok(welcome(&visitor, &enrolled)),
            Err(error) => {
                let problem = problem_of(error)?;
                let sealed_key = form.get("sealed_key").to_owned();
                let back = Back { name: sent.name, sealed_key, problem: Some(problem) };
                let view = view_of(admin, &link, Some(back)).await?;
                Ok(page(admin, &visitor.frame(), &view, StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// A form that comes back.
struct Back {
    name: String,
    sealed_key: String,
    problem: Option<Problem>,
}

/// What is wrong with it, or with the passkey that came with it.
enum Problem {
    Form(EnrolProblem),
    Passkey(PasskeyProblem),
}

/// An answer of an authenticator, else what the app shows.
fn proof_of(form: &Form) -> EnrolProof {
    let field = |name| form.get(name).to_owned();
    match form.sent("ceremony").filter(|ceremony| !ceremony.is_empty()) {
        Some(ceremony) => EnrolProof::Passkey {
            ceremony: ceremony.to_owned(),
            answer: field("answer"),
            name: field("passkey_name"),
        },
        None => EnrolProof::App { code: field("code"), sealed_key: field("sealed_key") },
    }
}

async fn view_of(admin: &Admin, link: &Secret, back: Option<Back>) -> Result<Enrol, Stop> {
    let sealed_key = back.as_ref().map(|back| back.sealed_key.as_str());
    let found = admin.admins.find_enrolment(link, sealed_key).await;
    let enrolment = found.map_err(stop_of)?.ok_or(Stop::NoLink)?;
    let drawn = svg(enrolment.totp.url.expose()).map_err(|_| Stop::Internal("the app's code"))?;
    Ok(Enrol {
        problem: match back.as_ref().and_then(|back| back.problem.as_ref()) {
            Some(Problem::Form(problem)) => Some(*problem),
            _ => None,
        },
        passkey_problem: match back.as_ref().and_then(|back| back.problem.as_ref()) {
            Some(Problem::Passkey(problem)) => Some(problem.as_str()),
            _ => None,
        },
        passkeys: admin.admins.can_use_passkeys(),
        known: enrolment.name.as_ref().map(AdminName::to_string),
        name: back.map(|back| back.name).unwrap_or_default(),
        role: enrolment.role.as_str(),
        key: in_fours(enrolment.totp.key.expose()),
        code_image: format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawn)),
        app_url: enrolment.totp.url.expose().to_owned(),
        sealed_key: enrolment.sealed_key,
        path: path_of(link),
    })
}

fn path_of(link: &Secret) -> String {
    format!("/enrol/{}", link.expose())
}

/// As people read it aloud.
fn in_fours(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

fn stop_of(error: EnrolError) -> Stop {
    match error {
        EnrolError::Store(error) => Stop::Store(error),
        EnrolError::NoLink => Stop::NoLink,
        _ => Stop::Internal("an enrolment"),
    }
}

fn problem_of(error: EnrolError) -> Result<Problem, Stop> {
    Ok(Problem::Form(match error {
        EnrolError::Name(_) => EnrolProblem::Name,
        EnrolError::NameTaken => EnrolProblem::NameTaken,
        EnrolError::Password(PasswordProblem::TooShort) => EnrolProblem::TooShort,
        EnrolError::Password(PasswordProblem::TooLong) => EnrolProblem::TooLong,
        EnrolError::Password(PasswordProblem::Guessable) => EnrolProblem::Guessable,
        EnrolError::Code => EnrolProblem::Code,
        EnrolError::Passkey(problem) => return Ok(Problem::Passkey(problem)),
        error @ (EnrolError::NoLink | EnrolError::Store(_) | EnrolError::Seal(_)) => {
            return Err(stop_of(error));
        }
    }))
}

/// The word for it that the page's script has a text for.
pub(super) fn word_of(error: EnrolError) -> Result<&'static str, Stop> {
    Ok(match problem_of(error)? {
        Problem::Form(problem) => problem.as_str(),
        Problem::Passkey(problem) => problem.as_str(),
    })
}

fn welcome(visitor: &Visitor<'_>, enrolled: &Enrolled) -> Response {
    let codes = enrolled.recovery_codes.iter().map(|code| Secret::new(code.expose())).collect();
    let settings = &visitor.admin.settings;
    let mut response = reveal(visitor.admin, &enrolled.session.0, Reveal::RecoveryCodes(codes));
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, cookies::give_session(settings, &enrolled.session.0));
    headers.append(header::SET_COOKIE, cookies::give_mark(settings, &enrolled.known_browser));
    response
}
