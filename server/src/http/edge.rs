//! The outermost layer: body cap, CORS, security headers, one log line a request.
//!
//! The log names the operation, never the address: paths hold ids and capabilities, queries hold
//! codes and signatures (SEC-04, PSH-08).

use super::cors::{allowed_origin, open_to, preflight};
use super::headers::add_security_headers;
use super::incoming::{MAX_BODY_BYTES, read_body};
use super::methods::Methods;
use super::problem::Problem;
use super::public_state::Public;
use super::refused::refused_by_framework;
use super::surface::Surface;
use poem::http::{StatusCode, header};
use poem::{Endpoint, IntoResponse as _, Middleware, Request, Response, Result};
use poem_openapi::OperationId;
use std::sync::Arc;

/// Calls that take larger ones.
const LARGER: [(&str, usize); 1] = [super::upload::BODY];

fn limit_at(path: &str) -> usize {
    LARGER.iter().find(|(larger, _)| *larger == path).map_or(MAX_BODY_BYTES, |(_, limit)| *limit)
}

/// See the module.
pub(crate) struct Edge(pub(crate) Arc<Public>);

impl<E: Endpoint> Middleware<E> for Edge {
    type Output = EdgeEndpoint<E>;
    fn transform(&self, inner: E) -> Self::Output {
        EdgeEndpoint { public: Arc::clone(&self.0), methods: Methods::of_public_api(), inner }
    }
}

/// See `Edge`.
pub(crate) struct EdgeEndpoint<E> {
    public: Arc<Public>,
    methods: Methods,
    inner: E,
}

impl<E: Endpoint> Endpoint for EdgeEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let started = self.public.clock.now();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let allowed = allowed_origin(&request, &self.public);
        let mut response = match preflight(&request, allowed.as_ref()) {
            Some(answer) => answer,
            None => self.answer(request).await,
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED
            && let Some(allow) = self.methods.allowed_at(uri.path())
        {
            response.headers_mut().insert(header::ALLOW, allow.clone());
        }
        open_to(&mut response, allowed);
        add_security_headers(&mut response, self.public.settings.is_https());
        let operation = response.data::<OperationId>().map_or("none", |id| id.0);
        let millis = self.public.clock.now().millis_since(started);
        tracing::info!(%method, operation, status = response.status().as_u16(), millis, "request");
        Ok(response)
    }
}

impl<E: Endpoint> EdgeEndpoint<E> {
    async fn answer(&self, mut request: Request) -> Response {
        let (surface, limit) = (Surface::of(&request), limit_at(request.uri().path()));
        // Boxed: its buffer would make the future of every request, reads too, four kilobytes larger.
        let answered = match Box::pin(read_body(&mut request, limit, &*self.public.clock)).await {
            Ok(()) => self.call_inner(request).await,
            Err(code) => Err(Problem::common(code)),
        };
        answered.unwrap_or_else(|problem| surface.render(problem, &self.public.pages))
    }

    /// Turns what the framework refuses into our problems; what handlers refuse is one already.
    async fn call_inner(&self, request: Request) -> Result<Response, Problem> {
        match self.inner.call(request).await {
            Ok(output) => Ok(output.into_response()),
            Err(error) if error.is_from_response() => Ok(error.into_response()),
            Err(error) => Err(refused_by_framework(&error)),
        }
    }
}
