//! Which Logins are counted, and what comes of it: by day, hour of the day, website, Provider, browser.

use super::Counts;
use crate::Timestamp;
use crate::client::ClientId;
use crate::provider::ProviderSlug;
use std::collections::BTreeMap;

/// Milliseconds of an hour, the smallest span that is kept.
pub const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
/// No place on earth is further from UTC.
const FURTHEST_MINUTES: i32 = 14 * 60;

/// How far a clock on the wall is ahead of UTC. Days and hours of the day are those of that clock; where
/// it is off by less than an hour, an hour of UTC counts where it begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offset(i32);

impl Offset {
    /// So many minutes, if any place on earth has them.
    pub fn minutes(minutes: i32) -> Option<Self> {
        (-FURTHEST_MINUTES..=FURTHEST_MINUTES).contains(&minutes).then_some(Self(minutes))
    }

    fn millis(self) -> i64 {
        i64::from(self.0) * 60_000
    }

    /// When the day of this moment began.
    pub fn day_of(self, moment: Timestamp) -> Timestamp {
        let local = moment.0.saturating_add(self.millis());
        Timestamp(local.div_euclid(DAY_MILLIS) * DAY_MILLIS - self.millis())
    }

    /// The hour of the day, 0 to 23.
    pub fn hour_of(self, moment: Timestamp) -> usize {
        let local = moment.0.saturating_add(self.millis()).rem_euclid(DAY_MILLIS);
        usize::try_from(local / HOUR_MILLIS).unwrap_or(0)
    }
}

/// What is to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsFilter {
    /// Only at this Client.
    pub client: Option<ClientId>,
    /// Only by this Provider.
    pub provider: Option<ProviderSlug>,
    /// From the day of this moment on.
    pub from: Timestamp,
    /// To the day of this moment, which counts.
    pub until: Timestamp,
    /// Whose days.
    pub offset: Offset,
}

/// A day, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// When it began.
    pub began: Timestamp,
    /// Its Logins.
    pub counts: Counts,
}

/// Some Logins, counted in several ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// By the hour of UTC in which they began.
    pub hours: BTreeMap<Timestamp, Counts>,
    /// By website.
    pub clients: BTreeMap<String, Counts>,
    /// By Provider.
    pub providers: BTreeMap<String, Counts>,
    /// By browser; empty where it is not known.
    pub browsers: BTreeMap<String, Counts>,
}

impl Tally {
    /// All of them together.
    pub fn total(&self) -> Counts {
        self.hours.values().fold(Counts::default(), |mut sum, counts| {
            sum += *counts;
            sum
        })
    }

    /// Every day from that of `from` to that of `until`, also those without a Login.
    pub fn days(&self, from: Timestamp, until: Timestamp, offset: Offset) -> Vec<Day> {
        let (mut began, last) = (offset.day_of(from), offset.day_of(until));
        let mut days = Vec::new();
        while began <= last {
            let end = began.plus_millis(DAY_MILLIS);
            let mut counts = Counts::default();
            self.hours.range(began..end).for_each(|(_, hour)| counts += *hour);
            days.push(Day { began, counts });
            began = end;
        }
        days
    }

    /// By the hour of the day.
    pub fn hours_of_day(&self, offset: Offset) -> [Counts; 24] {
        let mut all = [Counts::default(); 24];
        for (hour, counts) in &self.hours {
            if let Some(sum) = all.get_mut(offset.hour_of(*hour)) {
                *sum += *counts;
            }
        }
        all
    }
}

/// Statistics, as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// All together: the funnel, and how they ended.
    pub total: Counts,
    /// Day by day.
    pub days: Vec<Day>,
    /// By the hour of the day.
    pub hours_of_day: [Counts; 24],
    /// By website, the busiest first.
    pub clients: Vec<(String, Counts)>,
    /// By Provider, the busiest first.
    pub providers: Vec<(String, Counts)>,
    /// By browser, the busiest first; empty where it is not known.
    pub browsers: Vec<(String, Counts)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Timestamp = Timestamp(1_699_920_000_000);

    #[test]
    fn a_day_begins_where_its_clock_says() {
        let [utc, china, new_york] = [0, 480, -300].map(|minutes| Offset::minutes(minutes).unwrap());
        assert_eq!(utc.day_of(DAY), DAY);
        assert_eq!(utc.day_of(DAY.plus_millis(-1)), DAY.plus_millis(-DAY_MILLIS));
        assert_eq!(china.day_of(DAY), DAY.plus_seconds(-8 * 3600));
        assert_eq!(new_york.day_of(DAY), DAY.plus_seconds(-19 * 3600));
        assert_eq!((utc.hour_of(DAY), china.hour_of(DAY), new_york.hour_of(DAY)), (0, 8, 19));
        assert_eq!(Offset::minutes(15 * 60), None);
    }

    #[test]
    fn days_without_logins_are_days() {
        let offset = Offset::minutes(330).unwrap();
        let mut tally = Tally::default();
        let one = Counts { begun: 1, ..Counts::default() };
        tally.hours.insert(DAY, one);
        tally.hours.insert(DAY.plus_seconds(20 * 3600), one);
        let days = tally.days(DAY.plus_seconds(-86_400), DAY.plus_seconds(86_400), offset);
        let begun: Vec<_> = days.iter().map(|day| day.counts.begun).collect();
        assert_eq!(begun, [0, 1, 1]);
        assert_eq!(tally.total().begun, 2);
        assert_eq!(tally.hours_of_day(offset)[5].begun, 1);
    }
}
