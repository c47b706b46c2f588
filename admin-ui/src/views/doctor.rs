//! The doctor of one way to log in: how far to look, what was found, and a login to rehearse.

use crate::{Language, View};
use saoma_core::provider::{Fact, Finding, ProbeDepth, ProbeReport, Standing};
use serde::Serialize;

/// A value to copy.
#[derive(Debug, Clone, Serialize)]
pub struct FactLine {
    /// What it is.
    label: &'static str,
    /// The value.
    value: String,
}

impl FactLine {
    fn new(fact: &Fact, language: Language) -> Self {
        let label = fact.name.label();
        let label = if language == Language::Chinese { label.zh } else { label.en };
        Self { label, value: fact.value.clone() }
    }
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct FindingLine {
    /// Its stable code.
    code: &'static str,
    /// How it stands.
    standing: &'static str,
    /// What was seen.
    seen: String,
    /// What to do.
    cure: Option<String>,
    /// What to copy.
    facts: Vec<FactLine>,
}

impl FindingLine {
    fn new(finding: &Finding, language: Language) -> Self {
        let chinese = language == Language::Chinese;
        Self {
            code: finding.code,
            standing: finding.standing.as_str(),
            seen: finding.seen.in_chinese(chinese).to_owned(),
            cure: finding.cure.as_ref().map(|cure| cure.in_chinese(chinese).to_owned()),
            facts: finding.facts.iter().map(|fact| FactLine::new(fact, language)).collect(),
        }
    }
}

/// What was found, the worst first.
#[derive(Debug, Clone, Serialize)]
pub struct Findings {
    /// How many stop logins.
    failed: usize,
    /// All of it.
    lines: Vec<FindingLine>,
}

impl Findings {
    /// In the reader's language.
    pub fn new(report: &ProbeReport, language: Language) -> Self {
        let mut all: Vec<_> = report.0.iter().collect();
        // Those alike stay in the order of looking.
        all.sort_by_key(|finding| std::cmp::Reverse(rank(finding.standing)));
        Self {
            failed: report.failed_codes().len(),
            lines: all.into_iter().map(|finding| FindingLine::new(finding, language)).collect(),
        }
    }
}

/// What needs somebody comes first, what nobody looked at last.
const fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Failed => 3,
        Standing::Warning => 2,
        Standing::Ok => 1,
        Standing::Unseen => 0,
    }
}

/// A depth, as a button.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Depth {
    /// Its word.
    name: &'static str,
    /// Whether it was looked at like this just now.
    chosen: bool,
}

impl Depth {
    /// All of them.
    pub fn all(chosen: Option<ProbeDepth>) -> Vec<Self> {
        ProbeDepth::ALL.map(|depth| Self { name: depth.as_str(), chosen: chosen == Some(depth) }).to_vec()
    }
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Doctor {
    /// Its slug.
    pub slug: String,
    /// What visitors read.
    pub title: String,
    /// Whether it is switched on; only then a login can be rehearsed.
    pub enabled: bool,
    /// How far one can look.
    pub depths: Vec<Depth>,
    /// What was found just now.
    pub findings: Option<Findings>,
}

impl View for Doctor {
    const NAME: &'static str = "doctor";

    fn samples() -> Vec<Self> {
        let plain = Self {
            slug: "service".to_owned(),
            title: "公众号 <b>".to_owned(),
            enabled: true,
            depths: Depth::all(None),
            findings: None,
        };
        let fine = ProbeReport(sample().0.split_off(1));
        let found = |report: &ProbeReport| Self {
            depths: Depth::all(Some(ProbeDepth::Credentials)),
            findings: Some(Findings::new(report, Language::English)),
            ..plain.clone()
        };
        vec![Self { enabled: false, ..plain.clone() }, found(&sample()), found(&fine), plain]
    }
}

/// One finding of each standing.
pub(super) fn sample() -> ProbeReport {
    use saoma_core::provider::{FactName, LocalText};
    let seen = LocalText { en: "Seen <i>: {outgoing_address}.", zh: "所见：{outgoing_address}。" };
    let cure = LocalText { en: "Add it.", zh: "请添加。" };
    let facts = || vec![Fact::new(FactName::OutgoingAddress, "9.8.7.6")];
    let finding = |code, standing| Finding::new(code, standing, seen, facts()).cured_by(cure);
    ProbeReport(vec![
        finding("ip_not_allowed", Standing::Failed),
        finding("members_only", Standing::Warning),
        Finding::new("settings_ok", Standing::Ok, seen, Vec::new()),
        Finding::new("quota_left", Standing::Unseen, seen, Vec::new()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_somebody_comes_first_in_the_readers_language() {
        let mut report = sample();
        report.0.reverse();
        let found = Findings::new(&report, Language::Chinese);
        let codes: Vec<_> = found.lines.iter().map(|line| line.code).collect();
        assert_eq!(codes, ["ip_not_allowed", "members_only", "settings_ok", "quota_left"]);
        assert_eq!((found.failed, found.lines[0].seen.as_str()), (1, "所见：9.8.7.6。"));
        assert_eq!(found.lines[0].facts[0].label, "本服务器的出口 IP");
    }
}
