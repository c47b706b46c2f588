//! `saoma serve`, `saoma migrate`.

use crate::config::{Config, Source};
use crate::logs;
use crate::process::{self, Failed, StopSignal, outside};
use crate::server::{Listeners, Server};
use crate::wire::catalogue;
use saoma_store::Stores;

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
