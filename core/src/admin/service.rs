//! The admin's door: recognises sessions, lets people in, sees them out.
//!
//! Enrolment and log-in have their own files. What an admin does once inside belongs to the features.

use super::refused::Refusals;
use super::session::SessionSecret;
use super::{Admin, AdminStore, Caller, NewSession, PasskeyCheck, PasswordHasher, Session, Visit, Who};
use crate::audit::{Action, AuditEntry};
use crate::id::{AdminId, SessionId};
use crate::seal::{Keyring, Place};
use crate::settings::SettingsCell;
use crate::{Clock, Entropy, StoreError, Timestamp};
use std::net::IpAddr;
use std::sync::Arc;

/// Seconds between two notes that a session is in use.
const TOUCH_SECONDS: u64 = 60;

/// How long sessions live (ASVS 5.0 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// Seconds without use.
    pub idle_seconds: u64,
    /// Seconds in all.
    pub absolute_seconds: u64,
}

/// Whose guesses are slowed, and together with whose.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Guesser {
    /// A browser that the admin of this name has logged in with before. It is counted by itself, so that
    /// others who try the name cannot keep its owner out.
    Known {
        /// The name.
        name: String,
        /// The browser's mark.
        browser: String,
    },
    /// Anybody else, by the name they try and by where they come from.
    Stranger {
        /// The name; empty when it cannot be one.
        name: String,
        /// The address.
        address: Option<IpAddr>,
    },
    /// Somebody who brings a passkey and no name: there is nothing to guess, and nobody's name to be kept
    /// out by. Counted by where they come from.
    Nameless {
        /// The address.
        address: Option<IpAddr>,
    },
}

/// How often somebody may try.
pub trait GuessLimit: Send + Sync {
    /// Counts a try; `Err` holds the seconds to wait.
    fn count(&self, guesser: &Guesser) -> Result<(), u32>;
}

/// What the service is made of.
#[derive(Clone)]
pub struct AdminParts {
    /// Keeps admins.
    pub store: Arc<dyn AdminStore>,
    /// Hashes passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Checks passkeys.
    pub passkeys: Arc<dyn PasskeyCheck>,
    /// Slows guessing.
    pub guesses: Arc<dyn GuessLimit>,
    /// Seals the keys of second factors.
    pub keyring: Arc<Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// How long sessions live, as it is set at each moment.
    pub settings: Arc<SettingsCell>,
}

/// The admin's door.
pub struct AdminService {
    pub(super) parts: AdminParts,
    pub(super) refusals: Refusals,
}

impl AdminService {
    /// A service of these parts.
    pub fn new(parts: AdminParts) -> Self {
        Self { parts, refusals: Refusals::default() }
    }

    /// Whether anybody has been enrolled yet.
    pub async fn has_admins(&self) -> Result<bool, StoreError> {
        self.parts.store.has_admins().await
    }

    /// Who holds this session, as they stand now: a role that was taken away is gone at once.
    pub async fn find_caller(&self, secret: &str, visit: &Visit) -> Result<Option<Arc<Caller>>, StoreError> {
        let Some((session, admin)) = self.living(secret).await? else { return Ok(None) };
        let now = self.parts.clock.now();
        if now.seconds_since(session.seen_at) >= TOUCH_SECONDS {
            self.parts.store.touch_session(&session.id, now).await?;
        }
        Ok(Some(self.caller(session, admin, visit)))
    }

    /// The same, without taking it for use: a page that only stays open keeps no session alive.
    pub async fn peek_caller(&self, secret: &str, visit: &Visit) -> Result<Option<Arc<Caller>>, StoreError> {
        let found = self.living(secret).await?;
        Ok(found.map(|(session, admin)| self.caller(session, admin, visit)))
    }

    async fn living(&self, secret: &str) -> Result<Option<(Session, Admin)>, StoreError> {
        let found = self.parts.store.find_session(&SessionSecret::hash(secret)).await?;
        let now = self.parts.clock.now();
        Ok(found.filter(|(session, admin)| admin.enabled && self.lives(session, now)))
    }

    fn caller(&self, session: Session, admin: Admin, visit: &Visit) -> Arc<Caller> {
        let who = Who::Session { id: session.id, proven_at: session.proven_at };
        let must_add_passkey = admin.passkeys == 0 && self.needs_passkey(&admin);
        Arc::new(Caller { admin, who, address: visit.address, must_add_passkey })
    }

    fn lives(&self, session: &Session, now: Timestamp) -> bool {
        let rules = self.parts.settings.current().session_rules();
        now.seconds_since(session.seen_at) < rules.idle_seconds
            && now.seconds_since(session.created_at) < rules.absolute_seconds
    }

    /// The caller's own sessions that live.
    pub async fn list_sessions(&self, caller: &Caller) -> Result<Vec<Session>, StoreError> {
        let now = self.parts.clock.now();
        let all = self.parts.store.list_sessions(&caller.admin.id).await?;
        Ok(all.into_iter().filter(|session| self.lives(session, now)).collect())
    }

    /// Ends one of the caller's own sessions; false when there is no such.
    pub async fn end_session(&self, caller: &Caller, id: &SessionId) -> Result<bool, StoreError> {
        let row = caller.row(&*self.parts.entropy, self.parts.clock.now(), Action::SessionEnded, id.as_str());
        self.parts.store.end_session(&caller.admin.id, id, &row).await
    }

    /// Ends the session the caller came with.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), StoreError> {
        match caller.session() {
            Some(id) => self.end_session(caller, id).await.map(drop),
            None => Ok(()),
        }
    }

    /// Deletes sessions and links that open nothing any more; says how many.
    pub async fn delete_old_sessions(&self) -> Result<usize, StoreError> {
        let (now, rules) = (self.parts.clock.now(), self.parts.settings.current().session_rules());
        let ago = |seconds: u64| now.plus_seconds(-i64::try_from(seconds).unwrap_or(i64::MAX));
        self.parts.store.delete_old_sessions(ago(rules.absolute_seconds), ago(rules.idle_seconds), now).await
    }

    /// A session that begins now, and what its browser will hold.
    pub(super) fn new_session(&self, admin: &AdminId, visit: &Visit) -> (SessionSecret, NewSession) {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let secret = SessionSecret::generate(entropy);
        let session = Session {
            id: SessionId::generate(entropy),
            admin: admin.clone(),
            created_at: now,
            seen_at: now,
            proven_at: now,
            address: visit.address,
            browser: visit.browser.clone(),
        };
        let hash = SessionSecret::hash(secret.0.expose());
        (secret, NewSession { session, hash })
    }

    /// A row about an admin by that admin, before there is a caller.
    pub(super) fn own_row(&self, admin: &Admin, visit: &Visit, action: Action) -> AuditEntry {
        let actor = crate::audit::Actor::Admin(admin.id.clone());
        let now = self.parts.clock.now();
        let row = AuditEntry::new(&*self.parts.entropy, now, &actor, action, admin.id.as_str());
        AuditEntry { address: visit.address, ..row }
    }
}

/// Where the key of an admin's app is sealed.
pub(super) fn totp_place(id: &AdminId) -> Place<'_> {
    Place { table: "admins", row: id.as_str(), column: "totp" }
}
