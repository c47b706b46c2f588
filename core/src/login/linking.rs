//! A Login by which somebody adds a way to log in to an account that they have: who scans is proven, and no
//! account is made, found or changed.
//!
//! What becomes of the proof is said on a page of ours, in the browser that began, by whoever is logged in
//! there (`user::own`). So a phone alone adds nothing to anybody's account.

use super::confirm::{Consent, Written};
use super::{Login, LoginService, Stage, Transition};
use crate::StoreError;

impl LoginService {
    /// Writes that the person confirmed; none when the Login moved meanwhile.
    pub(super) async fn only_proven(
        &self,
        login: &Login,
        stage: Stage,
        consent: Consent<'_>,
    ) -> Result<Option<Written>, StoreError> {
        let after = Login {
            expires_at: self.parts.rules.next_deadline(stage, login.created_at, login.expires_at),
            proof: Some(consent.proof),
            push_key: consent.push_key.or_else(|| login.push_key.clone()),
            asked_at: None,
            ..self.moved(login, stage, self.parts.clock.now())
        };
        let change = Transition { from: login.stage, from_version: login.version, after, audit: None };
        if !self.parts.store.transition_login(&change).await? {
            return Ok(None);
        }
        self.written(&login.id);
        Ok(Some(Written { to_site: self.own_page_of(login) }))
    }
}
