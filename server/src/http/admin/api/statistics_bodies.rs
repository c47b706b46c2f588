//! What the API says of numbers.

use poem_openapi::Object;
use saoma_core::Timestamp;
use saoma_core::login::VendorAnswer;
use saoma_core::statistics::{Counts, Day, Overview, ProviderHealth, Statistics};

/// Some logins, counted. Whoever came to a step is counted at those before it as well.
#[derive(Debug, Object)]
#[oai(rename = "Counts", skip_serializing_if_is_none)]
struct CountsView {
    /// All of them.
    begun: u64,
    /// Whose code was shown.
    shown: u64,
    /// Whom somebody scanned.
    scanned: u64,
    /// Whom the person confirmed.
    confirmed: u64,
    /// Whom the website redeemed.
    redeemed: u64,
    /// Ended: declined.
    denied: u64,
    /// Ended: out of time.
    expired: u64,
    /// Ended: two persons scanned.
    conflict: u64,
    /// Ended: the vendor or we could not go on.
    failed: u64,
    /// Ended: the browser gave up.
    cancelled: u64,
    /// Seconds from beginning to consent, as exact as they are kept.
    median_seconds: Option<f64>,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        let Counts {
            begun,
            shown,
            scanned,
            confirmed,
            redeemed,
            denied,
            expired,
            conflict,
            failed,
            cancelled,
            took,
        } = counts;
        let median_seconds = took.median_seconds();
        Self {
            begun,
            shown,
            scanned,
            confirmed,
            redeemed,
            denied,
            expired,
            conflict,
            failed,
            cancelled,
            median_seconds,
        }
    }
}

/// A day, counted.
#[derive(Debug, Object)]
#[oai(rename = "DayCounts")]
struct DayView {
    /// In the house's time zone, e.g. `2026-11-28`.
    date: String,
    /// Its logins.
    counts: CountsView,
}

impl From<Day> for DayView {
    fn from(day: Day) -> Self {
        Self { date: day.date.to_string(), counts: day.counts.into() }
    }
}

/// A website, a way or a browser, counted.
#[derive(Debug, Object)]
#[oai(rename = "NamedCounts")]
struct PartView {
    /// Its id, slug or name; empty where it is not known.
    key: String,
    /// Its logins.
    counts: CountsView,
}

fn parts(counts: Vec<(String, Counts)>) -> Vec<PartView> {
    counts.into_iter().map(|(key, counts)| PartView { key, counts: counts.into() }).collect()
}

/// Logins, counted in every way.
#[derive(Debug, Object)]
#[oai(rename = "Statistics")]
pub(super) struct StatisticsView {
    /// Whose days: the house's time zone.
    time_zone: String,
    /// All together.
    total: CountsView,
    /// Day by day.
    days: Vec<DayView>,
    /// By the hour of the day, from 0 to 23.
    hours_of_day: Vec<CountsView>,
    /// By website, the busiest first.
    clients: Vec<PartView>,
    /// By way, the busiest first.
    providers: Vec<PartView>,
    /// By browser, the busiest first.
    browsers: Vec<PartView>,
}

impl StatisticsView {
    pub(super) fn new(time_zone: &str, statistics: Statistics) -> Self {
        Self {
            time_zone: time_zone.to_owned(),
            total: statistics.total.into(),
            days: statistics.days.into_iter().map(DayView::from).collect(),
            hours_of_day: statistics.hours_of_day.into_iter().map(CountsView::from).collect(),
            clients: parts(statistics.clients),
            providers: parts(statistics.providers),
            browsers: parts(statistics.browsers),
        }
    }
}

/// How a way to log in does.
#[derive(Debug, Object)]
#[oai(rename = "ProviderHealth", skip_serializing_if_is_none)]
struct HealthView {
    /// By its slug.
    provider: String,
    /// Whether the newest thing it did was to fail.
    failing: bool,
    /// RFC 3339; when its newest redeemed login began.
    last_success_at: Option<String>,
    /// RFC 3339; when its newest login began that the vendor's part failed.
    last_failure_at: Option<String>,
    /// The code of that problem.
    last_problem: Option<String>,
    /// The vendor's own code, if it spoke.
    last_vendor_code: Option<i64>,
    /// The last 60 minutes.
    hour: CountsView,
    /// The last 24 hours, from the full hour on.
    day: CountsView,
}

impl From<ProviderHealth> for HealthView {
    fn from(health: ProviderHealth) -> Self {
        let failing = health.is_failing();
        let (failed_at, answer) = health.last.failure.unzip();
        let answer: Option<VendorAnswer> = answer.flatten();
        Self {
            provider: health.provider.to_string(),
            failing,
            last_success_at: health.last.success.map(Timestamp::to_rfc3339),
            last_failure_at: failed_at.map(Timestamp::to_rfc3339),
            last_vendor_code: answer.as_ref().and_then(|answer| answer.code),
            last_problem: answer.map(|answer| answer.problem),
            hour: health.hour.into(),
            day: health.day.into(),
        }
    }
}

/// What the first page tells.
#[derive(Debug, Object)]
#[oai(rename = "Overview", skip_serializing_if_is_none)]
pub(super) struct OverviewView {
    /// Whose days: the house's time zone.
    time_zone: String,
    /// Today so far.
    today: CountsView,
    /// The last days, today the last.
    days: Vec<DayView>,
    /// Seconds to consent on these days.
    median_seconds: Option<f64>,
    /// Each way to log in.
    health: Vec<HealthView>,
}

impl OverviewView {
    pub(super) fn new(time_zone: &str, overview: Overview) -> Self {
        Self {
            time_zone: time_zone.to_owned(),
            today: overview.today.into(),
            days: overview.days.into_iter().map(DayView::from).collect(),
            median_seconds: overview.median_seconds,
            health: overview.health.into_iter().map(HealthView::from).collect(),
        }
    }
}
