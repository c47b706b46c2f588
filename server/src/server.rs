//! A running server: two listeners, housekeeping, and an orderly end.

use crate::back_channel;
use crate::checkpoint_file::CheckpointFile;
use crate::config::Config;
use crate::housekeeping;
use crate::http::{admin_endpoint, public_endpoint};
use crate::linking::Linking;
use crate::listen::serve;
use crate::wire::{Outside, Parts, StartError, assemble};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a stop waits for what is in flight.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// The two listeners, bound.
pub struct Listeners {
    /// Visitors, websites, phones, vendors.
    pub public: TcpListener,
    /// Operators.
    pub admin: TcpListener,
}

impl Listeners {
    /// Binds both.
    pub async fn bind(public: SocketAddr, admin: SocketAddr) -> Result<Self, StartError> {
        Ok(Self { public: bind(public).await?, admin: bind(admin).await? })
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| StartError::Listen { address: address.to_string(), source })
}

/// A running server.
pub struct Server {
    parts: Parts,
}

impl Server {
    /// Starts serving. `config.public_url` must already name the bound port.
    pub async fn start(config: &Config, outside: Outside, listeners: Listeners) -> Result<Self, StartError> {
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let parts = assemble(config, &outside).await?;
        let tasks = &parts.tasks;
        drop(tasks.spawn(serve(listeners.public, public_endpoint(&parts.public), tasks.clone())));
        drop(tasks.spawn(serve(listeners.admin, admin_endpoint(&parts.admin), tasks.clone())));
        drop(tasks.spawn(housekeeping::run(housekeeping::Rooms::of(&parts))));
        let linking = Linking {
            store: Arc::clone(&parts.stores.audit),
            keeper: Arc::clone(&parts.keeper),
            file: config.checkpoint_file.clone().map(CheckpointFile::new),
            clock: Arc::clone(&outside.clock),
        };
        drop(tasks.spawn(linking.run(tasks.stopping())));
        let clock = Arc::clone(&outside.clock);
        drop(tasks.spawn(back_channel::tell(parts.notices.clone(), clock, tasks.stopping())));
        Ok(Self { parts })
    }

    /// The parts, for whoever must look inside: tests and the bench.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Ends: streams first, then what is in flight, then the database. Says whether all ended in time.
    pub async fn stop(self) -> bool {
        self.parts.tasks.begin_stop();
        let ended = self.parts.tasks.ended_within(STOP_PATIENCE).await;
        self.parts.stores.close().await;
        ended
    }
}
