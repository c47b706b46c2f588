//! The outermost layer of the admin listener: which name it was called by, body cap, security headers,
//! one log line a request.
//!
//! A name that is not ours is a page that rebinds its own name to this address to read what is behind
//! it: refused before anything is looked at. Health is asked by address, and tells nothing.

use super::Admin;
use super::answer::{Stop, refuse};
use super::api::{AdminCode, AdminProblem, PREFIX, admin_methods};
use super::refused::Refused;
use super::visit::Visitor;
use crate::http::add_security_headers;
use crate::http::incoming::{MAX_BODY_BYTES, read_body, read_upload};
use crate::http::methods::Methods;
use crate::http::problem::CodeSet as _;
use crate::http::refused::refused_by_framework;
use poem::error::NotFoundError;
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Error, IntoResponse as _, Middleware, Request, Response, Result};
use poem_openapi::OperationId;
use saoma_core::client::MAX_LOGO_BYTES;
use std::sync::Arc;

/// A picture and what is sent with it.
const MAX_UPLOAD_BYTES: usize = MAX_LOGO_BYTES + 16 * 1024;

/// Marks an upload that was too long to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooLong;

const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// Puts the layer round the routes.
pub(super) struct Edge(pub(super) Arc<Admin>);

impl<E: Endpoint> Middleware<E> for Edge {
    type Output = EdgeEndpoint<E>;
    fn transform(&self, inner: E) -> Self::Output {
        EdgeEndpoint { admin: Arc::clone(&self.0), methods: admin_methods(), inner }
    }
}

/// See `Edge`.
pub(super) struct EdgeEndpoint<E> {
    admin: Arc<Admin>,
    methods: Methods,
    inner: E,
}

impl<E: Endpoint> Endpoint for EdgeEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let mut response = if self.is_own_name(&request) {
            self.answer(request).await
        } else {
            let own = &self.admin.settings.admin_url;
            plain(
                StatusCode::MISDIRECTED_REQUEST,
                format!("Open {own} instead: that is admin_url in the configuration.\n"),
            )
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED
            && let Some(allow) = self.methods.allowed_at(&path)
        {
            response.headers_mut().insert(header::ALLOW, allow.clone());
        }
        let operation = response.data::<OperationId>().map_or("admin", |id| id.0);
        add_security_headers(&mut response, self.admin.settings.is_https());
        tracing::info!(%method, operation, status = response.status().as_u16(), "request");
        Ok(response)
    }
}

impl<E: Endpoint> EdgeEndpoint<E> {
    fn is_own_name(&self, request: &Request) -> bool {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        HEALTH.contains(&request.uri().path())
            || host.is_some_and(|host| host.eq_ignore_ascii_case(self.admin.settings.host()))
    }

    async fn answer(&self, mut request: Request) -> Response {
        let clock = &*self.admin.public.clock;
        let limit = limit_of(&request);
        let read = if is_upload(&request) {
            Box::pin(read_upload(&mut request, MAX_UPLOAD_BYTES, clock)).await.map(|is_whole| {
                if !is_whole {
                    request.extensions_mut().insert(TooLong);
                }
            })
        } else {
            Box::pin(read_body(&mut request, limit, clock)).await
        };
        if let Err(code) = read {
            return if is_api(&request) {
                AdminProblem::common(code).into_response()
            } else {
                plain(AdminCode::from(code).status(), "The form is too large, or came too slowly.\n")
            };
        }
        let is_api = is_api(&request);
        let mut head =
            Request::builder().method(request.method().clone()).uri(request.uri().clone()).finish();
        head.headers_mut().clone_from(request.headers());
        let refused = Refused::default();
        request.extensions_mut().insert(refused.clone());
        let answer = self.inner.call(request).await;
        if let Some((caller, ability)) = refused.told()
            && let Err(error) = self.admin.admins.note_forbidden(caller, ability).await
        {
            // Nothing was done that would have to be in the audit.
            tracing::warn!(%error, ability, "that somebody was refused is not in the audit");
        }
        match answer {
            Ok(output) => output.into_response(),
            Err(error) if error.is_from_response() => error.into_response(),
            Err(error) if is_api => refused_by_framework::<AdminCode>(&error).into_response(),
            Err(error) => self.refused_by_framework(&head, &error).await,
        }
    }

    /// What the framework refuses, as a page in the reader's language.
    async fn refused_by_framework(&self, head: &Request, error: &Error) -> Response {
        let visitor = Visitor::new(head, &self.admin);
        if let Err(error) = visitor.inside().await {
            return refuse(&visitor, Stop::Store(error));
        }
        match error.status() {
            _ if error.is::<NotFoundError>() => refuse(&visitor, Stop::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => refuse(&visitor, Stop::NoPage),
            StatusCode::INTERNAL_SERVER_ERROR => refuse(&visitor, Stop::Internal("a panic")),
            status => plain(status, "The request cannot be read.\n"),
        }
    }
}

/// Whether a website's picture is sent as a file.
fn is_upload(request: &Request) -> bool {
    let path = request.uri().path();
    *request.method() == Method::POST && path.starts_with("/websites/") && path.ends_with("/logo")
}

/// The API takes pictures in JSON, where four characters are three bytes; pages take forms that are held.
fn limit_of(request: &Request) -> usize {
    let clients = request.uri().path().strip_prefix(PREFIX);
    match clients {
        Some(rest) if rest.starts_with("/clients") => MAX_UPLOAD_BYTES * 4 / 3,
        Some(_) => MAX_BODY_BYTES,
        None => 2 * MAX_BODY_BYTES,
    }
}

fn is_api(request: &Request) -> bool {
    request.uri().path().starts_with(PREFIX)
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(text.into())
}
