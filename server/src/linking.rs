//! Links the audit's rows of Logins within about a second, and makes checkpoints while the audit grows.
//!
//! Rows of Logins are many and each is written with what it tells, in that transaction; to link them there
//! as well would make every login wait for every other. Whoever changes one within this second is not found.

use crate::checkpoint_file::CheckpointFile;
use saoma_core::audit::{AuditKeeper, AuditStore};
use saoma_core::{Clock, StoreError};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Seconds between two looks.
const PAUSE_SECONDS: i64 = 1;
/// Looks from one question for checkpoints to the next.
const LOOKS: u32 = 5;

/// What linking works with.
pub(crate) struct Linking {
    pub(crate) store: Arc<dyn AuditStore>,
    pub(crate) keeper: Arc<AuditKeeper>,
    pub(crate) file: Option<CheckpointFile>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Linking {
    /// Links until the stop begins.
    pub(crate) async fn run(mut self, stopping: CancellationToken) {
        let (mut rows, mut look) = (0, 0);
        loop {
            let next = self.clock.now().plus_seconds(PAUSE_SECONDS);
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = stopping.cancelled() => return,
            }
            // Not the present millisecond, which has room for more rows.
            match self.store.link_logins(self.clock.now().plus_millis(-1)).await {
                Ok(linked) => rows += i64::try_from(linked).unwrap_or(i64::MAX),
                Err(error) => tracing::warn!(%error, "audit rows could not be linked; they are next time"),
            }
            look += 1;
            if look >= LOOKS || rows >= 1000 {
                look = 0;
                match self.checkpoints(rows).await {
                    Ok(()) => rows = 0,
                    Err(error) => tracing::warn!(%error, "no checkpoint could be made; it is next time"),
                }
            }
        }
    }

    async fn checkpoints(&mut self, rows: i64) -> Result<(), StoreError> {
        let made = self.keeper.make_checkpoints(rows).await?;
        for checkpoint in &made {
            tracing::debug!(stream = checkpoint.stream, seq = checkpoint.mark.seq, "checkpoint");
        }
        if let Some(file) = &mut self.file {
            file.append(made.iter().map(saoma_core::audit::Checkpoint::line)).await;
        }
        Ok(())
    }
}
