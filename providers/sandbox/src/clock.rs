//! The sandbox's own time: the real clock plus an offset that only moves forward.
//! Tests advance it instead of sleeping. Nothing else in this crate reads a clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

/// Longest single jump: ten years, far beyond every expiry here and far from overflow.
const LONGEST_JUMP_SECONDS: u32 = 315_360_000;

/// A point in sandbox time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Whole seconds from here to `later`, rounded up; 0 when it has passed.
    pub(crate) fn seconds_until(self, later: Self) -> i64 {
        let left = later.0.saturating_sub(self.0).max(0);
        left.saturating_add(999) / 1000
    }

    #[cfg(test)]
    pub(crate) fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds * 1000)
    }

    /// As a `Date` header says it (RFC 9110 section 5.6.7).
    pub(crate) fn http_date(self) -> String {
        let time = chrono::DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    pub(crate) fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = chrono::DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        serializer.serialize_str(&time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

/// Real time plus what tests added.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the sandbox reads real time")]
    pub(crate) fn now(&self) -> Moment {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let offset = self.offset_ms.load(Ordering::Relaxed);
        Moment(i64::try_from(real).unwrap_or(i64::MAX).saturating_add(offset))
    }

    /// Moves time forward; false when the jump is longer than ten years.
    pub(crate) fn advance(&self, seconds: u32) -> bool {
        let allowed = seconds <= LONGEST_JUMP_SECONDS;
        if allowed {
            self.offset_ms.fetch_add(i64::from(seconds) * 1000, Ordering::Relaxed);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_now_and_nothing_else() {
        let clock = Clock::default();
        let before = clock.now();
        assert!(clock.advance(300));
        let after = clock.now();
        assert!(after >= before.plus_seconds(300) && after < before.plus_seconds(310));
        assert!(!clock.advance(LONGEST_JUMP_SECONDS + 1));
    }

    #[test]
    fn a_date_header_is_in_the_one_format_there_is() {
        assert_eq!(Moment(784_111_777_000).http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn remaining_seconds_round_up_and_stop_at_zero() {
        let now = Moment(1_000);
        assert_eq!(now.seconds_until(Moment(2_500)), 2);
        assert_eq!(now.seconds_until(Moment(500)), 0);
        assert_eq!(serde_json::to_string(&now).unwrap(), "\"1970-01-01T00:00:01.000Z\"");
    }
}
