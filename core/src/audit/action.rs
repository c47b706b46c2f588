//! What can be done and is written down: the whole list, with the stored words.
//!
//! A word never changes once it was written; what is no longer done keeps its line.

/// Which chain a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Admins, the configuration, the command line: each row is linked with what it tells.
    Admins,
    /// Logins and people: many rows, linked some seconds later.
    Logins,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $stream:ident;)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $name,)+
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stored word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// Which chain its rows belong to, unless somebody of the house did it.
            pub(super) const fn stream(self) -> Stream {
                match self {
                    $(Self::$name => Stream::$stream,)+
                }
            }
        }
    };
}

actions! {
    /// A Login began.
    LoginBegan = "login.began", Logins;
    /// A Login reached one of its ends; the outcome and the detail tell which.
    LoginEnded = "login.ended", Logins;
    /// A website redeemed the code of an authorization: it has the User.
    AuthorizationRedeemed = "authorization.redeemed", Logins;
    /// The person said afterwards that it was not them; what came of the Login has ended.
    LoginDisowned = "login.disowned", Logins;
    /// A code was presented again after it had been spent; its grant was revoked.
    CodeReused = "code.reused", Logins;
    /// A code was burned by a wrong verifier, client or redirect_uri.
    CodeBurned = "code.burned", Logins;
    /// A Client ended one of its access tokens; the target is the grant.
    TokenRevoked = "token.revoked", Logins;
    /// A unionid turned up that belongs to another User; nothing was linked.
    AliasConflict = "alias.conflict", Logins;
    /// What a vendor had told of a person was cleared, as it no longer holds.
    ProfileCleared = "profile.cleared", Logins;
    /// An Identity was deleted because the person or the vendor wants it so.
    IdentityForgotten = "identity.forgotten", Logins;
    /// A User logged out here, in one browser; the target is the session.
    UserLoggedOut = "user.logged_out", Logins;
    /// A refresh token was presented again after it had been used; its whole grant was revoked.
    RefreshTokenReused = "token.reused", Logins;
    /// A website could not be told that somebody logged out; the target is the website.
    LogoutNotTold = "logout.not_told", Logins;
    /// A User was deleted with the last Identity.
    UserDeleted = "user.deleted", Logins;
    /// A Client was created or changed.
    ClientApplied = "client.applied", Admins;
    /// A Client was disabled.
    ClientDisabled = "client.disabled", Admins;
    /// A Provider was created or changed.
    ProviderApplied = "provider.applied", Admins;
    /// A Provider was disabled.
    ProviderDisabled = "provider.disabled", Admins;
    /// A one-time link for an admin was made.
    AdminInvited = "admin.invited", Admins;
    /// A one-time link was withdrawn before it was used.
    AdminLinkWithdrawn = "admin.link_withdrawn", Admins;
    /// Somebody became an admin, or got new credentials.
    AdminEnrolled = "admin.enrolled", Admins;
    /// An admin logged in, or somebody tried to as one.
    AdminLoggedIn = "admin.logged_in", Admins;
    /// An admin who was logged in proved it again.
    AdminProven = "admin.proven", Admins;
    /// A browser's session ended.
    SessionEnded = "admin.session_ended", Admins;
    /// A Client was registered.
    ClientCreated = "client.created", Admins;
    /// A Client was changed; the detail tells what was and what is.
    ClientChanged = "client.changed", Admins;
    /// A Client was enabled again.
    ClientEnabled = "client.enabled", Admins;
    /// A Client was deleted.
    ClientDeleted = "client.deleted", Admins;
    /// A Client got one more secret.
    ClientSecretAdded = "client.secret_added", Admins;
    /// One of a Client's secrets was taken away.
    ClientSecretRemoved = "client.secret_removed", Admins;
    /// A Provider was set up.
    ProviderCreated = "provider.created", Admins;
    /// A Provider was changed; the detail tells what was and what is, and of secrets only their names.
    ProviderChanged = "provider.changed", Admins;
    /// A Provider was enabled again.
    ProviderEnabled = "provider.enabled", Admins;
    /// A Provider was deleted.
    ProviderDeleted = "provider.deleted", Admins;
    /// What the vendor's console must hold of a Provider's secrets was shown.
    ProviderSecretsShown = "provider.secrets_shown", Admins;
    /// The doctor looked at a Provider.
    ProviderProbed = "provider.probed", Admins;
    /// A User may not log in any more.
    UserDisabled = "user.disabled", Admins;
    /// A User may log in again.
    UserEnabled = "user.enabled", Admins;
    /// A User became part of another.
    UsersMerged = "user.merged", Logins;
    /// A merge was taken back.
    MergeUndone = "user.merge_undone", Admins;
    /// Two Users of whom the vendor says that they are one were said to be two.
    MergeOfferDismissed = "merge_offer.dismissed", Logins;
    /// A User was made from a Login that had ended badly.
    UserCreated = "user.created", Logins;
    /// An Identity was given to a User.
    IdentityLinked = "identity.linked", Logins;
    /// An Identity was taken from a User.
    IdentityUnlinked = "identity.unlinked", Logins;
    /// What a User's Logins granted was revoked.
    GrantsRevoked = "grants.revoked", Logins;
    /// An admin's role or reach was changed.
    AdminChanged = "admin.changed", Admins;
    /// An admin may not come in any more.
    AdminDisabled = "admin.disabled", Admins;
    /// An admin may come in again.
    AdminEnabled = "admin.enabled", Admins;
    /// An admin took another password.
    AdminPasswordChanged = "admin.password_changed", Admins;
    /// An admin got new recovery codes in the place of the old ones.
    AdminRecoveryRenewed = "admin.recovery_codes_renewed", Admins;
    /// Somebody inside tried what they may not; the target is the ability.
    AdminForbidden = "admin.forbidden", Admins;
    /// An admin got a passkey.
    PasskeyAdded = "admin.passkey_added", Admins;
    /// An admin's passkey was taken away.
    PasskeyRemoved = "admin.passkey_removed", Admins;
    /// An API token was made.
    ApiTokenCreated = "api_token.created", Admins;
    /// An API token was taken away.
    ApiTokenRevoked = "api_token.revoked", Admins;
    /// An API token was used that opens nothing any more, or not from there; the detail tells why.
    ApiTokenRefused = "api_token.refused", Admins;
    /// A setting was changed.
    SettingsChanged = "settings.changed", Admins;
    /// A key that signs id tokens was made; it is published from then on.
    SigningKeyCreated = "signing_key.created", Admins;
    /// A key that signed id tokens was taken out.
    SigningKeyRemoved = "signing_key.removed", Admins;
    /// Logins were taken away as a file.
    LoginsExported = "login.exported", Admins;
    /// People were taken away as a file; the detail is the filter, without what was looked for.
    UsersExported = "user.exported", Admins;
    /// The audit was taken away as a file.
    AuditExported = "audit.exported", Admins;
    /// Old rows of the audit were deleted, up to a checkpoint.
    AuditCut = "audit.cut", Admins;
}

#[cfg(test)]
mod tests {
    use super::Action;
    use std::collections::BTreeSet;

    #[test]
    fn every_word_stands_for_one_action() {
        let words: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(words.len(), Action::ALL.len());
    }
}
