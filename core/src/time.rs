//! Time as a capability: epoch milliseconds, a `Clock` to read and to wait by.
//!
//! Nothing reads the system's clock but the one implementation in the server; tests move a
//! `ManualClock` by hand, so no test sleeps.

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat};
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::watch;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment and so many milliseconds more.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment and so many seconds more.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` until this moment; 0 when it lies ahead.
    pub fn millis_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// Whole seconds from `earlier` until this moment; 0 when it lies ahead.
    pub fn seconds_since(self, earlier: Self) -> u64 {
        self.millis_since(earlier) / 1000
    }

    /// Reads a date as mail and HTTP headers write it (RFC 2822; RFC 9110 section 5.6.7).
    pub fn from_rfc2822(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc2822(text).ok().map(|time| Self(time.timestamp_millis()))
    }

    /// The moment of an RFC 3339 text, whatever its offset; what is finer than a millisecond is cut.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|moment| Self(moment.timestamp_millis()))
    }

    /// The moment as RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        DateTime::from_timestamp_millis(self.0)
            .unwrap_or(DateTime::UNIX_EPOCH)
            .to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

/// What time it is, and a way to wait for a moment.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// Returns when `moment` has come; at once when it has passed.
    async fn sleep_until(&self, moment: Timestamp);
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    moved: watch::Sender<i64>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { now: AtomicI64::new(start.0), moved: watch::Sender::new(start.0) }
    }

    /// Moves the clock and wakes whoever waits for a moment that has now come.
    pub fn advance_millis(&self, millis: i64) {
        let now = self.now.fetch_add(millis, Ordering::SeqCst).saturating_add(millis);
        self.moved.send_replace(now);
    }

    /// Moves the clock by whole seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.advance_millis(seconds.saturating_mul(1000));
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, moment: Timestamp) {
        let mut moved = self.moved.subscribe();
        // The sender lives as long as `self`, so the wait cannot end with an error.
        let _ended = moved.wait_for(|now| *now >= moment.0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_has_milliseconds_and_z() {
        assert_eq!(Timestamp(1_700_000_000_123).to_rfc3339(), "2023-11-14T22:13:20.123Z");
        for text in ["2023-11-14T22:13:20.123Z", "2023-11-15T06:13:20.1239+08:00"] {
            assert_eq!(Timestamp::parse_rfc3339(text), Some(Timestamp(1_700_000_000_123)));
        }
        assert_eq!(Timestamp::parse_rfc3339("2023-11-14"), None);
    }

    #[test]
    fn a_date_header_is_read() {
        let read = Timestamp::from_rfc2822("Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(read, Some(Timestamp(1_700_000_000_000)));
        assert_eq!(Timestamp::from_rfc2822("yesterday"), None);
    }

    #[test]
    fn differences_never_go_below_zero() {
        assert_eq!(Timestamp(5).millis_since(Timestamp(9)), 0);
        assert_eq!(Timestamp(9_999).seconds_since(Timestamp(0)), 9);
    }
}
