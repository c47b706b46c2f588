//! Counting Logins, and keeping what was counted by the hour.

use super::{Counts, LastSeen, Tally};
use crate::client::ClientId;
use crate::provider::ProviderSlug;
use crate::{StoreError, Timestamp};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

/// Which Logins are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountQuery {
    /// Begun in the hour of this moment or later.
    pub from: Timestamp,
    /// Begun before this moment; what is kept by the hour counts by the hour's beginning.
    pub until: Timestamp,
    /// Only at this Client.
    pub client: Option<ClientId>,
    /// Only by this Provider.
    pub provider: Option<ProviderSlug>,
    /// Only of these Clients; none for all.
    pub within: Option<BTreeSet<ClientId>>,
    /// Also by website, Provider and browser.
    pub parts: bool,
}

/// Counts Logins.
#[async_trait]
pub trait StatisticsStore: Send + Sync {
    /// Hours that are kept and those that are not yet, together.
    async fn count_logins(&self, query: &CountQuery) -> Result<Tally, StoreError>;
    /// Logins begun since this moment, by Provider.
    async fn count_since(
        &self,
        since: Timestamp,
        within: Option<&BTreeSet<ClientId>>,
    ) -> Result<BTreeMap<String, Counts>, StoreError>;
    /// When this Provider last worked and last did not.
    async fn find_last(
        &self,
        provider: &ProviderSlug,
        within: Option<&BTreeSet<ClientId>>,
    ) -> Result<LastSeen, StoreError>;
    /// Keeps the oldest hour with Logins that is not kept yet: in one transaction with the mark up to where
    /// hours are kept, so that each is kept once whatever happens. None when that hour is not over by
    /// `settled`, or a Login of it still goes on.
    async fn keep_hour(&self, settled: Timestamp) -> Result<Option<Timestamp>, StoreError>;
    /// Deletes hours from before `before`; says how many rows.
    async fn delete_hours(&self, before: Timestamp) -> Result<usize, StoreError>;
}
