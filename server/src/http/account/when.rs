//! A moment as people say it: how long ago, and from a month on the day.

use saoma_core::Timestamp;
use saoma_core::calendar::Zone;
use serde::Serialize;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// See the module.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct When {
    /// For programs.
    iso: String,
    /// `now`, `minute`, `minutes`, `hour`, `hours`, `day`, `days`, or `on`.
    unit: &'static str,
    /// How many of them.
    count: u64,
    /// The day, as the house's calendar has it.
    day: String,
}

impl When {
    /// This moment, as it looks now.
    pub(super) fn of(at: Timestamp, now: Timestamp, zone: Zone) -> Self {
        let ago = now.seconds_since(at);
        let (count, one, many) = match ago {
            0..MINUTE => (0, "now", "now"),
            MINUTE..HOUR => (ago / MINUTE, "minute", "minutes"),
            HOUR..DAY => (ago / HOUR, "hour", "hours"),
            _ if ago < 31 * DAY => (ago / DAY, "day", "days"),
            _ => (0, "on", "on"),
        };
        let unit = if count == 1 { one } else { many };
        Self { iso: at.to_rfc3339(), unit, count, day: zone.day_of(at).to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_by_their_age() {
        let now = Timestamp(1_800_000_000_000);
        for (ago, unit, count) in [
            (0, "now", 0),
            (59, "now", 0),
            (60, "minute", 1),
            (3599, "minutes", 59),
            (3600, "hour", 1),
            (23 * 3600, "hours", 23),
            (26 * 3600, "day", 1),
            (30 * 86_400, "days", 30),
            (31 * 86_400, "on", 0),
        ] {
            let when = When::of(now.plus_seconds(-ago), now, Zone::UTC);
            assert_eq!((when.unit, when.count), (unit, count), "{ago}");
        }
        assert_eq!(When::of(Timestamp(0), now, Zone::UTC).day, "1970-01-01");
    }
}
