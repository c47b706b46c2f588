//! What somebody known was refused is written down: a role that reaches for more, a token that was taken away
//! or is used from elsewhere. One row a minute for each of them and what they tried, so that a program that
//! tries for ever does not fill the audit.

use super::{AdminService, ApiToken, Caller, Visit};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::{StoreError, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Seconds between two rows about the same.
const PAUSE_SECONDS: u64 = 60;
/// Of so many the rest is remembered no longer: the rows then come more often.
const MOST: usize = 1000;

/// What was told lately.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<String, Timestamp>>);

impl Refusals {
    fn is_due(&self, about: String, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&about).is_some_and(|at| now.seconds_since(*at) < PAUSE_SECONDS) {
            return false;
        }
        if told.len() >= MOST {
            told.clear();
        }
        told.insert(about, now);
        true
    }
}

impl ApiToken {
    /// Why it opens nothing; its maker is shut out when nothing is wrong with itself.
    fn why_not(&self, now: Timestamp) -> &'static str {
        if self.revoked_at.is_some() {
            "revoked"
        } else if now >= self.expires_at {
            "expired"
        } else if self.networks.is_empty() {
            "maker_disabled"
        } else {
            "elsewhere"
        }
    }
}

impl AdminService {
    /// Writes down that a caller was refused this ability.
    pub async fn note_forbidden(&self, caller: &Caller, ability: &str) -> Result<(), StoreError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = caller.row(entropy, now, Action::AdminForbidden, ability);
        let row = AuditEntry { outcome: AuditOutcome::Refused.as_str(), ..row };
        let who = row.admin_id.as_deref().unwrap_or_default();
        if self.refusals.is_due(format!("{who} {ability}"), now) {
            self.parts.store.note(&row).await?;
        }
        Ok(())
    }

    pub(super) async fn note_dead_token(&self, token: &ApiToken, visit: &Visit) -> Result<(), StoreError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let actor = Actor::ApiToken(token.id.clone());
        let row = AuditEntry::new(entropy, now, &actor, Action::ApiTokenRefused, token.id.as_str());
        let row = AuditEntry { address: visit.address, ..row };
        if self.refusals.is_due(token.id.to_string(), now) {
            self.parts.store.note(&row.ended(AuditOutcome::Refused, token.why_not(now))).await?;
        }
        Ok(())
    }
}
