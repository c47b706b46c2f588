//! How many Logins of one address wait for a scan: a page that begins and never scans is a flood.
//!
//! A Login leaves the count when anything happens to it, or when its time is up. It is told by
//! standing in front of the real `Signals`, which is woken at every change.

use super::address::bucket;
use saoma_core::Timestamp;
use saoma_core::id::LoginId;
use saoma_core::signal::{Listener, Signals};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Default)]
struct Counts {
    by_login: HashMap<LoginId, (IpAddr, Timestamp)>,
    /// Logins that wait, and begins that are under way.
    by_address: HashMap<IpAddr, u32>,
}

impl Counts {
    fn forget(&mut self, login: &LoginId) {
        let Some((address, _)) = self.by_login.remove(login) else { return };
        self.leave(address);
    }

    fn leave(&mut self, address: IpAddr) {
        if let Some(count) = self.by_address.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

/// The count, and the wake-ups that keep it true.
pub(crate) struct PendingLogins {
    most: u32,
    counts: Mutex<Counts>,
    signals: Arc<dyn Signals>,
}

/// Room for one Login, taken before the vendor is asked; given back unless the Login began.
pub(crate) struct Place<'a> {
    pending: &'a PendingLogins,
    address: Option<IpAddr>,
}

impl Place<'_> {
    /// The Login has begun: it holds the place until something happens to it.
    pub(crate) fn began(mut self, login: &LoginId, expires_at: Timestamp) {
        if let Some(address) = self.address.take() {
            self.pending.counts().by_login.insert(login.clone(), (address, expires_at));
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(address) = self.address {
            self.pending.counts().leave(address);
        }
    }
}

impl PendingLogins {
    /// At most so many an address (0: any number), in front of these signals.
    pub(crate) fn new(most: u32, signals: Arc<dyn Signals>) -> Self {
        Self { most, counts: Mutex::default(), signals }
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more Login of this address, if it may begin one.
    pub(crate) fn reserve(&self, address: IpAddr, now: Timestamp) -> Option<Place<'_>> {
        let address = bucket(address);
        if self.most == 0 {
            return Some(Place { pending: self, address: None });
        }
        let mut counts = self.counts();
        let is_full = |counts: &Counts| counts.by_address.get(&address).is_some_and(|n| *n >= self.most);
        if is_full(&counts) {
            sweep(&mut counts, now);
        }
        if is_full(&counts) {
            return None;
        }
        *counts.by_address.entry(address).or_insert(0) += 1;
        Some(Place { pending: self, address: Some(address) })
    }

    /// Forgets those whose time is up.
    pub(crate) fn sweep(&self, now: Timestamp) {
        sweep(&mut self.counts(), now);
    }
}

fn sweep(counts: &mut Counts, now: Timestamp) {
    let over: Vec<_> =
        counts.by_login.iter().filter(|(_, (_, at))| *at <= now).map(|(id, _)| id.clone()).collect();
    for login in over {
        counts.forget(&login);
    }
}

impl Signals for PendingLogins {
    fn wake(&self, login: &LoginId) {
        if self.most != 0 {
            self.counts().forget(login);
        }
        self.signals.wake(login);
    }

    fn listen(&self, login: &LoginId) -> Box<dyn Listener> {
        self.signals.listen(login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saoma_core::entropy::SeededEntropy;
    use saoma_core::signal::LocalSignals;

    #[test]
    fn a_flood_is_stopped_and_a_scan_or_time_makes_room() {
        let pending = PendingLogins::new(2, Arc::new(LocalSignals::default()));
        let (home, entropy) = (IpAddr::from([1, 1, 1, 1]), SeededEntropy::new(1));
        let ids: Vec<_> = (0..3).map(|_| LoginId::generate(&entropy)).collect();
        let may_begin = |now| pending.reserve(home, Timestamp(now)).is_some();
        pending.reserve(home, Timestamp(0)).unwrap().began(&ids[0], Timestamp(100));
        let second = pending.reserve(home, Timestamp(0)).unwrap();
        assert!(!may_begin(0), "a begin under way holds its place");
        second.began(&ids[1], Timestamp(200));
        assert!(!may_begin(0));
        assert!(pending.reserve(IpAddr::from([2, 2, 2, 2]), Timestamp(0)).is_some());
        pending.wake(&ids[0]);
        assert!(may_begin(0));
        pending.reserve(home, Timestamp(0)).unwrap().began(&ids[2], Timestamp(300));
        assert!(!may_begin(199));
        assert!(may_begin(200));
        pending.sweep(Timestamp(999));
        assert!(pending.counts().by_address.is_empty());
    }
}
