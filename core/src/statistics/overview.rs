//! What the first page of the admin's house tells: today, the last days, and how each Provider does.

use super::{Counts, Day};
use crate::Timestamp;
use crate::login::VendorAnswer;
use crate::provider::ProviderSlug;

/// When a Provider last worked and last did not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastSeen {
    /// When its newest redeemed Login began.
    pub success: Option<Timestamp>,
    /// When its newest Login began that its vendor's part failed, and what that said.
    pub failure: Option<(Timestamp, Option<VendorAnswer>)>,
}

/// How a Provider does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderHealth {
    /// Which.
    pub provider: ProviderSlug,
    /// When it last worked and did not.
    pub last: LastSeen,
    /// The last 60 minutes.
    pub hour: Counts,
    /// The last 24 hours, from the full hour on.
    pub day: Counts,
}

impl ProviderHealth {
    /// Whether the newest thing it did was to fail.
    pub fn is_failing(&self) -> bool {
        match (&self.last.success, &self.last.failure) {
            (Some(success), Some((failure, _))) => failure > success,
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }
}

/// What the first page tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Today so far.
    pub today: Counts,
    /// The last days, today the last.
    pub days: Vec<Day>,
    /// Seconds to consent on these days: the median.
    pub median_seconds: Option<f64>,
    /// Each Provider, in its order.
    pub health: Vec<ProviderHealth>,
}
