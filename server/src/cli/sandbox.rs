//! `saoma sandbox`: the pretend WeChat and its phone, for a server that runs elsewhere on this machine.

use crate::config::LogFormat;
use crate::demo::pretend;
use crate::logs;
use crate::process::{self, Failed, StopSignal};
use clap::Args;
use std::net::SocketAddr;
use url::Url;

/// Options of `sandbox`.
#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    /// Where to listen; on this machine only.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The server that the pretend accounts are set up for.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: Url,
    /// Somebody scans each code of the mini-program and confirms by themselves: for test suites that have no phone.
    /// No release has this: only debug builds, and those with the feature `conformance` (OP-18).
    #[cfg(any(debug_assertions, feature = "conformance"))]
    #[arg(long)]
    self_confirming: bool,
}

pub(super) async fn run(args: SandboxArgs) -> Result<(), Failed> {
    let SandboxArgs { listen, server, .. } = &args;
    if !listen.ip().is_loopback() {
        return Err("the sandbox lets anyone be anyone: it listens on this machine only".into());
    }
    #[cfg(any(debug_assertions, feature = "conformance"))]
    if args.self_confirming && !crate::config::is_loopback_host(server) {
        return Err(format!("--self-confirming is for a server on this machine, and {server} is none").into());
    }
    logs::start("info", LogFormat::Text);
    let stop = StopSignal::listen()?;
    let agreed = pretend::Agreed::published();
    let sandbox = pretend::start(*listen, server, &agreed).await.map_err(|error| {
        format!("[listen] cannot listen on {listen}: {error}; choose another with --listen")
    })?;
    #[cfg(any(debug_assertions, feature = "conformance"))]
    if args.self_confirming {
        sandbox.let_confirm_alone(pretend::FOLLOWER);
    }
    let base = sandbox.base();
    let vendor = base.as_str().trim_end_matches('/');
    let entries = pretend::configuration(vendor, &agreed);
    process::print(&format!(
        "pretend WeChat and phone: {base}\nIts accounts are set up for {server}. Their entries for that server's \
         configuration file, with providers = [{}] for a client:\n{entries}",
        pretend::slugs()
    ));
    stop.heard().await;
    sandbox.stop().await;
    Ok(())
}
