//! Which codes a browser has shown since their Logins were last written.
//!
//! That a code was shown is worth no statement of its own: it is noted here and goes into the row with the
//! next change, or with housekeeping's next round. A crash loses the notes of that time, and nothing else.

use crate::Timestamp;
use crate::id::LoginId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More than a node can have on show between two rounds; beyond it codes are not noted.
const MOST: usize = 100_000;

/// The notes of one node.
#[derive(Debug, Default)]
pub(super) struct Shown(Mutex<HashMap<LoginId, Timestamp>>);

impl Shown {
    fn notes(&self) -> MutexGuard<'_, HashMap<LoginId, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that this Login's code is on show; the first time counts.
    pub(super) fn note(&self, login: &LoginId, now: Timestamp) {
        let mut notes = self.notes();
        if notes.len() < MOST {
            notes.entry(login.clone()).or_insert(now);
        }
    }

    /// Since when this Login's code has been on show, as far as its row does not say so.
    pub(super) fn since(&self, login: &LoginId) -> Option<Timestamp> {
        self.notes().get(login).copied()
    }

    /// The Login's row says it now.
    pub(super) fn forget(&self, login: &LoginId) {
        self.notes().remove(login);
    }

    /// Everything that no row says yet; noted no longer.
    pub(super) fn take_all(&self) -> Vec<(LoginId, Timestamp)> {
        self.notes().drain().collect()
    }
}
