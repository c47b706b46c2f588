//! Reads a body before anything is done with it: bounded in bytes, bounded in time.

use super::problem::Common;
use futures_util::future::{Either, select};
use poem::error::ReadBodyError;
use poem::http::Method;
use poem::{Body, Request};
use saoma_core::Clock;
use std::pin::pin;

/// The largest body a call takes, unless it says otherwise; counted on bytes read.
pub(super) const MAX_BODY_BYTES: usize = 64 * 1024;
/// How long a body may take to arrive: it is small, so a slow one is a sleeper.
const BODY_SECONDS: i64 = 10;

/// Puts what has been read in the place of what is still to come.
pub(super) async fn read_body(request: &mut Request, limit: usize, clock: &dyn Clock) -> Result<(), Common> {
    // No read takes a body; one that is sent all the same is never looked at.
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let reading = pin!(request.take_body().into_bytes_limit(limit));
    let too_late = clock.now().plus_seconds(BODY_SECONDS);
    let read = match select(reading, pin!(clock.sleep_until(too_late))).await {
        Either::Left((read, _)) => read,
        Either::Right(((), _)) => return Err(Common::BodyTooSlow),
    };
    match read {
        Ok(bytes) => {
            request.set_body(Body::from(bytes));
            Ok(())
        }
        Err(ReadBodyError::PayloadTooLarge) => Err(Common::PayloadTooLarge),
        Err(_) => Err(Common::InvalidJson),
    }
}
