//! Turns names into addresses that have been checked; the connection uses exactly these.
//!
//! The HTTP client asks here once per connection and never resolves by itself, so a name that
//! changes its answer between check and use (rebinding) gains nothing (NET-01).

use crate::address::AddressPolicy;
use async_trait::async_trait;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses, unchecked.
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// A name stands for no address that may be reached.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to no address that may be reached")]
pub(crate) struct ForbiddenAddress;

/// A resolver whose answers obey the policy.
#[derive(Clone)]
pub(crate) struct CheckedResolver {
    resolver: Arc<dyn Resolve>,
    policy: Arc<AddressPolicy>,
}

impl CheckedResolver {
    pub(crate) fn new(resolver: Arc<dyn Resolve>, policy: Arc<AddressPolicy>) -> Self {
        Self { resolver, policy }
    }
}

impl reqwest::dns::Resolve for CheckedResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let Self { resolver, policy } = self.clone();
        Box::pin(async move {
            let found = resolver.resolve(name.as_str()).await?;
            let fit = |address: &IpAddr| policy.permits_for(name.as_str(), *address);
            // Port 0 stands for the port of the URL.
            let checked: Vec<_> = found.into_iter().filter(fit).map(|ip| SocketAddr::new(ip, 0)).collect();
            if checked.is_empty() {
                return Err(ForbiddenAddress.into());
            }
            let addresses: reqwest::dns::Addrs = Box::new(checked.into_iter());
            Ok(addresses)
        })
    }
}
