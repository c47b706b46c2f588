//! Tests an instance without a person: settings and push address, then token, a code, a callback.

use super::ServiceAccount;
use super::schema::Confirm;
use crate::wechat::probing::{self, line};
use saoma_core::provider::{Host, ProbeDepth, ProbeLine, ProbeReport};

const SCENE: &str = "saoma-probe";
/// The shortest that the vendor gives.
const SECONDS: u32 = 60;

pub(super) async fn run(kind: &ServiceAccount, host: &dyn Host, depth: ProbeDepth) -> ProbeReport {
    let base = &kind.api.base;
    let mut lines = vec![settings(kind), probing::push(&kind.slug, &kind.push)];
    if depth >= ProbeDepth::Credentials {
        let token = host.app_token(&kind.api).await;
        let has_token = token.is_ok();
        lines.push(line("app_token", token.map(|_| "WeChat gives an app token."), base));
        if has_token {
            let code = kind.api.scene_code(host, SCENE, SECONDS).await;
            lines.push(line("code", code.map(|_| "WeChat gives a code: the account is verified."), base));
        }
        let answer = kind.api.grant(host, &probing::no_such_code()).await;
        lines.push(probing::made_up("web_code", answer, base));
    }
    ProbeReport(lines)
}

fn settings(kind: &ServiceAccount) -> ProbeLine {
    let is_trusted = kind.api.base.is_trusted() && kind.pages.is_trusted();
    let mut more = String::new();
    if kind.confirm == Confirm::Scan {
        more.push_str(
            " The scan alone logs in: whoever sends a picture of a code to somebody can be logged in as them. Clients \
             must allow scan_only.",
        );
    }
    if kind.proof.is_none() {
        more.push_str(
            " There is no mp_verify: WeChat needs its file to let this domain be the web authorization domain, unless \
             another server shows it.",
        );
    }
    probing::settings(&kind.names.own, is_trusted, &more)
}
