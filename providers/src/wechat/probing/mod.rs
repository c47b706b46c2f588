//! What the probes of WeChat's kinds share: the report as it grows, and what each answer is to a doctor.
//!
//! A made-up proof must be answered "bad proof"; any other answer tells what is wrong with AppID
//! or secret, as WeChat looks at those first.

mod page;
mod push;
mod reach;
pub(super) mod say;

pub(super) use page::check as login_page;
pub(super) use push::settings as push_settings;
pub(super) use reach::network;
pub(super) use say::Said;

use super::api::Quota;
use super::base::VendorBase;
use super::errcode;
use super::names::Names;
use saoma_core::Secret;
use saoma_core::provider::{
    Fact, FactName, Finding, Kind, ProbeReport, ProviderError, Standing, VendorIdentity,
};
use url::Url;

/// A one-time proof that nobody has.
pub(super) fn no_such_code() -> Secret {
    Secret::new("0".repeat(32))
}

/// A report that is being written.
#[derive(Default)]
pub(super) struct Report(ProbeReport);

impl Report {
    /// Adds a finding, unless the same trouble stands there already: a wrong secret is one, however
    /// many calls meet it.
    pub(super) fn add(&mut self, finding: Finding) {
        let same = |known: &Finding| known.code == finding.code && known.standing == Standing::Failed;
        if !self.0.0.iter().any(same) {
            self.0.0.push(finding);
        }
    }

    /// Something in order.
    pub(super) fn fine(&mut self, code: &'static str, said: &Said, facts: Vec<Fact>) {
        self.add(found(code, Standing::Ok, said, facts));
    }

    /// Something to know.
    pub(super) fn warn(&mut self, code: &'static str, said: &Said, facts: Vec<Fact>) {
        self.add(found(code, Standing::Warning, said, facts));
    }

    /// Something nobody looked at.
    pub(super) fn unseen(&mut self, code: &'static str, said: &Said, facts: Vec<Fact>) {
        self.add(found(code, Standing::Unseen, said, facts));
    }

    /// The outcome of a call that must succeed; says whether it did.
    pub(super) fn call<T>(
        &mut self,
        code: &'static str,
        said: &Said,
        outcome: &Result<T, ProviderError>,
        base: &VendorBase,
    ) -> bool {
        match outcome {
            Ok(_) => self.fine(code, said, Vec::new()),
            Err(error) => self.add(trouble(error, base)),
        }
        outcome.is_ok()
    }

    /// The outcome of a call with a made-up proof.
    pub(super) fn made_up<T>(
        &mut self,
        code: &'static str,
        outcome: Result<T, ProviderError>,
        base: &VendorBase,
    ) {
        let as_expected =
            |error: &ProviderError| error.upstream.as_ref().is_some_and(|u| u.code == errcode::BAD_CODE);
        match outcome {
            Err(error) if as_expected(&error) => self.fine(code, &say::MADE_UP_REFUSED, Vec::new()),
            Err(error) => self.add(trouble(&error, base)),
            Ok(_) => {
                self.add(found("api_not_wechat", Standing::Failed, &say::MADE_UP_ACCEPTED, vec![at(base)]));
            }
        }
    }

    /// What is left of the day.
    pub(super) fn quota(&mut self, outcome: &Result<Quota, ProviderError>) {
        let Ok(quota) = outcome else {
            return self.unseen("quota_left", &say::QUOTA_UNSEEN, Vec::new());
        };
        let facts = vec![
            Fact::new(FactName::Remaining, quota.remain.to_string()),
            Fact::new(FactName::DailyLimit, quota.daily_limit.to_string()),
        ];
        match quota {
            Quota { daily_limit: 0, .. } => self.fine("quota_left", &say::QUOTA_BY_MINUTE, Vec::new()),
            Quota { remain: 0, .. } => {
                self.add(found("quota_used_up", Standing::Failed, &say::QUOTA_USED_UP, facts));
            }
            Quota { daily_limit, remain } if *remain < daily_limit / 10 => {
                self.warn("quota_low", &say::QUOTA_LOW, facts);
            }
            Quota { .. } => self.fine("quota_left", &say::QUOTA_LEFT, facts),
        }
    }

