//! Where a User is logged in, and what it allowed websites to know without asking again.
//!
//! A consent ends with what was granted there: by revoking what the website holds.

use super::{RememberedConsent, UserAdmin, UserError, UserRefusal};
use crate::admin::Permit;
use crate::admin::abilities::{EditUsers, ReadUsers};
use crate::audit::{Action, AuditEntry};
use crate::id::{UserId, UserSessionId};
use crate::session::UserSession;

impl UserAdmin {
    /// Browsers in which the User, or one that became part of it, is logged in here; the last used first.
    pub async fn list_sessions(
        &self,
        _permit: &Permit<ReadUsers>,
        user: &UserId,
    ) -> Result<Vec<UserSession>, UserError> {
        self.live_sessions(user).await
    }

    /// Consents of the User and of those that became part of it, the newest first.
    pub async fn list_consents(
        &self,
        _permit: &Permit<ReadUsers>,
        user: &UserId,
    ) -> Result<Vec<RememberedConsent>, UserError> {
        Ok(self.parts.store.list_consents(&self.detail(user).await?.whole()).await?)
    }

    /// Logs the User out in one browser: what was granted there ends, and websites are told.
    pub async fn end_session(
        &self,
        permit: &Permit<EditUsers>,
        user: &UserId,
        session: &UserSessionId,
    ) -> Result<(), UserError> {
        let found = self.live_sessions(user).await?.into_iter().find(|one| one.id == *session);
        self.end(permit, user, &found.ok_or(UserRefusal::NotFound)?).await
    }

    /// Logs the User out in all of them; says how many there were.
    pub async fn end_sessions(&self, permit: &Permit<EditUsers>, user: &UserId) -> Result<usize, UserError> {
        let live = self.live_sessions(user).await?;
        for session in &live {
            self.end(permit, user, session).await?;
        }
        Ok(live.len())
    }

    async fn end(
        &self,
        permit: &Permit<EditUsers>,
        user: &UserId,
        session: &UserSession,
    ) -> Result<(), UserError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = permit.caller().row(entropy, now, Action::UserLoggedOut, session.id.as_str());
        let (user_id, provider) = (Some(user.to_string()), Some(session.provider.to_string()));
        Ok(self.parts.sessions.end(&session.id, &AuditEntry { provider, user_id, ..row }).await?)
    }

    async fn live_sessions(&self, user: &UserId) -> Result<Vec<UserSession>, UserError> {
        Ok(self.parts.sessions.list(&self.detail(user).await?.whole()).await?)
    }
}
