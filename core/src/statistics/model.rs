//! Which Logins are counted, and what comes of it: by day, hour of the day, website, Provider, browser.

use super::Counts;
use crate::Timestamp;
use crate::calendar::{When, Zone};
use crate::client::ClientId;
use crate::provider::ProviderSlug;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Milliseconds of an hour, the smallest span that is kept.
pub const HOUR_MILLIS: i64 = 3_600_000;
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
    /// Where days begin. Where clocks are off by less than an hour, an hour of UTC counts where it begins.
    pub zone: Zone,
}

/// A day, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
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
    pub fn days(&self, from: Timestamp, until: Timestamp, zone: Zone) -> Vec<Day> {
        let (first, last) = (zone.day_of(from), zone.day_of(until));
        let dates = first.iter_days().take_while(|date| *date <= last);
        dates.map(|date| self.day(date, zone)).collect()
    }

    fn day(&self, date: NaiveDate, zone: Zone) -> Day {
        let began = zone.day_start(date);
        let end = When::Day(date).last(zone);
        let mut counts = Counts::default();
        for hour in self.hours.range(began..=end.max(began)).map(|(_, hour)| hour) {
            counts += *hour;
        }
        Day { date, began, counts }
    }

    /// By the hour of the day.
    pub fn hours_of_day(&self, zone: Zone) -> [Counts; 24] {
        let mut all = [Counts::default(); 24];
        for (hour, counts) in &self.hours {
            if let Some(sum) = all.get_mut(zone.hour_of(*hour)) {
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
    fn days_without_logins_are_days_and_begin_where_the_zone_says() {
        let one = Counts { begun: 1, ..Counts::default() };
        let mut tally = Tally::default();
        tally.hours.insert(DAY, one);
        tally.hours.insert(DAY.plus_seconds(20 * 3600), one);
        let begun = |zone: &str| {
            let zone = zone.parse().unwrap();
            let days = tally.days(DAY.plus_seconds(-86_400), DAY.plus_seconds(86_400), zone);
            let hours = tally.hours_of_day(zone);
            let hours: Vec<_> = (0..24).filter(|hour| hours[*hour].begun > 0).collect();
            (days.iter().map(|day| day.counts.begun).collect::<Vec<_>>(), hours)
        };
        assert_eq!(begun("UTC"), (vec![0, 2, 0], vec![0, 20]));
        assert_eq!(begun("Asia/Shanghai"), (vec![0, 1, 1], vec![4, 8]));
        assert_eq!(begun("America/New_York"), (vec![0, 1, 1], vec![15, 19]));
        assert_eq!(begun("Asia/Kolkata"), (vec![0, 1, 1], vec![1, 5]));
        assert_eq!(tally.total().begun, 2);
    }

    /// Of 25 hours, where clocks are put back.
    #[test]
    fn a_long_day_has_all_of_its_hours() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let start = Timestamp(1_698_530_400_000);
        let one = Counts { begun: 1, ..Counts::default() };
        let hours = (0..26).map(|hour| (start.plus_seconds(hour * 3600), one)).collect();
        let tally = Tally { hours, ..Tally::default() };
        let days = tally.days(start, start, zone);
        assert_eq!((days.len(), days[0].counts.begun), (1, 25));
        assert_eq!(tally.hours_of_day(zone)[2].begun, 2);
    }
}
