//! Logins, counted: the funnel, and a row of a table beside a chart.

use crate::chart::{Bar, Chart};
use saoma_core::statistics::Counts;
use serde::Serialize;

/// A step of the funnel.
#[derive(Debug, Clone, Serialize)]
pub struct FunnelStep {
    /// Which: `begun`, `shown`, `scanned`, `confirmed`, `redeemed`.
    step: &'static str,
    /// How many came so far.
    count: u64,
    /// Of those who began, in percent.
    percent: u64,
}

/// From beginning to end, each step with those who came so far.
pub fn funnel(counts: &Counts) -> Vec<FunnelStep> {
    let steps = [
        ("begun", counts.begun),
        ("shown", counts.shown),
        ("scanned", counts.scanned),
        ("confirmed", counts.confirmed),
        ("redeemed", counts.redeemed),
    ];
    steps.map(|(step, count)| FunnelStep { step, count, percent: percent(count, counts.begun) }).to_vec()
}

/// Rounded; but a hundred is all of them, and nought is none.
fn percent(count: u64, all: u64) -> u64 {
    let rounded = (count * 100 + all / 2).checked_div(all).unwrap_or_default();
    match (count, all - count.min(all)) {
        (0, _) => 0,
        (_, 0) => rounded,
        _ => rounded.clamp(1, 99),
    }
}

/// Seconds, to a tenth; none of nothing.
pub fn seconds(median: Option<f64>) -> Option<String> {
    median.map(|seconds| format!("{seconds:.1}"))
}

/// A line of a table of counts.
#[derive(Debug, Clone, Serialize)]
pub struct CountLine {
    /// What is counted: a day, an hour, a name; empty where it is not known.
    pub label: String,
    /// Begun.
    pub begun: u64,
    /// Scanned.
    pub scanned: u64,
    /// Confirmed.
    pub confirmed: u64,
    /// Redeemed.
    pub redeemed: u64,
    /// Ended with nobody.
    pub lost: u64,
    /// Median of seconds to consent.
    pub seconds: Option<String>,
}

impl CountLine {
    /// These, under this name.
    pub fn new(label: String, counts: &Counts) -> Self {
        Self {
            label,
            begun: counts.begun,
            scanned: counts.scanned,
            confirmed: counts.confirmed,
            redeemed: counts.redeemed,
            lost: counts.denied + counts.expired + counts.conflict + counts.failed + counts.cancelled,
            seconds: seconds(counts.took.median_seconds()),
        }
    }

    pub(super) fn sample(label: &str) -> Self {
        Self::new(label.to_owned(), &Counts { begun: 9, redeemed: 5, ..Counts::default() })
    }
}

/// A chart and the table beside it.
#[derive(Debug, Clone, Serialize)]
pub struct CountTable {
    /// What is counted by: `day`, `hour`, `client`, `provider`, `browser`.
    by: &'static str,
    /// The chart.
    chart: Chart,
    /// Its numbers.
    lines: Vec<CountLine>,
}

/// A name this long leaves room for the one beside it.
const SHORT: usize = 10;
/// More bars than this cannot be told apart; the table has all.
const MOST_BARS: usize = 40;

impl CountTable {
    /// Draws these lines.
    pub fn new(by: &'static str, lines: Vec<CountLine>) -> Self {
        let bar =
            |line: &CountLine| Bar { label: short(&line.label), begun: line.begun, through: line.redeemed };
        let bars: Vec<_> = lines.iter().take(MOST_BARS).map(bar).collect();
        let any = lines.iter().any(|line| line.begun > 0);
        Self { by, chart: if any { Chart::new(&bars) } else { Chart::default() }, lines }
    }
}

/// Days lose their year, long names their end.
fn short(label: &str) -> String {
    let is_day = label.len() == 10 && label.split('-').count() == 3;
    let label = if is_day { label.get(5..).unwrap_or(label) } else { label };
    match label.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", label.get(..end).unwrap_or_default()),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_funnel_of_nothing_is_no_division_by_it() {
        assert!(funnel(&Counts::default()).iter().all(|step| step.percent == 0));
        let half = funnel(&Counts { begun: 8, shown: 8, scanned: 4, ..Counts::default() });
        assert_eq!(half.iter().map(|step| step.percent).collect::<Vec<_>>(), [100, 100, 50, 0, 0]);
    }

    #[test]
    fn percents_are_rounded_and_neither_all_nor_none_is_said_of_some() {
        let told = |count, all| percent(count, all);
        assert_eq!(
            [told(2, 3), told(1, 3), told(399, 400), told(1, 400), told(5, 5), told(0, 5)],
            [67, 33, 99, 1, 100, 0]
        );
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(short("2026-11-28"), "11-28");
        assert_eq!(short("松间茶铺松间茶铺松间茶铺"), "松间茶铺松间茶铺松间…");
        assert_eq!(short("Firefox"), "Firefox");
    }
}
