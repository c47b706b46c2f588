//! The first page: today, the last days, how each way does, who logs in just now; and what to do first in a
//! house where there is nothing yet.

use super::{CountLine, CountTable, FunnelStep, LoginLine, funnel};
use crate::{Moment, View};
use saoma_core::statistics::Counts;
use serde::Serialize;

/// How a way to log in does.
#[derive(Debug, Clone, Serialize)]
pub struct HealthLine {
    /// Its slug.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// `well`, `failing`, `quiet`, `unproven`: works, failed at last, nobody came for a day, nobody came through yet.
    pub state: &'static str,
    /// When somebody last came through.
    pub success: Option<Moment>,
    /// When it last failed.
    pub failure: Option<Moment>,
    /// The vendor's code of that.
    pub code: Option<i64>,
    /// When the vendor's messages were last refused, unless one was taken since.
    pub refused: Option<Moment>,
    /// Begun in the last hour.
    pub hour: u64,
    /// Begun in the last day, and come through.
    pub day: (u64, u64),
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a page shows many things that hold or do not")]
pub struct Overview {
    /// Today so far.
    pub today: Vec<FunnelStep>,
    /// The last days.
    pub days: CountTable,
    /// Median of seconds to consent on these days.
    pub seconds: Option<String>,
    /// Each way.
    pub health: Vec<HealthLine>,
    /// The newest.
    pub newest: Vec<LoginLine>,
    /// The zone of all times.
    pub zone: &'static str,
    /// Whether there is a way to log in.
    pub has_way: bool,
    /// Whether there is a website.
    pub has_website: bool,
    /// Whether ways may be added by whoever reads.
    pub may_add_way: bool,
    /// Whether websites may be.
    pub may_add_website: bool,
    /// Whether the doctor may be asked.
    pub may_probe: bool,
}

impl View for Overview {
    const NAME: &'static str = "overview";

    fn samples() -> Vec<Self> {
        let health = |state, failure: bool| HealthLine {
            slug: "mini".to_owned(),
            title: "微信<".to_owned(),
            state,
            success: (!failure).then(|| saoma_core::Timestamp(0).into()),
            failure: failure.then(|| saoma_core::Timestamp(0).into()),
            code: failure.then_some(40164),
            refused: None,
            hour: 1,
            day: (5, 3),
        };
        let counts = Counts { begun: 5, shown: 5, scanned: 3, ..Counts::default() };
        let full = Self {
            today: funnel(&counts),
            days: CountTable::new("day", vec![CountLine::sample("2026-11-28")]),
            seconds: Some("8.5".to_owned()),
            health: vec![health("well", false), health("failing", true), health("quiet", false)],
            newest: vec![LoginLine::sample()],
            zone: "Asia/Shanghai",
            has_way: true,
            has_website: true,
            may_add_way: true,
            may_add_website: true,
            may_probe: true,
        };
        let empty = Self {
            days: CountTable::new("day", Vec::new()),
            seconds: None,
            health: Vec::new(),
            newest: Vec::new(),
            has_way: false,
            has_website: false,
            ..full.clone()
        };
        let reader = Self { may_add_way: false, may_add_website: false, may_probe: false, ..empty.clone() };
        vec![full, empty, reader]
    }
}
