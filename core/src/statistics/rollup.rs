//! Hours that can no longer change are counted once and kept; the Logins they are made of may then go.

use super::StatisticsStore;
use crate::{StoreError, Timestamp};

/// When hours are kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatisticsRules {
    /// Seconds after its end until an hour is taken to be complete. Longer than a new Login is on its way.
    pub settle_seconds: i64,
    /// Seconds that counted hours are kept.
    pub kept_seconds: i64,
}

impl Default for StatisticsRules {
    fn default() -> Self {
        Self { settle_seconds: 600, kept_seconds: 400 * 24 * 3600 }
    }
}

/// Keeps what is complete, at most so many hours; says how many were kept.
pub async fn roll_up(
    store: &dyn StatisticsStore,
    rules: &StatisticsRules,
    now: Timestamp,
    most: usize,
) -> Result<usize, StoreError> {
    let settled = now.plus_seconds(-rules.settle_seconds);
    for done in 0..most {
        if store.keep_hour(settled).await?.is_none() {
            return Ok(done);
        }
    }
    Ok(most)
}
