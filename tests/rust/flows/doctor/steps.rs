//! What the tests of this folder do again and again.

use saoma_core::admin::abilities::ProbeProviders;
use saoma_core::admin::{Admin, Caller, Permit, Role, Who};
use saoma_core::doctor::DoctorService;
use saoma_core::entropy::SeededEntropy;
use saoma_core::id::{AdminId, SessionId};
use saoma_core::provider::{Fact, FactName, Finding, ProbeDepth, ProbeReport};
use saoma_tests::admin::now;
use saoma_tests::house::House;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Leave of an operator who has just come in.
pub(super) fn permit(house: &House) -> Permit<ProbeProviders> {
    let (entropy, now) = (SeededEntropy::new(7), now(house));
    let admin = Admin {
        id: AdminId::generate(&entropy),
        name: "ann".parse().unwrap(),
        role: Role::Operator,
        clients: BTreeSet::new(),
        enabled: true,
        passkeys: 0,
        version: 1,
        created_at: now,
        updated_at: now,
        last_login_at: None,
    };
    let who = Who::Session { id: SessionId::generate(&entropy), proven_at: now };
    Arc::new(Caller { admin, who, address: None, must_add_passkey: false }).may(now).unwrap()
}

pub(super) fn doctor(house: &House) -> &DoctorService {
    house.server().parts().doctor()
}

/// What the doctor finds.
pub(super) async fn probed(house: &House, slug: &str, depth: ProbeDepth) -> ProbeReport {
    doctor(house).probe(&permit(house), &slug.parse().unwrap(), depth).await.unwrap()
}

/// The finding of this code.
pub(super) fn found<'a>(report: &'a ProbeReport, code: &str) -> &'a Finding {
    let finding = report.0.iter().find(|finding| finding.code == code);
    finding.unwrap_or_else(|| panic!("no {code}: {report:?}"))
}

/// The value of a finding.
pub(super) fn value(finding: &Finding, name: FactName) -> &str {
    let named = |fact: &&Fact| fact.name == name;
    finding.facts.iter().find(named).map_or_else(|| panic!("{finding:?}"), |fact| fact.value.as_str())
}

/// The codes, in order.
pub(super) fn codes(report: &ProbeReport) -> Vec<&'static str> {
    report.0.iter().map(|finding| finding.code).collect()
}
