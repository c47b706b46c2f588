//! Tests an instance without a person: settings, push address if there is one, then a callback.

use super::OpenPlatform;
use crate::wechat::probing;
use saoma_core::provider::{Host, ProbeDepth, ProbeReport};

pub(super) async fn run(kind: &OpenPlatform, host: &dyn Host, depth: ProbeDepth) -> ProbeReport {
    let is_trusted = kind.api.base.is_trusted() && kind.pages.is_trusted();
    let mut lines = vec![probing::settings(&kind.names.own, is_trusted, "")];
    lines.extend(kind.push.as_ref().map(|push| probing::push(&kind.slug, push)));
    if depth >= ProbeDepth::Credentials {
        let answer = kind.api.grant(host, &probing::no_such_code()).await;
        lines.push(probing::made_up("web_code", answer, &kind.api.base));
    }
    ProbeReport(lines)
}
