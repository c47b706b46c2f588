//! Numbers for admins, each as far as their permit reaches.

use super::{CountQuery, Counts, Overview, ProviderHealth, Statistics, StatisticsFilter, StatisticsStore};
use crate::admin::{Permit, Reach, abilities::ReadStatistics};
use crate::calendar::{When, Zone};
use crate::client::ClientId;
use crate::provider::Registry;
use crate::{Clock, StoreError, Timestamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;
/// More days than this are not shown at once.
const MOST_DAYS: i64 = 400;

/// Answers admins about numbers.
pub struct StatisticsService {
    store: Arc<dyn StatisticsStore>,
    providers: Arc<Registry>,
    clock: Arc<dyn Clock>,
}

impl StatisticsService {
    /// A service over this store, about these Providers.
    pub fn new(store: Arc<dyn StatisticsStore>, providers: Arc<Registry>, clock: Arc<dyn Clock>) -> Self {
        Self { store, providers, clock }
    }

    /// The present moment, by which a page chooses its days.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whole days, counted in every way. Of more days than there can be, the last ones.
    pub async fn count(
        &self,
        permit: &Permit<ReadStatistics>,
        filter: &StatisticsFilter,
    ) -> Result<Statistics, StoreError> {
        let zone = filter.zone;
        let until = filter.until.min(self.clock.now());
        let earliest = until.plus_seconds(-(MOST_DAYS - 1) * DAY_SECONDS);
        let from = filter.from.max(earliest);
        let query = CountQuery {
            from: first_of(zone, from),
            until: last_of(zone, until),
            client: filter.client.clone(),
            provider: filter.provider.clone(),
            within: within(permit),
            parts: true,
        };
        let tally = self.store.count_logins(&query).await?;
        Ok(Statistics {
            total: tally.total(),
            days: tally.days(from, until, zone),
            hours_of_day: tally.hours_of_day(zone),
            clients: busiest_first(tally.clients),
            providers: busiest_first(tally.providers),
            browsers: busiest_first(tally.browsers),
        })
    }

    /// What the first page tells of the last `days` days.
    pub async fn overview(
        &self,
        permit: &Permit<ReadStatistics>,
        days: u16,
        zone: Zone,
    ) -> Result<Overview, StoreError> {
        let now = self.clock.now();
        let back = i64::from(days.max(1)).min(MOST_DAYS) - 1;
        let from = now.plus_seconds(-back * DAY_SECONDS);
        let query = CountQuery {
            from: first_of(zone, from),
            until: last_of(zone, now),
            client: None,
            provider: None,
            within: within(permit),
            parts: false,
        };
        let tally = self.store.count_logins(&query).await?;
        let days = tally.days(from, now, zone);
        Ok(Overview {
            today: days.last().map(|day| day.counts).unwrap_or_default(),
            median_seconds: tally.total().took.median_seconds(),
            days,
            health: self.health(now, within(permit)).await?,
        })
    }

    async fn health(
        &self,
        now: Timestamp,
        within: Option<BTreeSet<ClientId>>,
    ) -> Result<Vec<ProviderHealth>, StoreError> {
        let last_day = CountQuery {
            from: now.plus_seconds(-DAY_SECONDS),
            until: now.plus_seconds(1),
            client: None,
            provider: None,
            within: within.clone(),
            parts: true,
        };
        let day = self.store.count_logins(&last_day).await?.providers;
        let hour = self.store.count_since(now.plus_seconds(-3600), within.as_ref()).await?;
        let of =
            |counts: &BTreeMap<String, Counts>, slug: &str| counts.get(slug).copied().unwrap_or_default();
        let mut all = Vec::new();
        for open in self.providers.list() {
            let provider = open.record.slug.clone();
            let last = self.store.find_last(&provider, within.as_ref()).await?;
            let (hour, day) = (of(&hour, provider.as_str()), of(&day, provider.as_str()));
            all.push(ProviderHealth { provider, last, hour, day });
        }
        Ok(all)
    }
}

/// When the day of this moment begins.
fn first_of(zone: Zone, at: Timestamp) -> Timestamp {
    zone.day_start(zone.day_of(at))
}

/// When it is over.
fn last_of(zone: Zone, at: Timestamp) -> Timestamp {
    When::Day(zone.day_of(at)).last(zone).plus_millis(1)
}

fn within(permit: &Permit<ReadStatistics>) -> Option<BTreeSet<ClientId>> {
    match permit.reach() {
        Reach::All => None,
        Reach::Clients(own) => Some(own.clone()),
    }
}

fn busiest_first(counts: BTreeMap<String, Counts>) -> Vec<(String, Counts)> {
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(_, counts)| Reverse(counts.begun));
    all
}
