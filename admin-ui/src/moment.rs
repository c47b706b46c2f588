//! A moment as pages show it: for machines to the millisecond, for people to the minute or the second.

use saoma_core::Timestamp;
use saoma_core::calendar::Zone;
use serde::Serialize;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339, UTC.
    iso: String,
    /// `2026-11-27 08:05`, UTC; or to the second, in the house's zone.
    text: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let iso = at.to_rfc3339();
        let text = iso.get(..16).unwrap_or_default().replace('T', " ");
        Self { iso, text }
    }
}

impl Moment {
    /// To the second, as the clocks of a zone show it.
    pub fn to_the_second(at: Timestamp, zone: Zone) -> Self {
        Self { iso: at.to_rfc3339(), text: zone.text(at) }
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
