//! Tests an instance without a person: the settings, then token, picture and the session call.

use super::MiniProgram;
use crate::wechat::probing::{self, line};
use saoma_core::provider::{Host, ProbeDepth, ProbeLine, ProbeReport};

const SCENE: &str = "saoma-probe";

pub(super) async fn run(kind: &MiniProgram, host: &dyn Host, depth: ProbeDepth) -> ProbeReport {
    let base = &kind.api.base;
    let mut lines = vec![settings(kind)];
    if depth >= ProbeDepth::Credentials {
        let token = host.app_token(&kind.api).await;
        let has_token = token.is_ok();
        lines.push(line("app_token", token.map(|_| "WeChat gives an app token."), base));
        if has_token {
            let picture = kind.draw(host, SCENE).await;
            lines.push(line("code_picture", picture.map(|_| "WeChat draws the code."), base));
        }
        let answer = kind.api.exchange(host, &probing::no_such_code()).await;
        lines.push(probing::made_up("js_code", answer, base));
    }
    ProbeReport(lines)
}

fn settings(kind: &MiniProgram) -> ProbeLine {
    let members_only = " Only members of the mini-program's project can open the code; set env_version = \"release\" to \
         let everybody in.";
    let more = if kind.env_version == "release" { "" } else { members_only };
    probing::settings(&kind.names.own, kind.api.base.is_trusted(), more)
}
