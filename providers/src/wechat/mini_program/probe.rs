//! Tests an instance without a person: settings, network, then token, picture, link, session call and quota.

use super::MiniProgram;
use crate::wechat::probing::{self, Report, say};
use saoma_core::provider::{Fact, FactName, Host, ProbeDepth, ProbeOrder, ProbeReport};

const SCENE: &str = "saoma-probe";
const CODE_CALL: &str = "/wxa/getwxacodeunlimit";

pub(super) async fn run(kind: &MiniProgram, host: &dyn Host, order: &ProbeOrder) -> ProbeReport {
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

fn settings(kind: &MiniProgram, report: &mut Report, order: &ProbeOrder) {
    report.settings(&kind.names, kind.api.base.is_trusted());
    if kind.env_version != "release" {
        report.warn("members_only", &say::MEMBERS_ONLY, Vec::new());
    }
    if !kind.check_path {
        report.warn("page_unchecked", &say::PAGE_UNCHECKED, page(kind));
    }
    let domain = order.callback.origin().ascii_serialization();
    report.unseen("request_domain", &say::REQUEST_DOMAIN, vec![Fact::new(FactName::RequestDomain, domain)]);
    report.unionid(&kind.names);
}

fn page(kind: &MiniProgram) -> Vec<Fact> {
    vec![Fact::new(FactName::Page, kind.page.as_str())]
}

async fn credentials(kind: &MiniProgram, host: &dyn Host, report: &mut Report) {
    let base = &kind.api.base;
    let token = host.app_token(&kind.api).await;
    if report.call("credentials_ok", &say::TOKEN_OK, &token, base) {
        match kind.draw(host, SCENE).await {
            Ok(_) => report.fine("page_published", &say::PAGE_PUBLISHED, page(kind)),
            failed => drop(report.call("page_published", &say::PAGE_PUBLISHED, &failed, base)),
        }
        if let Some(form) = kind.phone_link {
            let link = kind.link(host, form, SCENE).await;
            report.call("phone_link_ok", &say::PHONE_LINK, &link, base);
        }
        report.quota(&kind.api.quota(host, CODE_CALL).await);
    }
    let answer = kind.api.exchange(host, &probing::no_such_code()).await;
    report.made_up("session_call_ok", answer, base);
}
