//! Reads a body before anything is done with it: bounded in bytes, bounded in time.

use super::problem::Common;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use poem::error::ReadBodyError;
use poem::http::Method;
use poem::{Body, Request};
use saoma_core::Clock;
use std::pin::pin;

/// The largest body a call takes, unless it says otherwise; counted on bytes read.
pub(super) const MAX_BODY_BYTES: usize = 64 * 1024;
/// The longest file that is read to its end only to say that it is too large.
const MAX_DROPPED_BYTES: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive: it is small, so a slow one is a sleeper.
const BODY_SECONDS: i64 = 10;

/// Puts what has been read in the place of what is still to come.
pub(super) async fn read_body(request: &mut Request, limit: usize, clock: &dyn Clock) -> Result<(), Common> {
    // No read takes a body; one that is sent all the same is never looked at.
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    match in_time(request.take_body().into_bytes_limit(limit), clock).await? {
        Ok(bytes) => {
            request.set_body(Body::from(bytes));
            Ok(())
        }
        Err(ReadBodyError::PayloadTooLarge) => Err(Common::PayloadTooLarge),
        Err(_) => Err(Common::InvalidJson),
    }
}

/// The same for a file that a person chose, and whether all of it was kept: of one that is longer than this
/// the rest is read and dropped, so that the browser hears what is wrong instead of a broken connection.
pub(super) async fn read_upload(
    request: &mut Request,
    limit: usize,
    clock: &dyn Clock,
) -> Result<bool, Common> {
    let mut chunks = Box::pin(request.take_body().into_bytes_stream());
    let reading = async move {
        let (mut kept, mut length) = (Vec::new(), 0_usize);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Common::InvalidJson)?;
            length = length.saturating_add(chunk.len());
            if length > MAX_DROPPED_BYTES {
                return Err(Common::PayloadTooLarge);
            }
            if length <= limit {
                kept.extend_from_slice(&chunk);
            } else {
                kept = Vec::new();
            }
        }
        Ok((kept, length <= limit))
    };
    let (kept, is_whole) = in_time(reading, clock).await??;
    request.set_body(Body::from(kept));
    Ok(is_whole)
}

async fn in_time<T>(reading: impl Future<Output = T>, clock: &dyn Clock) -> Result<T, Common> {
    let too_late = clock.now().plus_seconds(BODY_SECONDS);
    match select(pin!(reading), pin!(clock.sleep_until(too_late))).await {
        Either::Left((read, _)) => Ok(read),
        Either::Right(((), _)) => Err(Common::BodyTooSlow),
    }
}
