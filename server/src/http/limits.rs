//! Rate limits of the public listener, keyed by (client, address), address, or person.
//!
//! They live in memory: a restart forgives. A rate of 0 switches one off.

use super::address::bucket;
use super::code::Code;
use super::problem::Problem;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use saoma_core::Timestamp;
use saoma_core::id::UserId;
use saoma_core::login::ScanLimit;
use saoma_core::secret::SecretHash;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Pictures a minute that one person sends: each costs some work, and nobody chooses so many.
const UPLOADS_PER_MINUTE: u32 = 10;

/// `[limits]` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRules {
    /// Logins begun a minute by one (client, address).
    pub begins: u32,
    /// Logins begun a minute by one client: guards the vendor's quota, nothing else.
    pub begins_per_client: u32,
    /// Logins of one address that wait for a scan at the same time.
    pub pending_per_address: u32,
    /// Reads a minute by one address.
    pub reads: u32,
    /// Unknown scenes and companion tokens a minute by one address.
    pub unknown_scenes: u32,
    /// Scans an hour by one person.
    pub scans_per_subject_per_hour: u32,
    /// Streams and long polls one address may hold open.
    pub streams_per_address: u32,
}

impl Default for LimitRules {
    fn default() -> Self {
        Self {
            begins: 60,
            begins_per_client: 4000,
            pending_per_address: 20,
            reads: 600,
            unknown_scenes: 20,
            scans_per_subject_per_hour: 60,
            streams_per_address: 50,
        }
    }
}

/// A limiter by key, or none.
struct Keyed<K: Clone + Hash + Eq>(Option<DefaultKeyedRateLimiter<K>>);

impl<K: Clone + Hash + Eq> Keyed<K> {
    fn new(quota: impl FnOnce(NonZeroU32) -> Quota, rate: u32) -> Self {
        Self(NonZeroU32::new(rate).map(|rate| RateLimiter::keyed(quota(rate))))
    }

    /// Counts one; `Err` holds the seconds to wait.
    fn count(&self, key: &K) -> Result<(), u32> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }

    fn sweep(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// The limiters.
pub(crate) struct Limits {
    begins: Keyed<(String, IpAddr)>,
    begins_per_client: Keyed<String>,
    reads: Keyed<IpAddr>,
    unknown: Keyed<IpAddr>,
    uploads: Keyed<String>,
    /// Who guessed too often, and until when they wait.
    shut_out: Mutex<HashMap<IpAddr, Timestamp>>,
    streams: Arc<OpenStreams>,
}

impl Limits {
    /// Limiters of these rates.
    pub(crate) fn new(rules: &LimitRules) -> Self {
        Self {
            begins: Keyed::new(Quota::per_minute, rules.begins),
            begins_per_client: Keyed::new(Quota::per_minute, rules.begins_per_client),
            reads: Keyed::new(Quota::per_minute, rules.reads),
            unknown: Keyed::new(Quota::per_minute, rules.unknown_scenes),
            uploads: Keyed::new(Quota::per_minute, UPLOADS_PER_MINUTE),
            shut_out: Mutex::default(),
            streams: Arc::new(OpenStreams { most: rules.streams_per_address, open: Mutex::default() }),
        }
    }

    /// Counts a begin. The address' own limit comes first, so that one cannot eat the client's.
    pub(crate) fn begin(&self, client: &str, address: IpAddr) -> Result<(), Problem> {
        self.begins.count(&(client.to_owned(), bucket(address))).map_err(limited)?;
        self.begins_per_client
            .count(&client.to_owned())
            .map_err(|wait| Problem::wait(Code::VendorQuota, wait))
    }

    /// Counts a read.
    pub(crate) fn read(&self, address: IpAddr) -> Result<(), Problem> {
        self.reads.count(&bucket(address)).map_err(limited)
    }

    /// Counts a picture that this User sends.
    pub(crate) fn upload(&self, user: &UserId) -> Result<(), Problem> {
        self.uploads.count(&user.to_string()).map_err(limited)
    }

    /// Counts a guess that hit nothing; with too many of them the guesser is shut out for a while.
    pub(crate) fn missed(&self, address: IpAddr, now: Timestamp) -> Result<(), Problem> {
        let key = bucket(address);
        self.unknown.count(&key).map_err(|wait| {
            self.shut_out().insert(key, now.plus_seconds(i64::from(wait)));
            limited(wait)
        })
    }

    /// Refuses whoever is shut out, before anything is done for them.
    pub(crate) fn check_guesser(&self, address: IpAddr, now: Timestamp) -> Result<(), Problem> {
        let until = self.shut_out().get(&bucket(address)).copied().filter(|until| *until > now);
        match until {
            Some(until) => {
                Err(limited(u32::try_from(until.seconds_since(now)).unwrap_or(u32::MAX).saturating_add(1)))
            }
            None => Ok(()),
        }
    }

    fn shut_out(&self) -> MutexGuard<'_, HashMap<IpAddr, Timestamp>> {
        self.shut_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one stream, until it is dropped.
    pub(crate) fn open_stream(&self, address: IpAddr) -> Result<StreamPlace, Problem> {
        OpenStreams::take(&self.streams, bucket(address)).ok_or_else(|| Problem::wait(Code::RateLimited, 5))
    }

    /// Forgets whoever has been quiet; call it now and then.
    pub(crate) fn sweep(&self, now: Timestamp) {
        self.shut_out().retain(|_, until| *until > now);
        self.begins.sweep();
        self.begins_per_client.sweep();
        self.reads.sweep();
        self.unknown.sweep();
        self.uploads.sweep();
    }
}

fn limited(wait: u32) -> Problem {
    Problem::wait(Code::RateLimited, wait)
}

struct OpenStreams {
    most: u32,
    open: Mutex<HashMap<IpAddr, u32>>,
}

/// A place among an address' open streams.
pub(crate) struct StreamPlace {
    streams: Arc<OpenStreams>,
    address: IpAddr,
}

impl OpenStreams {
    fn take(streams: &Arc<Self>, address: IpAddr) -> Option<StreamPlace> {
        let mut open = streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        if streams.most != 0 && *count >= streams.most {
            return None;
        }
        *count += 1;
        Some(StreamPlace { streams: Arc::clone(streams), address })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// How often one person may scan; keyed by a hash, so that no openid is kept here.
pub(crate) struct SubjectLimit(Keyed<String>);

impl SubjectLimit {
    /// So many scans an hour; 0 for any number.
    pub(crate) fn new(per_hour: u32) -> Self {
        Self(Keyed::new(Quota::per_hour, per_hour))
    }

    /// Forgets whoever has been quiet.
    pub(crate) fn sweep(&self) {
        self.0.sweep();
    }
}

impl ScanLimit for SubjectLimit {
    fn count(&self, namespace: &str, subject: &str) -> Result<(), u32> {
        self.0.count(&SecretHash::of_parts(&[namespace, subject]).as_str().to_owned())
    }
}
