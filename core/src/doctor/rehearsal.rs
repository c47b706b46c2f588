//! What a rehearsed login has shown so far, read from its row. It never says who scanned.

use super::own_address;
use super::words::{self, Said};
use crate::login::{Login, Reason, Stage};
use crate::provider::{
    Fact, FactName, Finding, OpenProvider, ProbeReport, ProviderError, Sighting, Standing,
};

/// A rehearsal as it stands.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// Its Login.
    pub login: Login,
    /// What it has shown.
    pub report: ProbeReport,
}

impl Rehearsal {
    /// Reads a rehearsal. `open` is its Provider while that is switched on.
    pub(super) fn read(login: Login, open: Option<&OpenProvider>, sighting: Sighting) -> Self {
        let mut found = match login.stage {
            Stage::Pending => Vec::new(),
            Stage::Scanned | Stage::Confirmed | Stage::Redeemed => vec![scan_arrived()],
            Stage::Cancelled if login.was_rehearsed() => proven(&login, open),
            Stage::Cancelled => vec![finding("rehearsal_ended", Standing::Unseen, &words::ENDED)],
            Stage::Denied => {
                vec![scan_arrived(), finding("declined", Standing::Warning, &words::DECLINED)]
            }
            Stage::Conflict => vec![finding("second_subject", Standing::Warning, &words::SECOND_SUBJECT)],
            Stage::Expired if login.reason == Some(Reason::NotConfirmedInTime) => {
                vec![scan_arrived(), finding("not_confirmed", Standing::Failed, &words::NOT_CONFIRMED)]
            }
            Stage::Expired => vec![finding("no_scan", Standing::Failed, &words::NO_SCAN)],
            Stage::Failed => vec![finding("vendor_failed", Standing::Failed, &words::VENDOR_FAILED)],
        };
        // While nothing arrives, a push that was refused meanwhile is most likely the scan.
        let refused = sighting.refused_since_taken().filter(|at| *at >= login.created_at);
        if refused.is_some() && login.proof.is_none() {
            found.push(own_address::seen(sighting));
        }
        Self { login, report: ProbeReport(found) }
    }
}

/// What a vendor that lets no rehearsal begin is to a doctor.
pub fn refused(error: &ProviderError) -> Finding {
    let Some(upstream) = &error.upstream else {
        return finding("vendor_silent", Standing::Failed, &words::VENDOR_SILENT);
    };
    let mut facts = vec![Fact::new(FactName::VendorCode, upstream.code.to_string())];
    facts.extend(upstream.address.as_ref().map(|address| Fact::new(FactName::OutgoingAddress, address)));
    facts.extend(upstream.trace_id.as_ref().map(|id| Fact::new(FactName::TraceId, id)));
    let mut found = Finding::new(upstream.finding, Standing::Failed, words::NOT_BEGUN.seen, facts);
    found.seen = found.seen.then(upstream.meaning, &[]).ended();
    found.cured_by(upstream.cure)
}

fn finding(code: &'static str, standing: Standing, said: &Said) -> Finding {
    let finding = Finding::new(code, standing, said.seen, Vec::new());
    if said.cure.en.is_empty() { finding } else { finding.cured_by(said.cure) }
}

fn scan_arrived() -> Finding {
    finding("scan_arrived", Standing::Ok, &words::SCAN_ARRIVED)
}

fn proven(login: &Login, open: Option<&OpenProvider>) -> Vec<Finding> {
    let told = open.zip(login.proof.as_ref()).map(|(open, proof)| open.provider.judge(&proof.identity));
    let mut found = Vec::new();
    if login.challenge.is_code() {
        found.push(scan_arrived());
    }
    found.push(finding("login_proven", Standing::Ok, &words::LOGIN_PROVEN));
    found.extend(told.into_iter().flatten());
    found
}
