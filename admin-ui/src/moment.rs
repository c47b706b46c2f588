//! A moment as pages show it: for machines to the millisecond, for people to the minute.

use saoma_core::Timestamp;
use serde::Serialize;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339, UTC.
    iso: String,
    /// `2026-11-27 08:05`, UTC.
    text: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let iso = at.to_rfc3339();
        let text = iso.get(..16).unwrap_or_default().replace('T', " ");
        Self { iso, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_minutes() {
        let moment = Moment::from(Timestamp(1_700_000_000_123));
        assert_eq!(
            (moment.iso.as_str(), moment.text.as_str()),
            ("2023-11-14T22:13:20.123Z", "2023-11-14 22:13")
        );
    }
}
