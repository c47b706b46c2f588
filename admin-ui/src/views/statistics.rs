//! Statistics: whole days, counted in every way; each chart beside its table.

use super::{Chip, Choice, CountLine, CountTable, FunnelStep, funnel};
use crate::{Notes, View};
use saoma_core::statistics::Counts;
use serde::Serialize;

/// See the module.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Statistics {
    /// Websites to choose from.
    pub websites: Vec<Choice>,
    /// Ways to choose from.
    pub ways: Vec<Choice>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What the filter means.
    pub chips: Vec<Chip>,
    /// All together.
    pub total: Vec<FunnelStep>,
    /// Median of seconds to consent.
    pub seconds: Option<String>,
    /// How those ended who did not come through: word and count.
    pub ends: Vec<(&'static str, u64)>,
    /// By day, hour, website, way, browser.
    pub tables: Vec<CountTable>,
    /// The first day that is counted, where more were asked for than are.
    pub cut: Option<String>,
    /// Where days begin.
    pub zone: &'static str,
    /// What is not understood of the filter.
    pub notes: Notes,
}

/// Ends at which nobody came through.
pub fn ends(counts: &Counts) -> Vec<(&'static str, u64)> {
    vec![
        ("denied", counts.denied),
        ("expired", counts.expired),
        ("conflict", counts.conflict),
        ("failed", counts.failed),
        ("cancelled", counts.cancelled),
    ]
}

impl View for Statistics {
    const NAME: &'static str = "statistics";

    fn samples() -> Vec<Self> {
        let counts = Counts { begun: 3, expired: 1, ..Counts::default() };
        let table = |by| CountTable::new(by, vec![CountLine::sample("Shop <b>"), CountLine::sample("")]);
        let chip = Chip { field: "client", value: "Shop".to_owned(), without: "/statistics".to_owned() };
        let problem = saoma_core::FieldProblem::new("/to", "date_or_moment", "is neither a day nor a moment");
        let full = Self {
            websites: vec![Choice::sample("shop", true)],
            ways: vec![Choice::sample("mini", false)],
            chips: vec![chip],
            total: funnel(&counts),
            seconds: Some("8.5".to_owned()),
            cut: Some("2026-01-31".to_owned()),
            ends: ends(&counts),
            tables: ["day", "hour", "client", "provider", "browser"].map(table).to_vec(),
            zone: "Asia/Shanghai",
            notes: crate::notes(vec![problem]),
            ..Self::default()
        };
        vec![full, Self::default()]
    }
}
