//! Links the audit's rows of Logins, some seconds after they were written.
//!
//! They are many and each is written with what it tells, in that transaction; to link them there as well
//! would make every login wait for every other. Whoever changes one within these seconds is not found.

use saoma_core::Clock;
use saoma_core::audit::AuditStore;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Seconds between two looks.
const PAUSE_SECONDS: i64 = 5;
/// Seconds that a row may be on its way: longer than a write waits for a connection and a lock.
const GRACE_SECONDS: i64 = 10;

/// Links until the stop begins.
pub(crate) async fn run(store: Arc<dyn AuditStore>, clock: Arc<dyn Clock>, stopping: CancellationToken) {
    loop {
        let next = clock.now().plus_seconds(PAUSE_SECONDS);
        tokio::select! {
            () = clock.sleep_until(next) => {}
            () = stopping.cancelled() => return,
        }
        match store.link_logins(clock.now().plus_seconds(-GRACE_SECONDS)).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "audit rows are linked"),
            Err(error) => tracing::warn!(%error, "audit rows could not be linked; they are next time"),
        }
    }
}
