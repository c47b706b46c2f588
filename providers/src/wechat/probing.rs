//! What the probes of WeChat's kinds share: a line's outcome, its cure, and the made-up code.
//!
//! A made-up proof must be answered "bad proof"; any other answer tells what is wrong with AppID
//! or secret, as WeChat looks at those first.

use super::base::VendorBase;
use super::errcode;
use super::push::PushMode;
use super::push_settings::PushAddress;
use saoma_core::Secret;
use saoma_core::provider::{Kind, ProbeLine, ProviderError};
use std::fmt::Write as _;

/// A one-time proof that nobody has.
pub(super) fn no_such_code() -> Secret {
    Secret::new("0".repeat(32))
}

/// Whose people these are, and what to know about the addresses.
pub(super) fn settings(namespace: &str, is_trusted: bool, more: &str) -> ProbeLine {
    let mut finding = format!("People are known as {namespace}.");
    if !is_trusted {
        finding.push_str(
            " This address is neither WeChat's nor in [security] trusted_vendor_bases: its people are kept apart from \
             real ones.",
        );
    }
    finding.push_str(more);
    ProbeLine { check: "settings", ok: true, finding }
}

/// Where WeChat has to send its messages, and how.
pub(super) fn push(slug: &str, address: &PushAddress) -> ProbeLine {
    // The end is enough to recognise it; the whole address lets anybody try.
    let end = match &address.path_secret {
        Some(secret) => secret.expose().get(secret.expose().len().saturating_sub(4)..).unwrap_or_default(),
        None => " (its end is made when the server starts)",
    };
    let (mode, warning) = match address.door.mode {
        PushMode::Safe => ("安全模式", ""),
        PushMode::Compatible => ("兼容模式", ""),
        PushMode::Plain => (
            "明文模式",
            " In this mode WeChat's signature does not cover the message: set push_mode = \"safe\" if you can.",
        ),
    };
    let finding = format!(
        "In WeChat's console choose {mode} and paste the address /push/{slug}/…{end}; `saoma provider show {slug}` \
         prints it whole.{warning}"
    );
    ProbeLine { check: "push", ok: true, finding }
}

/// The outcome of a call that must succeed.
pub(super) fn line(
    check: &'static str,
    outcome: Result<&str, ProviderError>,
    base: &VendorBase,
) -> ProbeLine {
    match outcome {
        Ok(finding) => ProbeLine { check, ok: true, finding: finding.to_owned() },
        Err(error) => ProbeLine { check, ok: false, finding: explain(&error, base.url().as_str()) },
    }
}

/// The outcome of a call with a made-up proof.
pub(super) fn made_up<T>(
    check: &'static str,
    outcome: Result<T, ProviderError>,
    base: &VendorBase,
) -> ProbeLine {
    let as_expected =
        |error: &ProviderError| error.upstream.as_ref().is_some_and(|u| u.code == errcode::BAD_CODE);
    match outcome {
        Err(error) if as_expected(&error) => {
            line(check, Ok("WeChat knows AppID and AppSecret, and refuses a made-up proof."), base)
        }
        Err(error) => line(check, Err(error), base),
        Ok(_) => ProbeLine {
            check,
            ok: false,
            finding: "A made-up proof was accepted: this API address is not WeChat's. Check api_base."
                .to_owned(),
        },
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
