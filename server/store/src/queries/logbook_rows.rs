//! A Login as the logbook reads it: nothing that could open or prove something is even loaded.

use super::super::Db;
use super::rows::{CORRUPT, from_json, from_text, steps};
use super::schema::logins;
use crate::error::Failure;
use diesel::{Queryable, Selectable};
use saoma_core::Timestamp;
use saoma_core::client::ClientId;
use saoma_core::logbook::{Attempt, Named};
use saoma_core::login::{Reason, Stage};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable)]
#[diesel(table_name = logins, check_for_backend(Db))]
pub(super) struct AttemptRow {
    pub(super) id: String,
    client_id: String,
    provider: String,
    stage: String,
    version: i64,
    reason: Option<String>,
    requester: String,
    pub(super) user_id: Option<String>,
    pub(super) created_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    shown_at: Option<i64>,
    scanned_at: Option<i64>,
    confirmed_at: Option<i64>,
    vendor_answer: Option<String>,
    /// Tells that there is one; whom it proves is not loaded.
    proof_namespace: Option<String>,
}

impl AttemptRow {
    /// The attempt; `names` are what Users are called.
    pub(super) fn attempt(self, names: &BTreeMap<String, Option<String>>) -> Result<Attempt, Failure> {
        let reason = self.reason.as_deref().map(|word| Reason::parse(word).ok_or(CORRUPT));
        let user = |id: &String| {
            Ok::<_, Failure>(Named { id: from_text(id)?, name: names.get(id).cloned().flatten() })
        };
        Ok(Attempt {
            user: self.user_id.as_ref().map(user).transpose()?,
            id: from_text(&self.id)?,
            client: ClientId::from_stored(&self.client_id).map_err(|_| CORRUPT)?,
            provider: from_text(&self.provider)?,
            stage: Stage::parse(&self.stage).ok_or(CORRUPT)?,
            reason: reason.transpose()?,
            proof_kept: self.proof_namespace.is_some(),
            requester: from_json(&self.requester)?,
            begun_at: Timestamp(self.created_at),
            steps: steps(self.shown_at, self.scanned_at, self.confirmed_at),
            ended_at: self.ended_at.map(Timestamp),
            expires_at: Timestamp(self.expires_at),
            vendor_answer: self.vendor_answer.as_deref().map(from_json).transpose()?,
            version: self.version,
        })
    }
}
