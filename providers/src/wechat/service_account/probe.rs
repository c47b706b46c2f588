//! Tests an instance without a person: settings and push, network, then token, a code, a callback, quota.

use super::ServiceAccount;
use super::schema::Confirm;
use crate::wechat::probing::{self, Report, say};
use saoma_core::provider::{FactName, Host, ProbeDepth, ProbeOrder, ProbeReport};

const SCENE: &str = "saoma-probe";
/// The shortest that the vendor gives.
const SECONDS: u32 = 60;
const CODE_CALL: &str = "/cgi-bin/qrcode/create";

pub(super) async fn run(kind: &ServiceAccount, host: &dyn Host, order: &ProbeOrder) -> ProbeReport {
    let mut report = Report::default();
    settings(kind, &mut report, order);
    let goes_on = order.depth >= ProbeDepth::Network
        && probing::network(&mut report, &kind.api, host).await
        && order.depth >= ProbeDepth::Credentials;
    if goes_on {
        credentials(kind, host, &mut report).await;
    }
    report.done()
}

fn settings(kind: &ServiceAccount, report: &mut Report, order: &ProbeOrder) {
    report.settings(&kind.names, kind.api.base.is_trusted() && kind.pages.is_trusted());
    if kind.confirm == Confirm::Scan {
        report.warn("scan_only", &say::SCAN_ONLY, Vec::new());
    }
    probing::push_settings(report, &kind.push);
    if kind.proof.is_none() {
        report.unseen("domain_proof_unset", &say::NO_PROOF_FILE, Vec::new());
    }
    report.domain("callback_domain", &say::OAUTH_DOMAIN, FactName::CallbackDomain, &order.callback);
    report.unionid(&kind.names);
}

async fn credentials(kind: &ServiceAccount, host: &dyn Host, report: &mut Report) {
    let base = &kind.api.base;
    let token = host.app_token(&kind.api).await;
    if report.call("credentials_ok", &say::TOKEN_OK, &token, base) {
        let code = kind.api.scene_code(host, SCENE, SECONDS).await;
        report.call("scene_code_ok", &say::SCENE_CODE_OK, &code, base);
        report.quota(&kind.api.quota(host, CODE_CALL).await);
    }
    let answer = kind.api.grant(host, &probing::no_such_code()).await;
    report.made_up("web_code_ok", answer, base);
}
