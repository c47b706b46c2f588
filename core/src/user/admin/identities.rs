//! Single Identities: taken from a User, given to another, and admitted from a Login that ended badly.

use super::{Admission, Linking, Unlinking, UserAdmin, UserError, UserRefusal, Versioned};
use crate::admin::Permit;
use crate::admin::abilities::{EditUsers, LinkUsers};
use crate::audit::{Action, AuditEntry};
use crate::id::{IdentityId, LoginId, UserId};
use crate::user::NewIds;

/// To whom the person of a Login is to belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdmitTo {
    /// To a User that is made for them.
    NewUser,
    /// To this one, as it was read.
    User(Versioned),
}

impl UserAdmin {
    /// Deletes one of several Identities with what came by it; whoever logs in by it is somebody new.
    /// What the User granted ends: any of it may have come by this Identity.
    pub async fn unlink(
        &self,
        permit: &Permit<EditUsers>,
        user: Versioned,
        identity: &IdentityId,
    ) -> Result<(), UserError> {
        let row = self.row(permit, Action::IdentityUnlinked, &user);
        let audit = AuditEntry { target: identity.to_string(), ..row };
        let at = self.parts.clock.now();
        let unlinking = Unlinking { user, identity: identity.clone(), at, audit };
        self.wake(self.parts.store.unlink_identity(&unlinking).await?);
        Ok(())
    }

    /// Gives one of several Identities of a User to another User, with the aliases that only it came with.
    pub async fn link(
        &self,
        permit: &Permit<LinkUsers>,
        from: Versioned,
        identity: &IdentityId,
        to: Versioned,
    ) -> Result<(), UserError> {
        if from.user == to.user {
            return Err(UserRefusal::SameUser.into());
        }
        let about = |row: AuditEntry| AuditEntry { target: identity.to_string(), ..row };
        let linking = Linking {
            unlinked: about(self.row(permit, Action::IdentityUnlinked, &from)),
            linked: about(self.row(permit, Action::IdentityLinked, &to)),
            from,
            identity: identity.clone(),
            to,
            at: self.parts.clock.now(),
        };
        self.wake(self.parts.store.link_identity(&linking).await?);
        Ok(())
    }

    /// Makes whoever was proven in this Login somebody we know. Possible as long as its row is kept; the
    /// Login itself stays as it ended.
    pub async fn admit(
        &self,
        permit: &Permit<LinkUsers>,
        login: &LoginId,
        to: AdmitTo,
    ) -> Result<UserId, UserError> {
        let (entropy, at) = (&*self.parts.entropy, self.parts.clock.now());
        let row = |action| permit.caller().row(entropy, at, action, login.as_str());
        let admission = Admission {
            login: login.clone(),
            to: match to {
                AdmitTo::NewUser => None,
                AdmitTo::User(user) => Some(user),
            },
            new_ids: NewIds::generate(entropy),
            at,
            created: row(Action::UserCreated),
            linked: row(Action::IdentityLinked),
        };
        self.parts.store.admit_login(&admission).await
    }
}
