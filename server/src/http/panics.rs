//! No panic crosses a request (SUP-02): its caller is answered 500 in the words of its surface.

use poem::http::StatusCode;
use poem::{Endpoint, Error, Middleware, Request, Response, Result};
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

/// Turns panics into errors.
pub(crate) struct Panics;

impl<E: Endpoint<Output = Response>> Middleware<E> for Panics {
    type Output = PanicsEndpoint<E>;
    fn transform(&self, inner: E) -> Self::Output {
        PanicsEndpoint(inner)
    }
}

/// See `Panics`.
pub(crate) struct PanicsEndpoint<E>(E);

impl<E: Endpoint<Output = Response>> Endpoint for PanicsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        // What a panic leaves behind is behind locks that are taken over, or in the database.
        let answered = AssertUnwindSafe(self.0.call(request)).catch_unwind().await;
        // The panic's place went to the log by the hook; the caller learns only that it was ours.
        answered.unwrap_or_else(|_panic| Err(Error::from_status(StatusCode::INTERNAL_SERVER_ERROR)))
    }
}
