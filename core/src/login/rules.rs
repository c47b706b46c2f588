//! How long things live, in seconds; `[login]` in the configuration.

use super::Stage;
use crate::Timestamp;
use crate::provider::Challenge;

/// How long the engine waits for a vendor in one step. A page never waits longer.
pub const VENDOR_BUDGET_MS: i64 = 5_500;

/// Times to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginRules {
    /// A code nobody scans.
    pub code_ttl: u32,
    /// A scanned code, counted from its beginning.
    pub scanned_ttl: u32,
    /// A redirect.
    pub redirect_ttl: u32,
    /// What a confirmation adds, for the website to redeem.
    pub redeem_extra: u32,
    /// An authorization code (RFC 6749 section 4.1.2 wants it short).
    pub auth_code_ttl: u32,
    /// An access token.
    pub access_token_ttl: u32,
}

impl Default for LoginRules {
    fn default() -> Self {
        Self {
            code_ttl: 120,
            scanned_ttl: 300,
            redirect_ttl: 300,
            redeem_extra: 60,
            auth_code_ttl: 60,
            access_token_ttl: 600,
        }
    }
}

impl LoginRules {
    /// When a new Login ends by itself; the vendor's own limit may come sooner.
    pub fn first_deadline(
        &self,
        challenge: &Challenge,
        vendor_ttl: Option<u32>,
        now: Timestamp,
    ) -> Timestamp {
        let own = if challenge.is_code() { self.code_ttl } else { self.redirect_ttl };
        now.plus_seconds(i64::from(vendor_ttl.map_or(own, |vendor| own.min(vendor))))
    }

    /// When it ends after it went to `stage`.
    pub fn next_deadline(&self, stage: Stage, created: Timestamp, deadline: Timestamp) -> Timestamp {
        match stage {
            Stage::Scanned => deadline.max(created.plus_seconds(i64::from(self.scanned_ttl))),
            Stage::Confirmed => deadline.plus_seconds(i64::from(self.redeem_extra)),
            _ => deadline,
        }
    }
}
