//! Carries logout tokens to websites, through the egress client and its rules (NET-01).
//!
//! Refuses addresses on this machine unless the whole installation lives on it: an admin of websites must not
//! reach what listens beside us.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use saoma_core::Clock;
use saoma_core::Secret;
use saoma_core::client::is_loopback_host;
use saoma_core::notice::{BackChannel, LogoutNotices};
use saoma_core::provider::CallError;
use saoma_host::{EgressClient, Permit};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Seconds between two looks at what is due.
const PAUSE_SECONDS: i64 = 1;
/// Rounds that may wait for slow websites at once.
const ROUNDS_AT_ONCE: usize = 8;

/// See the module.
pub(crate) struct Posting {
    client: EgressClient,
    is_local: bool,
}

impl Posting {
    /// Through this client, for an installation of this address.
    pub(crate) fn new(client: EgressClient, public_url: &str) -> Self {
        let is_local = Url::parse(public_url).is_ok_and(|url| is_loopback_host(&url));
        Self { client, is_local }
    }
}

#[async_trait]
impl BackChannel for Posting {
    async fn post(&self, uri: &str, logout_token: &Secret) -> Result<u16, CallError> {
        let url = Url::parse(uri).map_err(|_| CallError::Forbidden)?;
        if is_loopback_host(&url) && !self.is_local {
            return Err(CallError::Forbidden);
        }
        let permit = Permit::new(std::slice::from_ref(&url));
        self.client.post_form(&permit, url, &[("logout_token", logout_token)]).await
    }
}

/// Tells websites of logouts until the stop begins. A website that takes its time to answer keeps nobody else's
/// waiting: what falls due meanwhile goes out beside it.
pub(crate) async fn tell(notices: LogoutNotices, clock: Arc<dyn Clock>, stopping: CancellationToken) {
    let mut rounds = FuturesUnordered::new();
    loop {
        // Counted from before the round: what falls due while it runs is told next.
        let next = clock.now().plus_seconds(PAUSE_SECONDS);
        // First, as some may have waited through a restart.
        if rounds.len() < ROUNDS_AT_ONCE {
            rounds.push(told(&notices, &stopping));
        }
        loop {
            tokio::select! {
                () = clock.sleep_until(next) => break,
                Some(()) = rounds.next() => {}
                () = stopping.cancelled() => return rounds.collect().await,
            }
        }
    }
}

/// All that is due now.
async fn told(notices: &LogoutNotices, stopping: &CancellationToken) {
    while !stopping.is_cancelled() {
        match notices.round().await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "websites could not be told of logouts; they are next time");
                return;
            }
        }
    }
}
