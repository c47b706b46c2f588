//! Tests an instance without a person: settings, network, then a made-up code and WeChat's login page.

use super::OpenPlatform;
use super::schema::Lang;
use crate::wechat::probing::{self, Report, say};
use saoma_core::login::VendorState;
use saoma_core::provider::{FactName, Host, ProbeDepth, ProbeOrder, ProbeReport};

pub(super) async fn run(kind: &OpenPlatform, host: &dyn Host, order: &ProbeOrder) -> ProbeReport {
    let mut report = Report::default();
    report.settings(&kind.names, kind.api.base.is_trusted() && kind.pages.is_trusted());
    if let Some(push) = &kind.push {
        probing::push_settings(&mut report, push);
    }
    report.unionid(&kind.names);
    let reached = order.depth >= ProbeDepth::Network
        && probing::network(&mut report, &kind.api, host).await
        && order.depth >= ProbeDepth::Credentials;
    if reached {
        let answer = kind.api.grant(host, &probing::no_such_code()).await;
        report.made_up("credentials_ok", answer, &kind.api.base);
        let page = kind.page(Lang::Cn).address(&order.callback, &VendorState::generate(host.entropy()));
        probing::login_page(&mut report, host, (&kind.pages, page), &order.callback).await;
    } else {
        let name = FactName::CallbackDomain;
        report.domain("callback_domain", &say::LOGIN_PAGE_UNSEEN, name, &order.callback);
    }
    report.done()
}
