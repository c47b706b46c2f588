//! Our own public address, as the vendor and phones reach it: does it answer, does it answer the
//! vendor's check, does the door open what is sealed, have pushes come.

use super::DoctorParts;
use super::words::{self, Said};
use crate::provider::{
    CallError, DomainProof, Fact, FactName, Finding, OpenProvider, PushTrial, Sighting, Standing, TrialOf,
    Tried,
};
use bytes::Bytes;
use serde_json::Value;
use url::{Host, Url};

/// A call that every installation of ours answers with a problem of its own: no client has this id.
const A_CALL_OF_OURS: [&str; 4] = ["api", "v1", "clients", "(doctor)"];
/// The only ports WeChat's servers come to.
const VENDOR_PORTS: [u16; 2] = [80, 443];

/// Looks at everything outside that this Provider needs of us.
pub(super) async fn look(parts: &DoctorParts, open: &OpenProvider) -> Vec<Finding> {
    let mut found = vec![public_address(parts).await];
    let reachable = found.iter().all(|finding| finding.standing < Standing::Failed);
    if let Some(address) = push_address(parts, open) {
        let facts = vec![Fact::new(FactName::PushAddress, recognisable(&address))];
        found.extend(port(&address, &facts));
        let trials = open.provider.push_trials(&*open.host);
        if reachable {
            found.extend(tried(parts, &address, &trials, &facts).await);
        } else {
            found.push(failed("push_address_unreachable", &words::PUSH_UNREACHABLE, facts));
        }
        found.push(pushes(parts, open));
    }
    if let Some(proof) = open.provider.domain_proof().filter(|_| reachable) {
        found.push(domain_proof(parts, proof).await);
    }
    found
}

