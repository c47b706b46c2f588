//! Wake-ups: tells waiters that a Login has changed, so that they look again.
//!
//! A wake-up carries nothing and may be lost or come twice; the row in the database is the only
//! truth and waiters also look by themselves every few seconds.

use crate::id::LoginId;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::Notify;

/// Sends and receives wake-ups.
pub trait Signals: Send + Sync {
    /// Wakes everyone who waits for this Login now.
    fn wake(&self, login: &LoginId);
    /// Begins to listen; a wake-up after this call is not missed, even before `woken` is awaited.
    fn listen(&self, login: &LoginId) -> Box<dyn Listener>;
}

/// One waiter's ear.
#[async_trait]
pub trait Listener: Send {
    /// Returns at the next wake-up since the last call (or since `listen`).
    async fn woken(&mut self);
}

/// Wake-ups inside one process.
#[derive(Debug, Default)]
pub struct LocalSignals {
    bells: Mutex<HashMap<LoginId, Weak<Bell>>>,
}

#[derive(Debug, Default)]
struct Bell {
    rung: std::sync::atomic::AtomicU64,
    notify: Notify,
}

struct LocalListener {
    bell: Arc<Bell>,
    heard: u64,
}

impl Signals for LocalSignals {
    fn wake(&self, login: &LoginId) {
        let bell =
            self.bells.lock().unwrap_or_else(PoisonError::into_inner).get(login).and_then(Weak::upgrade);
        if let Some(bell) = bell {
            bell.rung.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            bell.notify.notify_waiters();
        }
    }

    fn listen(&self, login: &LoginId) -> Box<dyn Listener> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        // Bells nobody holds are swept when the map has doubled, so it stays within twice its use.
        if bells.len() == bells.capacity() {
            bells.retain(|_, bell| bell.strong_count() > 0);
        }
        let bell = bells.get(login).and_then(Weak::upgrade).unwrap_or_default();
        bells.insert(login.clone(), Arc::downgrade(&bell));
        let heard = bell.rung.load(std::sync::atomic::Ordering::SeqCst);
        Box::new(LocalListener { bell, heard })
    }
}

#[async_trait]
impl Listener for LocalListener {
    async fn woken(&mut self) {
        loop {
            let notified = self.bell.notify.notified();
            let mut notified = std::pin::pin!(notified);
            // Registered before the counter is read: a ring in between completes `notified`.
            notified.as_mut().enable();
            let rung = self.bell.rung.load(std::sync::atomic::Ordering::SeqCst);
            if rung != self.heard {
                self.heard = rung;
                return;
            }
            notified.await;
        }
    }
}
