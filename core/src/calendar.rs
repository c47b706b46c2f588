//! Days and clocks of a place: the house's time zone, and spans of time as people write them.
//!
//! Everything is kept in epoch milliseconds; a zone only says where a day begins and how a moment is
//! written. A span is inclusive at both its ends, as people mean it.

use crate::Timestamp;
use chrono::{DateTime, Days, NaiveDate, Offset as _, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// A time zone by its IANA name, e.g. `Asia/Shanghai`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

/// The text is not the name of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a time zone; write one like Asia/Shanghai or UTC")]
pub struct UnknownZone;

impl Zone {
    /// The zone without summer and winter.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The names of all zones, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// The day that a moment belongs to.
    pub fn day_of(self, at: Timestamp) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// The first moment of a day; where a clock is put forward at midnight, the moment it is put to.
    pub fn day_start(self, day: NaiveDate) -> Timestamp {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let quarters = (0..16).filter_map(|quarter| {
            let local = midnight.checked_add_signed(TimeDelta::minutes(15 * quarter))?;
            self.0.from_local_datetime(&local).earliest()
        });
        let start = quarters.into_iter().next();
        Timestamp(start.map_or_else(|| midnight.and_utc().timestamp_millis(), |at| at.timestamp_millis()))
    }

    /// A moment as it is read there, to the second: `2026-11-28 09:12:03`.
    pub fn text(self, at: Timestamp) -> String {
        self.local(at).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The hour of the day that a moment belongs to, from 0 to 23.
    pub fn hour_of(self, at: Timestamp) -> usize {
        usize::try_from(self.local(at).hour()).unwrap_or(0)
    }

    /// How far its clocks are from UTC at a moment: `+08:00`.
    pub fn offset(self, at: Timestamp) -> String {
        self.local(at).offset().fix().to_string()
    }

    fn local(self, at: Timestamp) -> DateTime<Tz> {
        DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH).with_timezone(&self.0)
    }
}

impl std::str::FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        text.parse().map(Self).map_err(|_| UnknownZone)
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// An end of a span as somebody wrote it: a whole day, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A day of the house's zone: `2026-11-28`.
    Day(NaiveDate),
    /// A moment: RFC 3339, e.g. `2026-11-28T09:12:03Z`.
    At(Timestamp),
}

/// The text is neither a day nor a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a day like 2026-11-28 nor a moment like 2026-11-28T09:12:03Z")]
pub struct NotAMoment;

impl When {
    /// The first moment it means.
    pub fn first(self, zone: Zone) -> Timestamp {
        match self {
            Self::Day(day) => zone.day_start(day),
            Self::At(at) => at,
        }
    }

    /// The last moment it means: of a day, the last millisecond.
    pub fn last(self, zone: Zone) -> Timestamp {
        match self {
            Self::Day(day) => {
                let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
                zone.day_start(next).plus_millis(-1)
            }
            Self::At(at) => at,
        }
    }
}

impl std::str::FromStr for When {
    type Err = NotAMoment;
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        if let Ok(day) = text.parse::<NaiveDate>() {
            return Ok(Self::Day(day));
        }
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| NotAMoment)?;
        Ok(Self::At(Timestamp(at.with_timezone(&Utc).timestamp_millis())))
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::At(at) => f.write_str(&at.to_rfc3339()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn span(text: &str, zone: Zone) -> (String, String) {
        let when: When = text.parse().unwrap();
        (when.first(zone).to_rfc3339(), when.last(zone).to_rfc3339())
    }

    #[test]
    fn a_day_reaches_from_midnight_to_midnight_of_its_place() {
        let shanghai = span("2026-11-28", zone("Asia/Shanghai"));
        assert_eq!(shanghai, ("2026-11-27T16:00:00.000Z".into(), "2026-11-28T15:59:59.999Z".into()));
        // A day of 23 hours, one of 25, and one that begins at 00:30 or 01:00.
        let spring = span("2026-03-29", zone("Europe/Berlin"));
        assert_eq!(spring, ("2026-03-28T23:00:00.000Z".into(), "2026-03-29T21:59:59.999Z".into()));
        let autumn = span("2026-10-25", zone("Europe/Berlin"));
        assert_eq!(autumn, ("2026-10-24T22:00:00.000Z".into(), "2026-10-25T22:59:59.999Z".into()));
        let havana = span("2024-03-10", zone("America/Havana"));
        assert_eq!(havana.0, "2024-03-10T05:00:00.000Z");
    }

    #[test]
    fn days_follow_one_another_without_a_gap_in_every_zone() {
        for name in Zone::names() {
            let zone = zone(name);
            let mut day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
            for _ in 0..365 {
                let next = day.succ_opt().unwrap();
                let (end, start) = (When::Day(day).last(zone), When::Day(next).first(zone));
                assert_eq!(end.plus_millis(1), start, "{name} {day}");
                assert_eq!(zone.day_of(start), next, "{name} {day}");
                day = next;
            }
        }
    }

    #[test]
    fn a_moment_is_itself_and_both_are_written_as_they_are_read() {
        let moment = span("2026-11-28T09:12:03+08:00", Zone::UTC);
        assert_eq!(moment, ("2026-11-28T01:12:03.000Z".into(), "2026-11-28T01:12:03.000Z".into()));
        for text in ["2026-11-28", "2026-11-28T01:12:03.000Z"] {
            assert_eq!(text.parse::<When>().unwrap().to_string(), text);
        }
        for bad in ["", "2026-13-01", "yesterday", "2026-11-28 09:12"] {
            assert_eq!(bad.parse::<When>(), Err(NotAMoment), "{bad}");
        }
    }

    #[test]
    fn a_moment_is_told_as_the_place_s_clocks_show_it() {
        let at = Timestamp(1_800_000_000_000);
        assert_eq!(zone("Asia/Shanghai").text(at), "2027-01-15 16:00:00");
        assert_eq!(zone("Asia/Shanghai").offset(at), "+08:00");
        assert!("Asia/Shanghaj".parse::<Zone>().is_err());
    }
}
