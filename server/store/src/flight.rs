//! Who is writing at this moment, so that audit rows of Logins can be linked within a second.
//!
//! Rows are linked by time: those up to a moment, when no more of before it can come. This node is the
//! only writer of its stream, so it knows: it raises the floor to that moment, from when on a row gets a
//! time behind it, and waits for the writers that were there before. No statement is spent on it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Flight {
    writers: Mutex<Writers>,
    ended: Notify,
    floor: AtomicI64,
    latest: AtomicI64,
    linked: AtomicI64,
    looked: AtomicBool,
}

#[derive(Debug, Default)]
struct Writers {
    next: u64,
    open: BTreeSet<u64>,
}

/// A writer is on its way as long as it holds this.
#[derive(Debug)]
pub(crate) struct Ticket {
    flight: Arc<Flight>,
    number: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.flight.writers().open.remove(&self.number);
        self.flight.ended.notify_waiters();
    }
}

impl Flight {
    fn writers(&self) -> MutexGuard<'_, Writers> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A writer sets out.
    pub(crate) fn enter(self: &Arc<Self>) -> Ticket {
        let mut writers = self.writers();
        let number = writers.next;
        writers.next += 1;
        writers.open.insert(number);
        drop(writers);
        Ticket { flight: Arc::clone(self), number }
    }

    /// The time that a row of this time gets. Only a writer that has set out may ask.
    pub(crate) fn time_for(&self, at: i64) -> i64 {
        let at = at.max(self.floor.load(SeqCst).saturating_add(1));
        self.latest.fetch_max(at, SeqCst);
        at
    }

    /// No row gets a time up to this one.
    pub(crate) fn raise(&self, until: i64) {
        self.floor.fetch_max(until, SeqCst);
    }

    /// The latest time that a row has got.
    pub(crate) fn latest(&self) -> i64 {
        self.latest.load(SeqCst)
    }

    /// Whether any row may wait to be linked; without a look at the database.
    pub(crate) fn may_wait(&self) -> bool {
        !self.looked.load(SeqCst) || self.latest.load(SeqCst) > self.linked.load(SeqCst)
    }

    /// All rows up to this moment are linked.
    pub(crate) fn all_linked(&self, until: i64) {
        self.linked.fetch_max(until, SeqCst);
        self.looked.store(true, SeqCst);
    }

    /// From now on no row gets a time up to this one, and those that might have got one have ended: true,
    /// unless some writer took longer than this.
    pub(crate) async fn settle(&self, until: i64, patience: Duration) -> bool {
        self.raise(until);
        let barrier = self.writers().next;
        let all_ended = async {
            loop {
                let ended = self.ended.notified();
                if self.writers().open.first().is_none_or(|oldest| *oldest >= barrier) {
                    return;
                }
                ended.await;
            }
        };
        tokio::time::timeout(patience, all_ended).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const PATIENCE: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn a_moment_settles_when_the_writers_of_before_it_have_ended() {
        let flight = Arc::new(Flight::default());
        let early = flight.enter();
        assert_eq!(flight.time_for(70), 70);
        let mut settled = Box::pin(flight.settle(100, PATIENCE));
        assert!((&mut settled).now_or_never().is_none(), "one is on its way");
        let late = flight.enter();
        assert_eq!((flight.time_for(70), flight.time_for(170)), (101, 170));
        drop(early);
        assert!(settled.await);
        assert!(flight.settle(100, PATIENCE).now_or_never().is_none(), "the later one now counts");
        drop(late);
        assert!(flight.settle(90, PATIENCE).await);
        assert_eq!(flight.time_for(1), 101, "the floor never sinks");
    }

    #[tokio::test]
    async fn a_writer_that_hangs_is_not_waited_for_for_ever() {
        let flight = Arc::new(Flight::default());
        let hanging = flight.enter();
        assert!(!flight.settle(1, Duration::from_millis(5)).await);
        drop(hanging);
        assert!(flight.settle(1, PATIENCE).await);
    }

    #[test]
    fn nothing_is_looked_for_when_nothing_was_written() {
        let flight = Arc::new(Flight::default());
        assert!(flight.may_wait(), "a server that has just started does not know");
        flight.all_linked(50);
        assert!(!flight.may_wait());
        flight.time_for(60);
        assert!(flight.may_wait());
        flight.all_linked(59);
        assert!(flight.may_wait());
        flight.all_linked(60);
        assert!(!flight.may_wait());
    }
}
