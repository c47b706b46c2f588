//! Switching a User off and on, ending what it granted, deleting it.

use super::{Deletion, Revocation, Switching, UserAdmin, UserError, Versioned};
use crate::admin::Permit;
use crate::admin::abilities::{DeleteUsers, EditUsers};
use crate::audit::{Action, AuditEntry};
use crate::client::ClientId;
use crate::id::LoginId;

/// Which of a User's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokensOf {
    /// All.
    Everywhere,
    /// Those of one website.
    Client(ClientId),
}

impl UserAdmin {
    /// The User may not log in any more; what it granted ends at once, and so do Logins under way.
    pub async fn disable(&self, permit: &Permit<EditUsers>, user: Versioned) -> Result<(), UserError> {
        self.switch(permit, user, true).await
    }

    /// The User may log in again. What had ended stays so.
    pub async fn enable(&self, permit: &Permit<EditUsers>, user: Versioned) -> Result<(), UserError> {
        self.switch(permit, user, false).await
    }

    async fn switch(
        &self,
        permit: &Permit<EditUsers>,
        user: Versioned,
        disabled: bool,
    ) -> Result<(), UserError> {
        let action = if disabled { Action::UserDisabled } else { Action::UserEnabled };
        let audit = self.row(permit, action, &user);
        let switching = Switching { user, disabled, at: self.parts.clock.now(), audit };
        self.wake(self.parts.store.switch_user(&switching).await?);
        Ok(())
    }

    /// Ends what the User granted, everywhere or at one website; says how many grants.
    pub async fn revoke_tokens(
        &self,
        permit: &Permit<EditUsers>,
        user: Versioned,
        tokens: TokensOf,
    ) -> Result<usize, UserError> {
        let row = self.row(permit, Action::GrantsRevoked, &user);
        let client = match tokens {
            TokensOf::Everywhere => None,
            TokensOf::Client(client) => Some(client),
        };
        let audit = AuditEntry { client_id: client.as_ref().map(ToString::to_string), ..row };
        let revocation = Revocation { user, client, at: self.parts.clock.now(), audit };
        self.parts.store.revoke_grants(&revocation).await
    }

    /// Deletes the User with all that is known of the person. Only our own ids stay, in the audit.
    pub async fn delete(&self, permit: &Permit<DeleteUsers>, user: Versioned) -> Result<(), UserError> {
        let audit = self.row(permit, Action::UserDeleted, &user);
        let deletion = Deletion { user, at: self.parts.clock.now(), audit };
        self.wake(self.parts.store.delete_user(&deletion).await?);
        Ok(())
    }

    /// A row about this User.
    pub(super) fn row<A: crate::admin::Ability>(
        &self,
        permit: &Permit<A>,
        action: Action,
        user: &Versioned,
    ) -> AuditEntry {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = permit.caller().row(entropy, now, action, user.user.as_str());
        AuditEntry { user_id: Some(user.user.to_string()), ..row }
    }

    /// Whoever waits for one of these Logins looks again.
    pub(super) fn wake(&self, logins: Vec<LoginId>) {
        for login in logins {
            self.parts.signals.wake(&login);
        }
    }
}
