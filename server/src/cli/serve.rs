//! `saoma serve`, `saoma migrate`, `saoma sandbox`.

use crate::config::{Config, LogFormat, Source};
use crate::demo::pretend;
use crate::logs;
use crate::process::{self, Failed, StopSignal, outside};
use crate::server::{Listeners, Server};
use crate::wire::catalogue;
use saoma_store::Stores;
use std::net::SocketAddr;
use url::Url;

pub(super) async fn serve(source: Source) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    logs::start(&config.log_level, config.log_format);
    let stop = StopSignal::listen()?;
    let listeners = Listeners::bind(config.listen, config.admin_listen).await?;
    let server = Server::start(&config, outside(), listeners).await?;
    tracing::info!(public_url = config.public_url, listen = %config.listen, admin = %config.admin_listen, "serving");
    stop.heard().await;
    tracing::info!("stopping");
    if !server.stop().await {
        tracing::warn!("some requests did not end in time");
    }
    Ok(())
}

pub(super) async fn migrate(source: Source) -> Result<(), Failed> {
    let config = Config::load(&source, &catalogue())?;
    logs::start(&config.log_level, config.log_format);
    Stores::open(&config.database_url).await?.close().await;
    process::print("the database's schema is up to date\n");
    Ok(())
}

pub(super) async fn sandbox(listen: SocketAddr, server: Url) -> Result<(), Failed> {
    if !listen.ip().is_loopback() {
        return Err("the sandbox lets anyone be anyone: it listens on this machine only".into());
    }
    logs::start("info", LogFormat::Text);
    let stop = StopSignal::listen()?;
    let agreed = pretend::Agreed::published();
    let sandbox = pretend::start(listen, &server, &agreed).await.map_err(|error| {
        format!("[listen] cannot listen on {listen}: {error}; choose another with --listen")
    })?;
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
