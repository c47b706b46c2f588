//! A form that came with a proof too old: what was typed is kept, the proof is asked for, and the form goes
//! on by itself.
//!
//! Nothing is kept here: the fields travel with the page that asks, sealed, and open for this session and this
//! address only. So secrets among them are not lost either, and stand in no page as they are.

use super::answer::{Stop, refuse};
use super::door::{again, back, problem_of};
use super::form::Form;
use super::passkeys::answered;
use super::visit::{Inside, Visitor};
use super::{Admin, api, cookies};
use bytes::Bytes;
use poem::http::{Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse as _, Middleware, Request, Response, Result};
use saoma_admin_ui::Place as Room;
use saoma_admin_ui::views::{LogIn, LogInProblem};
use saoma_core::Secret;
use saoma_core::admin::{LogInError, LoggedIn, SessionSecret};
use saoma_core::seal::Place;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::form_urlencoded;

/// What a held form comes back in.
const HELD: &str = "held";
/// The longest that is held; whatever is longer is asked for again.
const MOST_HELD: usize = 96 * 1024;

/// Marks an answer that asks for a fresh proof.
#[derive(Debug, Clone, Copy)]
pub(super) struct NeedsProof;

/// The session that took the place of the one in the request's cookie.
#[derive(Clone)]
pub(super) struct Renewed(pub(super) Secret);

/// Puts the layer round the pages.
pub(super) struct Proof(pub(super) Arc<Admin>);

impl<E: Endpoint> Middleware<E> for Proof {
    type Output = ProofEndpoint<E>;
    fn transform(&self, inner: E) -> Self::Output {
        ProofEndpoint { admin: Arc::clone(&self.0), inner }
    }
}

/// See `Proof`.
pub(super) struct ProofEndpoint<E> {
    admin: Arc<Admin>,
    inner: E,
}

impl<E: Endpoint> Endpoint for ProofEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if *request.method() != Method::POST || goes_past(request.uri().path()) {
            return self.inner.call(request).await.map(poem::IntoResponse::into_response);
        }
        let Ok(body) = request.take_body().into_bytes().await else {
            return Ok(StatusCode::BAD_REQUEST.into_response());
        };
        let Ok(form) = Form::from_own_page(&request, &body, &self.admin.settings) else {
            return self.go_on(request, body).await;
        };
        if form.sent(HELD).is_some() {
            return match self.renew(&request, &form).await {
                Ok((proven, body)) => {
                    request.extensions_mut().insert(Renewed(proven.session.0.clone()));
                    let mut response = self.go_on(request, body).await?;
                    cookies::give(&mut response, &self.admin.settings, &proven);
                    Ok(response)
                }
                Err(refused) => Ok(*refused),
            };
        }
        let asking = head(&request);
        let response = self.go_on(request, body).await?;
        if response.data::<NeedsProof>().is_none() {
            return Ok(response);
        }
        let visitor = Visitor::new(&asking, &self.admin);
        match self.hold(&visitor, &form).await {
            Ok(held) => Ok(held.unwrap_or(response)),
            Err(stop) => Ok(refuse(&visitor, stop)),
        }
    }
}

impl<E: Endpoint> ProofEndpoint<E> {
    async fn go_on(&self, mut request: Request, body: Bytes) -> Result<Response> {
        request.set_body(Body::from(body));
        self.inner.call(request).await.map(poem::IntoResponse::into_response)
    }
}

impl<E> ProofEndpoint<E> {
    /// Proves by what was typed beside a held form who sends it; answers the form as it goes on. A refusal
    /// is the answer itself.
    async fn renew(
        &self,
        request: &Request,
        form: &Form,
    ) -> std::result::Result<(LoggedIn, Bytes), Box<Response>> {
        let visitor = Visitor::new(request, &self.admin);
        let renewed = async {
            let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
            form.belongs_to(inside.session.expose())?;
            let fields = self.open(&visitor, &inside, form.get(HELD))?;
            match self.prove(&visitor, &inside, form).await {
                Ok(proven) => {
                    let body = going_on(fields, &proven.session);
                    Ok(Ok((proven, body)))
                }
                Err(error) => {
                    let view =
                        asking(&self.admin, &inside, Some(problem_of(error)?), form.get(HELD).to_owned());
                    Ok(Err(back(&self.admin, &visitor.frame_of(&inside, Room::Door), &view)))
                }
            }
        };
        match renewed.await {
            Ok(Ok(proven)) => Ok(proven),
            Ok(Err(again)) => Err(Box::new(again)),
            Err(stop) => Err(Box::new(refuse(&visitor, stop))),
        }
    }

