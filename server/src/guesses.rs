//! How often somebody may try an admin's password: by name, by address, and by itself for a browser
//! that the admin has logged in with before. Lives in memory: a restart forgives.

use crate::http::bucket;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use saoma_core::Clock;
use saoma_core::admin::{GuessLimit, Guesser};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// Tries in a row at one name, then so many a minute: 2,880 a day, of 10^6 codes that an app may show.
const NAME: Quota = quota(10, 2);
/// The same from one address, over all names.
const ADDRESS: Quota = quota(30, 10);

const fn quota(burst: u32, per_minute: u32) -> Quota {
    Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst))
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(number.saturating_sub(1))
}

/// Our clock as the limiter reads it.
#[derive(Clone)]
struct Ours(Arc<dyn Clock>);

impl GovernorClock for Ours {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let millis = u64::try_from(self.0.now().0).unwrap_or(0);
        Nanos::from(Duration::from_millis(millis))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Browser(String, String),
    Address(IpAddr),
}

type Limiter = RateLimiter<Key, DashMapStateStore<Key>, Ours, NoOpMiddleware<Nanos>>;

/// See the module.
pub(crate) struct Guesses {
    names: Limiter,
    addresses: Limiter,
    clock: Ours,
}

impl Guesses {
    /// Nobody has tried yet.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = Ours(clock);
        let limiter = |quota| RateLimiter::dashmap_with_clock(quota, clock.clone());
        Self { names: limiter(NAME), addresses: limiter(ADDRESS), clock }
    }

    /// Forgets whoever has been quiet; call it now and then.
    pub(crate) fn sweep(&self) {
        for limiter in [&self.names, &self.addresses] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    fn count_address(&self, address: Option<IpAddr>) -> Result<(), u32> {
        address.map_or(Ok(()), |address| self.count_by(&self.addresses, &Key::Address(bucket(address))))
    }

    fn count_by(&self, limiter: &Limiter, key: &Key) -> Result<(), u32> {
        limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }
}

impl GuessLimit for Guesses {
    fn count(&self, guesser: &Guesser) -> Result<(), u32> {
        match guesser {
            Guesser::Known { name, browser } => {
                self.count_by(&self.names, &Key::Browser(name.clone(), browser.clone()))
            }
            Guesser::Stranger { name, address } => {
                // The address first: who has used up theirs takes nothing from the owner of the name.
                self.count_address(*address)?;
                self.count_by(&self.names, &Key::Name(name.clone()))
            }
            Guesser::Nameless { address } => self.count_address(*address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saoma_core::Timestamp;
    use saoma_core::time::ManualClock;

    fn guesses() -> (Guesses, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
        (Guesses::new(Arc::<ManualClock>::clone(&clock)), clock)
    }

    #[test]
    fn adm_05_who_brings_a_passkey_and_no_name_is_kept_out_by_nobody_elsewhere() {
        let (guesses, _) = guesses();
        let from = |address: &str| Guesser::Nameless { address: Some(address.parse().unwrap()) };
        let tries = (0..40).filter(|_| guesses.count(&from("8.8.8.8")).is_ok()).count();
        assert_eq!(tries, 30);
        assert!(guesses.count(&from("9.9.9.9")).is_ok());
    }

    fn stranger(name: &str) -> Guesser {
        Guesser::Stranger { name: name.to_owned(), address: Some("8.8.8.8".parse().unwrap()) }
    }

    #[test]
    fn adm_05_a_name_is_slowed_and_its_own_browser_is_not() {
        let (guesses, clock) = guesses();
        for _ in 0..10 {
            assert_eq!(guesses.count(&stranger("ann")), Ok(()));
        }
        assert_eq!(guesses.count(&stranger("ann")), Err(31));
        let own = Guesser::Known { name: "ann".to_owned(), browser: "x".to_owned() };
        assert_eq!(guesses.count(&own), Ok(()));
        clock.advance_millis(31_000);
        assert_eq!(guesses.count(&stranger("ann")), Ok(()));
    }

    #[test]
    fn adm_05_one_address_cannot_try_name_after_name() {
        let (guesses, _) = guesses();
        let tries = (0..100).map(|number| guesses.count(&stranger(&format!("name{number}"))));
        assert_eq!(tries.flatten().count(), 30);
    }
}
