//! What was asked of the pretend WeChat, and which documented rules the asker broke.
//! A bounded ring plus counts per path; values of secrets, tokens and codes never come here.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::clock::Moment;

const REMEMBERED: usize = 1000;
/// Counts are kept for paths that exist; all others share this name.
const OTHER: &str = "(unknown)";

/// One call.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) at: Moment,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) appid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) errcode: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<&'static str>,
    pub(crate) violations: Vec<&'static str>,
}

/// All remembered calls, newest first when shown.
#[derive(Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    counts: BTreeMap<&'static str, u64>,
    violations: u64,
}

/// What `GET /calls` answers.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    calls: Vec<&'a Entry>,
    counts: &'a BTreeMap<&'static str, u64>,
    violations: u64,
}

impl Journal {
    pub(crate) fn record(&mut self, known_path: Option<&'static str>, entry: Entry) {
        *self.counts.entry(known_path.unwrap_or(OTHER)).or_default() += 1;
        self.violations += entry.violations.len() as u64;
        self.entries.push_front(entry);
        self.entries.truncate(REMEMBERED);
    }

    pub(crate) fn view(&self) -> View<'_> {
        View { calls: self.entries.iter().collect(), counts: &self.counts, violations: self.violations }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
