//! Numbers of Logins: counted by the hour once nothing of it can change any more, live until then.
//!
//! No person is in them: websites, Providers, browsers and hours only.

mod counts;
mod model;
mod overview;
mod rollup;
mod search;
mod service;
mod store;

pub use counts::{Counts, TOOK_BUCKETS, TOOK_LIMITS, Took};
pub use model::{Day, HOUR_MILLIS, Statistics, StatisticsFilter, Tally};
pub use overview::{LastSeen, Overview, ProviderHealth};
pub use rollup::{StatisticsRules, roll_up};
pub use search::StatisticsSearch;
pub use service::StatisticsService;
pub use store::{CountQuery, StatisticsStore};
