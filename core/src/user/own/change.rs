//! What a person changes of their own account. The work is the store's, as for admins; the audit says that a
//! browser did it, in whose name, and from where.

use super::{OwnService, Proven, Visit};
use crate::audit::{Action, Actor, AuditEntry};
use crate::client::ClientId;
use crate::id::{IdentityId, LoginId, OfferId, UserId, UserSessionId};
use crate::session::UserSession;
use crate::user::admin::{Deletion, Revocation, Unlinking, UserError, UserRefusal, Versioned};

impl OwnService {
    /// Takes one of several ways away; whoever logs in by it is somebody new. Whatever was granted ends, and
    /// this person is logged out everywhere: any of it may have come by that way.
    pub async fn unlink(&self, who: &Proven, identity: &IdentityId) -> Result<(), UserError> {
        let visit = who.visit();
        let unlinking = Unlinking {
            user: self.as_it_stands(visit.user()).await?,
            identity: identity.clone(),
            at: self.parts.clock.now(),
            audit: self.row(visit, Action::IdentityUnlinked, identity.as_str()),
        };
        self.wake(self.parts.users.unlink_identity(&unlinking).await?);
        Ok(())
    }

    /// A website knows nothing more: what it was granted ends, and it has to ask again.
    pub async fn leave_site(&self, visit: &Visit, client: ClientId) -> Result<(), UserError> {
        let row = self.row(visit, Action::GrantsRevoked, visit.user().as_str());
        let revocation = Revocation {
            user: self.as_it_stands(visit.user()).await?,
            at: self.parts.clock.now(),
            audit: AuditEntry { client_id: Some(client.to_string()), ..row },
            client: Some(client),
        };
        self.parts.users.revoke_grants(&revocation).await.map(drop)
    }

    /// Logs one browser out; says whether there was such a one of this person's.
    pub async fn end_session(&self, visit: &Visit, session: &UserSessionId) -> Result<bool, UserError> {
        let found = self.live_sessions(visit).await?.into_iter().find(|one| one.id == *session);
        let Some(found) = found else { return Ok(false) };
        self.end(visit, &found).await?;
        Ok(true)
    }

    /// Logs all browsers out, but for this one if it is to stay.
    pub async fn end_sessions(&self, who: &Proven, this_stays: bool) -> Result<(), UserError> {
        let visit = who.visit();
        for one in self.live_sessions(visit).await? {
            if !this_stays || one.id != visit.session.id {
                self.end(visit, &one).await?;
            }
        }
        Ok(())
    }

    /// Deletes the account with all that is known of the person.
    pub async fn delete(&self, who: &Proven) -> Result<(), UserError> {
        let visit = who.visit();
        let deletion = Deletion {
            user: self.as_it_stands(visit.user()).await?,
            at: self.parts.clock.now(),
            audit: self.row(visit, Action::UserDeleted, visit.user().as_str()),
        };
        self.wake(self.parts.users.delete_user(&deletion).await?);
        Ok(())
    }

    /// Says that the other of an offer is somebody else.
    pub async fn dismiss_offer(&self, visit: &Visit, offer: &OfferId) -> Result<(), UserError> {
        let offers = self.read(visit.user()).await?.offers;
        if !offers.iter().any(|open| open.id == *offer) {
            return Err(UserRefusal::NoSuchMerge.into());
        }
        let audit = self.row(visit, Action::MergeOfferDismissed, offer.as_str());
        let dismissed = self.parts.users.dismiss_offer(offer, self.parts.clock.now(), &audit).await?;
        if dismissed { Ok(()) } else { Err(UserRefusal::NoSuchMerge.into()) }
    }

    /// The User, to be changed only if it still stands so.
    pub(super) async fn as_it_stands(&self, user: &UserId) -> Result<Versioned, UserError> {
        let version = self.read(user).await?.person.user.version;
        Ok(Versioned { user: user.clone(), version })
    }

    /// A row about something of this person's.
    pub(super) fn row(&self, visit: &Visit, action: Action, target: &str) -> AuditEntry {
        let now = self.parts.clock.now();
        let row = AuditEntry::new(&*self.parts.entropy, now, &Actor::Browser, action, target);
        AuditEntry { user_id: Some(visit.user().to_string()), address: visit.address, ..row }
    }

    async fn live_sessions(&self, visit: &Visit) -> Result<Vec<UserSession>, UserError> {
        Ok(self.parts.sessions.list(&self.read(visit.user()).await?.whole()).await?)
    }

    async fn end(&self, visit: &Visit, session: &UserSession) -> Result<(), UserError> {
        let row = self.row(visit, Action::UserLoggedOut, session.id.as_str());
        let row = AuditEntry { provider: Some(session.provider.to_string()), ..row };
        Ok(self.parts.sessions.end(&session.id, &row).await?)
    }

    /// Whoever waits for one of these Logins looks again.
    fn wake(&self, logins: Vec<LoginId>) {
        for login in logins {
            self.parts.signals.wake(&login);
        }
    }
}