pub(super) fn below(public: &Url, path: &[&str]) -> Option<Url> {
    let mut url = public.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn push_address(parts: &DoctorParts, open: &OpenProvider) -> Option<Url> {
    let secret = open.provider.push_secret()?;
    below(&parts.public_url, &["push", open.record.slug.as_str(), secret.expose()])
}

/// The address as it may be passed on: of its secret part no more than the end. Whole it is shown where an
/// admin copies it, which is written down.
fn recognisable(address: &Url) -> String {
    let (start, secret) = address.as_str().rsplit_once('/').unwrap_or(("", address.as_str()));
    let end = secret.get(secret.len().saturating_sub(4)..).unwrap_or_default();
    format!("{start}/…{end}")
}

fn failed(code: &'static str, said: &Said, facts: Vec<Fact>) -> Finding {
    Finding::new(code, Standing::Failed, said.seen, facts).cured_by(said.cure)
}

fn fine(code: &'static str, said: &Said, facts: Vec<Fact>) -> Finding {
    Finding::new(code, Standing::Ok, said.seen, facts)
}

async fn public_address(parts: &DoctorParts) -> Finding {
    let mut facts = vec![Fact::new(FactName::PublicAddress, parts.public_url.as_str().trim_end_matches('/'))];
    let Some(address) = below(&parts.public_url, &A_CALL_OF_OURS) else {
        return failed("public_address_unreachable", &words::PUBLIC_UNREACHABLE, facts);
    };
    match parts.door.knock(address, &[], None).await {
        Err(error) => {
            let said =
                if error == CallError::Timeout { words::PUBLIC_SILENT } else { words::PUBLIC_UNREACHABLE };
            failed("public_address_unreachable", &said, facts)
        }
        Ok(answer) if !is_ours(&answer.body) => {
            facts.push(Fact::new(FactName::Status, answer.status.to_string()));
            failed("public_address_not_ours", &words::PUBLIC_NOT_OURS, facts)
        }
        Ok(_) if is_local(&parts.public_url) => {
            let said = words::PUBLIC_LOCAL;
            Finding::new("public_address_local", Standing::Warning, said.seen, facts).cured_by(said.cure)
        }
        Ok(_) => fine("public_address_ok", &words::PUBLIC_OK, facts),
    }
}

/// Every problem of ours is JSON with a code.
fn is_ours(body: &Bytes) -> bool {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    problem.is_some_and(|problem| problem.get("code").is_some_and(Value::is_string))
}

fn port(address: &Url, facts: &[Fact]) -> Option<Finding> {
    let usual = address.port_or_known_default().is_some_and(|port| VENDOR_PORTS.contains(&port));
    (!usual && !is_local(address)).then(|| failed("push_port", &words::PUSH_PORT, facts.to_vec()))
}

async fn tried(parts: &DoctorParts, address: &Url, trials: &[PushTrial], facts: &[Fact]) -> Vec<Finding> {
    let mut found = Vec::new();
    for trial in trials {
        let answer = parts.door.knock(address.clone(), &trial.query, trial.body.clone()).await;
        let finding = judged(trial, answer, facts.to_vec());
        let goes_on = finding.standing < Standing::Failed;
        found.push(finding);
        if !goes_on {
            break;
        }
    }
    found
}

fn judged(trial: &PushTrial, answer: Result<Tried, CallError>, mut facts: Vec<Fact>) -> Finding {
    let Ok(answer) = answer else {
        return failed("push_address_unreachable", &words::PUSH_UNREACHABLE, facts);
    };
    let answered = answer.status == 200 && trial.answer.as_ref().is_none_or(|body| *body == answer.body);
    if answered {
        return match trial.of {
            TrialOf::Echo => fine("push_echo_ok", &words::PUSH_ECHO_OK, facts),
            TrialOf::Seal => fine("push_sealed_ok", &words::PUSH_SEALED_OK, facts),
        };
    }
    facts.push(Fact::new(FactName::Status, answer.status.to_string()));
    match trial.of {
        TrialOf::Echo => failed("push_echo_wrong", &words::PUSH_ECHO_WRONG, facts),
        TrialOf::Seal => failed("push_key_wrong", &words::PUSH_KEY_WRONG, facts),
    }
}

/// What the vendor's own messages have met lately; the trials are ours and use our key, so they cannot
/// tell whether the vendor has the same.
fn pushes(parts: &DoctorParts, open: &OpenProvider) -> Finding {
    let sighting = parts.sightings.as_ref().map(|sightings| sightings.of(&open.record.slug));
    match sighting {
        None => Finding::new("push_seen", Standing::Unseen, words::PUSH_ELSEWHERE.seen, Vec::new())
            .cured_by(words::PUSH_ELSEWHERE.cure),
        Some(sighting) => seen(sighting),
    }
}

pub(super) fn seen(sighting: Sighting) -> Finding {
    let at = |moment: crate::Timestamp| vec![Fact::new(FactName::Moment, moment.to_rfc3339())];
    if let Some(refused) = sighting.refused_since_taken() {
        return failed("push_refused", &words::PUSH_REFUSED, at(refused));
    }
    match sighting.taken {
        Some(taken) => fine("push_seen", &words::PUSH_SEEN, at(taken)),
        None => Finding::new("push_seen", Standing::Unseen, words::PUSH_NEVER_SEEN.seen, Vec::new())
            .cured_by(words::PUSH_NEVER_SEEN.cure),
    }
}

async fn domain_proof(parts: &DoctorParts, proof: &DomainProof) -> Finding {
    let address = below(&parts.public_url, &[proof.file.as_str()]);
    let shown = address.as_ref().map(Url::to_string).unwrap_or_default();
    let facts = vec![Fact::new(FactName::ProofAddress, shown)];
    let Some(address) = address else { return failed("domain_proof_wrong", &words::PROOF_WRONG, facts) };
    match parts.door.knock(address, &[], None).await {
        Ok(answer) if answer.status == 200 && answer.body == proof.content.as_bytes() => {
            fine("domain_proof_ok", &words::PROOF_OK, facts)
        }
        _ => failed("domain_proof_wrong", &words::PROOF_WRONG, facts),
    }
}

#[cfg(test)]
#[path = "own_address_tests.rs"]
mod tests;
