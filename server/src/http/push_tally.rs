//! How many pushes came and what became of them; kept in memory, since the start.

use saoma_core::provider::Outcome;
use std::sync::atomic::{AtomicU64, Ordering};

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct PushTally {
    ours: AtomicU64,
    late: AtomicU64,
    not_ours: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct PushCounts {
    /// Moved a Login, or were found to have moved it.
    pub(crate) ours: u64,
    /// Were about a Login that is over or unknown.
    pub(crate) late: u64,
    /// Were about something else.
    pub(crate) not_ours: u64,
}

impl PushTally {
    /// Counts one.
    pub(crate) fn count(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Scanned(_)
            | Outcome::Confirmed
            | Outcome::Wrong
            | Outcome::Conflict
            | Outcome::Disowned => &self.ours,
            Outcome::TooLate | Outcome::TooOften => &self.late,
            Outcome::NotOurs => &self.not_ours,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// What there is.
    pub(crate) fn counts(&self) -> PushCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        PushCounts { ours: read(&self.ours), late: read(&self.late), not_ours: read(&self.not_ours) }
    }
}