    /// Whose people these are, and what to know about the addresses.
    pub(super) fn settings(&mut self, names: &Names, is_trusted: bool) {
        let namespace = vec![Fact::new(FactName::Namespace, names.own.as_str())];
        self.fine("settings_ok", &say::SETTINGS, namespace);
        if !is_trusted {
            self.warn("vendor_untrusted", &say::UNTRUSTED, Vec::new());
        }
    }

    /// Whether a unionid comes is seen when somebody logs in, and not before.
    pub(super) fn unionid(&mut self, names: &Names) {
        if names.counts_unionids() {
            self.unseen("unionid_unseen", &say::UNIONID_UNSEEN, Vec::new());
        } else {
            self.unseen("unionid_unused", &say::UNIONID_UNUSED, Vec::new());
        }
    }

    /// The domain that the console must name before browsers or phones come to us.
    pub(super) fn domain(&mut self, code: &'static str, said: &Said, name: FactName, callback: &Url) {
        self.unseen(code, said, vec![Fact::new(name, domain_of(callback))]);
    }

    /// The whole of it.
    pub(super) fn done(self) -> ProbeReport {
        self.0
    }
}

/// The host alone, as the console takes it.
pub(super) fn domain_of(address: &Url) -> String {
    address.host_str().unwrap_or_default().to_owned()
}

/// What the unionid of somebody who logged in shows; of whom is not told.
pub(super) fn judge(names: &Names, proven: &VendorIdentity) -> Vec<Finding> {
    let (code, standing, said) = match (names.counts_unionids(), proven.aliases.is_empty()) {
        (false, _) => ("unionid_unused", Standing::Unseen, say::UNIONID_UNUSED),
        (true, false) => ("unionid_available", Standing::Ok, say::UNIONID_AVAILABLE),
        (true, true) => ("unionid_missing", Standing::Warning, say::UNIONID_MISSING),
    };
    vec![found(code, standing, &said, Vec::new())]
}

fn found(code: &'static str, standing: Standing, said: &Said, facts: Vec<Fact>) -> Finding {
    let finding = Finding::new(code, standing, said.seen, facts);
    if said.cure.en.is_empty() { finding } else { finding.cured_by(said.cure) }
}

fn at(base: &VendorBase) -> Fact {
    Fact::new(FactName::ApiAddress, base.url().as_str())
}

/// What a failed call is to a doctor.
fn trouble(error: &ProviderError, base: &VendorBase) -> Finding {
    let Some(upstream) = &error.upstream else {
        let (code, said) = match error.kind {
            Kind::Timeout => ("api_unreachable", say::API_SILENT),
            Kind::Misconfigured => ("api_forbidden", say::API_FORBIDDEN),
            _ => ("api_unreachable", say::API_UNREACHABLE),
        };
        return found(code, Standing::Failed, &said, vec![at(base)]);
    };
    let mut facts = Vec::new();
    facts.extend(upstream.address.as_ref().map(|address| Fact::new(FactName::OutgoingAddress, address)));
    facts.push(Fact::new(FactName::VendorCode, upstream.code.to_string()));
    facts.extend(upstream.trace_id.as_ref().map(|id| Fact::new(FactName::TraceId, id)));
    let mut finding = Finding::new(upstream.finding, Standing::Failed, say::WECHAT_SAYS.seen, facts);
    finding.seen = finding.seen.then(upstream.meaning, &[]).ended();
    if upstream.address.is_some() {
        finding.seen = finding.seen.then(say::ADDRESS_SEEN, &finding.facts);
    }
    finding.cured_by(upstream.cure)
}