    /// By a passkey where one answered, else by password and code.
    async fn prove(
        &self,
        visitor: &Visitor<'_>,
        inside: &Inside,
        form: &Form,
    ) -> std::result::Result<LoggedIn, LogInError> {
        let admins = &self.admin.admins;
        if form.sent("answer").is_some() {
            return admins.step_up_by_passkey(&inside.caller, answered(form), &visitor.visit).await;
        }
        let (password, code) = (Secret::new(form.get("password")), form.get("code").to_owned());
        admins.step_up(&inside.caller, password, code, &visitor.visit).await
    }

    /// The page that asks, with the form in it; none when the form is too long to be held.
    async fn hold(&self, visitor: &Visitor<'_>, form: &Form) -> std::result::Result<Option<Response>, Stop> {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        form.belongs_to(inside.session.expose())?;
        let fields = serde_json::to_vec(form.fields()).map_err(|_| Stop::Internal("a form to be held"))?;
        let place = whose(&inside);
        let place = here(&place, visitor);
        let sealed = self.admin.keyring.seal(&*self.admin.public.entropy, place, &fields);
        let sealed = sealed.map_err(|_| Stop::Internal("a form to be sealed"))?;
        if sealed.len() > MOST_HELD {
            return Ok(None);
        }
        let frame = visitor.frame_of(&inside, Room::Door);
        let view = asking(&self.admin, &inside, None, sealed);
        Ok(Some(super::answer::page(&self.admin, &frame, &view, StatusCode::FORBIDDEN)))
    }

    fn open(
        &self,
        visitor: &Visitor<'_>,
        inside: &Inside,
        sealed: &str,
    ) -> std::result::Result<BTreeMap<String, String>, Stop> {
        let place = whose(inside);
        let opened = self.admin.keyring.open(here(&place, visitor), sealed).map_err(|_| Stop::Forged)?;
        serde_json::from_slice(&opened).map_err(|_| Stop::Forged)
    }
}

/// Calls of programs, and the question for a passkey that a held form's page asks first.
fn goes_past(path: &str) -> bool {
    path.starts_with(api::PREFIX) || path.starts_with("/prove")
}

/// By what a held form is known to be of this session.
fn whose(inside: &Inside) -> String {
    SessionSecret::csrf(inside.session.expose()).expose().to_owned()
}

/// A held form is for the address it was sent to.
fn here<'a>(whose: &'a str, visitor: &'a Visitor<'_>) -> Place<'a> {
    let path = visitor.request.uri().path_and_query().map_or("/", |path| path.as_str());
    Place { table: "admin form", row: whose, column: path }
}

/// The form as it would have been sent from a page of the new session.
fn going_on(mut fields: BTreeMap<String, String>, session: &SessionSecret) -> Bytes {
    let csrf = SessionSecret::csrf(session.0.expose()).expose().to_owned();
    fields.insert("csrf".to_owned(), csrf);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into()
}

fn asking(admin: &Admin, inside: &Inside, problem: Option<LogInProblem>, held: String) -> LogIn {
    LogIn { held: Some(held), ..again(admin, inside, "/".to_owned(), problem) }
}

/// What is known of a request without its body.
fn head(request: &Request) -> Request {
    let mut head = Request::builder().method(Method::POST).uri(request.uri().clone()).finish();
    for name in [header::COOKIE, header::ACCEPT_LANGUAGE, header::USER_AGENT, header::REFERER] {
        if let Some(value) = request.headers().get(&name) {
            head.headers_mut().insert(name, value.clone());
        }
    }
    head
}
