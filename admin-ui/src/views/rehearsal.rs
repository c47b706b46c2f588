//! A login that an admin rehearses: the code to scan, where it stands, what it has shown.

use super::Findings;
use crate::{Language, Moment, View};
use saoma_core::Timestamp;
use saoma_core::provider::ProbeReport;
use serde::Serialize;

/// What the admin does to begin.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RehearsalCode {
    /// Scans a picture.
    Picture,
    /// Goes to the vendor's page.
    Page {
        /// Its address.
        url: String,
    },
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Rehearsal {
    /// Slug of its Provider.
    pub slug: String,
    /// What visitors read.
    pub title: String,
    /// Its id.
    pub login_id: String,
    /// The stage's word; `rehearsed` where all was proven.
    pub stage: &'static str,
    /// Whether it goes on.
    pub live: bool,
    /// How it is scanned, while nobody has.
    pub code: Option<RehearsalCode>,
    /// The number to send back.
    pub number: Option<String>,
    /// When it ends by itself.
    pub expires: Moment,
    /// What it has shown.
    pub findings: Findings,
}

impl View for Rehearsal {
    const NAME: &'static str = "rehearsal";

    fn samples() -> Vec<Self> {
        let pending = Self {
            slug: "service".to_owned(),
            title: "公众号 <b>".to_owned(),
            login_id: "lgn_0123456789012345678901".to_owned(),
            stage: "pending",
            live: true,
            code: Some(RehearsalCode::Picture),
            number: Some("07".to_owned()),
            expires: Timestamp(1_700_000_000_000).into(),
            findings: Findings::new(&ProbeReport::default(), Language::English),
        };
        let page = Some(RehearsalCode::Page { url: "https://open.weixin.qq.com/x?a=1&b=\"".to_owned() });
        let scanned = Self { stage: "scanned", code: None, ..pending.clone() };
        let ends = ["rehearsed", "denied", "expired", "cancelled", "conflict", "failed"].map(|stage| Self {
            stage,
            live: false,
            code: None,
            number: None,
            findings: Findings::new(&super::doctor::sample(), Language::English),
            ..pending.clone()
        });
        [Self { code: page, number: None, ..pending.clone() }, pending, scanned]
            .into_iter()
            .chain(ends)
            .collect()
    }
}
