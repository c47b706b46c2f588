//! Tests an instance without a person: the settings, then token, picture and the session call.
//!
//! A made-up proof must be answered "bad proof"; any other answer tells what is wrong with AppID
//! or secret, as WeChat looks at those first.

use super::MiniProgram;
use crate::wechat::errcode;
use saoma_core::Secret;
use saoma_core::provider::{Host, Kind, ProbeDepth, ProbeLine, ProbeReport, ProviderError};
use std::fmt::Write as _;

const NO_SUCH_CODE: &str = "00000000000000000000000000000000";
const SCENE: &str = "saoma-probe";

pub(super) async fn run(kind: &MiniProgram, host: &dyn Host, depth: ProbeDepth) -> ProbeReport {
    let mut lines = vec![settings(kind)];
    if depth >= ProbeDepth::Credentials {
        let token = host.app_token(&kind.api).await;
        let has_token = token.is_ok();
        lines.push(line("app_token", token.map(|_| "WeChat gives an app token."), kind));
        if has_token {
            let picture = kind.draw(host, SCENE).await;
            lines.push(line("code_picture", picture.map(|_| "WeChat draws the code."), kind));
        }
        lines.push(session_call(kind, host).await);
    }
    ProbeReport(lines)
}

fn settings(kind: &MiniProgram) -> ProbeLine {
    let mut finding = format!("People are known as {}.", kind.namespace);
    if !kind.api.base.is_trusted() {
        finding.push_str(
            " This API address is neither WeChat's nor in [security] trusted_vendor_bases: its people are kept \
             apart from real ones.",
        );
    }
    if kind.env_version != "release" {
        let opens = " Only members of the mini-program's project can open the code; set env_version = \"release\" to \
             let everybody in.";
        finding.push_str(opens);
    }
    ProbeLine { check: "settings", ok: true, finding }
}

async fn session_call(kind: &MiniProgram, host: &dyn Host) -> ProbeLine {
    let answer = kind.api.exchange(host, &Secret::new(NO_SUCH_CODE)).await;
    let as_expected =
        |error: &ProviderError| error.upstream.as_ref().is_some_and(|u| u.code == errcode::BAD_CODE);
    match answer {
        Err(error) if as_expected(&error) => {
            line("js_code", Ok("WeChat knows AppID and AppSecret, and refuses a made-up proof."), kind)
        }
        Err(error) => line("js_code", Err(error), kind),
        Ok(_) => ProbeLine {
            check: "js_code",
            ok: false,
            finding: "A made-up proof was accepted: this API address is not WeChat's. Check api_base."
                .to_owned(),
        },
    }
}

fn line(check: &'static str, outcome: Result<&str, ProviderError>, kind: &MiniProgram) -> ProbeLine {
    match outcome {
        Ok(finding) => ProbeLine { check, ok: true, finding: finding.to_owned() },
        Err(error) => ProbeLine { check, ok: false, finding: explain(&error, kind.api.base.url().as_str()) },
    }
}

fn explain(error: &ProviderError, base: &str) -> String {
    let Some(upstream) = &error.upstream else {
        return match error.kind {
            Kind::Timeout => format!("{base} does not answer in time. Check the network of this server."),
            Kind::Misconfigured => format!(
                "{base} may not be called: its name leads to a private address. Allow it in [security] egress_allow, \
                 if it is meant."
            ),
            _ => format!("{base} cannot be reached or answers nonsense. Check api_base and the network."),
        };
    };
    let mut finding = format!("WeChat says {}: {}.", upstream.code, upstream.meaning);
    if let Some(address) = &upstream.address {
        // Writing to a text cannot fail.
        let _written = write!(finding, " Address: {address}.");
    }
    if let Some(trace_id) = &upstream.trace_id {
        let _written = write!(finding, " Trace id: {trace_id}.");
    }
    finding.push(' ');
    finding.push_str(upstream.cure);
    finding
}
