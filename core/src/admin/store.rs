//! What must be kept of admins, as whole changes: each method is one transaction with its audit row.

use super::{
    Admin, AdminLink, AdminName, AdminUpdate, ApiToken, Ceremony, HashedPassword, NewLink, NewPasskey,
    NewSession, NewToken, Passkey, PasskeyRemoval, PasskeyUse, Session,
};
use crate::audit::AuditEntry;
use crate::id::{AdminId, PasskeyId, SessionId, TokenId};
use crate::{SecretHash, StoreError, Timestamp};
use async_trait::async_trait;

/// How an admin proves who they are.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The password.
    pub password: HashedPassword,
    /// The app's key, sealed; none for who has a passkey instead.
    pub totp: Option<String>,
}

/// Somebody becomes an admin, or gets new credentials.
#[derive(Debug, Clone)]
pub struct Enrolling {
    /// The link that is spent with it.
    pub link: SecretHash,
    /// As they will be kept.
    pub admin: Admin,
    /// How they will prove who they are.
    pub credentials: Credentials,
    /// The step of the code they have shown the app with; it counts as used. 0 without an app.
    pub totp_step: i64,
    /// The passkey they have shown; all earlier ones go.
    pub passkey: Option<NewPasskey>,
    /// Hashes of their recovery codes; all earlier ones go, and all earlier sessions.
    pub recovery: Vec<SecretHash>,
    /// The session it begins.
    pub session: NewSession,
    /// The audit's row.
    pub audit: AuditEntry,
}

/// What was used up as second factor.
#[derive(Debug, Clone)]
pub enum FactorUse {
    /// The code of this step; it and all earlier ones are spent.
    Totp(i64),
    /// This recovery code.
    Recovery(SecretHash),
    /// This passkey, which has counted on.
    Passkey(PasskeyUse),
}

/// Somebody proved who they are.
#[derive(Debug, Clone)]
pub struct LoggingIn {
    /// Who.
    pub admin: AdminId,
    /// What was used up.
    pub factor: FactorUse,
    /// The hash that the password was checked against; it must still be the one. A passkey needs none.
    pub verified: Option<HashedPassword>,
    /// The password, hashed anew, when the kept hash is outdated.
    pub rehashed: Option<HashedPassword>,
    /// The session it begins.
    pub session: NewSession,
    /// The session it takes the place of (step-up).
    pub replaces: Option<SessionId>,
    /// The audit's row.
    pub audit: AuditEntry,
}

/// Keeps admins.
#[async_trait]
pub trait AdminStore: Send + Sync {
    /// Whether there is any admin.
    async fn has_admins(&self) -> Result<bool, StoreError>;

    /// The admin of this name, enabled or not.
    async fn find_admin(&self, name: &AdminName) -> Result<Option<Admin>, StoreError>;

    /// The admin of this id, enabled or not.
    async fn find_admin_by_id(&self, id: &AdminId) -> Result<Option<Admin>, StoreError>;

    /// How an admin proves who they are.
    async fn find_credentials(&self, id: &AdminId) -> Result<Option<Credentials>, StoreError>;

    /// Keeps a link.
    async fn create_link(&self, link: &NewLink, audit: &AuditEntry) -> Result<(), StoreError>;

    /// The link of this hash, if it has not been used and not run out.
    async fn find_link(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<AdminLink>, StoreError>;

    /// Links that can be used, the oldest first.
    async fn list_links(&self, now: Timestamp) -> Result<Vec<NewLink>, StoreError>;

    /// Takes a link out before it is used. False when it is not there.
    async fn delete_link(&self, hash: &SecretHash, audit: &AuditEntry) -> Result<bool, StoreError>;

    /// Spends the link and keeps the admin, credentials, recovery codes and session. False, and nothing
    /// kept, when the link was spent meanwhile; `Exists` when the name is taken.
    async fn enrol(&self, enrolling: &Enrolling) -> Result<bool, StoreError>;

    /// Spends the factor and begins the session. False, and nothing kept, when the factor was spent
    /// already or the admin was disabled meanwhile.
    async fn log_in(&self, logging_in: &LoggingIn) -> Result<bool, StoreError>;

    /// The session of this hash and whose it is, whatever its age.
    async fn find_session(&self, hash: &SecretHash) -> Result<Option<(Session, Admin)>, StoreError>;

    /// Notes that a session was used.
    async fn touch_session(&self, id: &SessionId, now: Timestamp) -> Result<(), StoreError>;

    /// An admin's sessions, the last used first.
    async fn list_sessions(&self, admin: &AdminId) -> Result<Vec<Session>, StoreError>;

    /// Ends a session of this admin; false when there was none.
    async fn end_session(
        &self,
        admin: &AdminId,
        id: &SessionId,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Keeps a passkey; `Exists` when the credential is known.
    async fn create_passkey(&self, passkey: &NewPasskey, audit: &AuditEntry) -> Result<(), StoreError>;

    /// An admin's passkeys, the oldest first.
    async fn list_passkeys(&self, admin: &AdminId) -> Result<Vec<Passkey>, StoreError>;

    /// The passkey whose credential has this hash.
    async fn find_passkey(&self, hash: &SecretHash) -> Result<Option<Passkey>, StoreError>;

    /// Takes one away, unless no second factor would be left, or, with `needs_one`, no passkey.
    async fn remove_passkey(
        &self,
        admin: &AdminId,
        id: &PasskeyId,
        needs_one: bool,
        audit: &AuditEntry,
    ) -> Result<PasskeyRemoval, StoreError>;

    /// Keeps a ceremony under the hash of what the browser will bring.
    async fn create_ceremony(&self, hash: &SecretHash, ceremony: &Ceremony) -> Result<(), StoreError>;

    /// Takes a ceremony that has not run out: nobody else gets it.
    async fn take_ceremony(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Ceremony>, StoreError>;

    /// How many recovery codes an admin has.
    async fn count_recovery_codes(&self, admin: &AdminId) -> Result<usize, StoreError>;

    /// Puts these in the place of an admin's recovery codes.
    async fn replace_recovery_codes(
        &self,
        admin: &AdminId,
        hashes: &[SecretHash],
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// Puts a password in the place of the one before; of the admin's sessions only this one stays. False, and
    /// nothing is changed, when that has ended.
    async fn change_password(
        &self,
        admin: &AdminId,
        password: &HashedPassword,
        stays: &SessionId,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Writes down what happened when nothing else changed: a wrong password.
    async fn note(&self, audit: &AuditEntry) -> Result<(), StoreError>;

    /// All admins, by name.
    async fn list_admins(&self) -> Result<Vec<Admin>, StoreError>;

    /// Puts this in the place of the version before it; whoever is disabled loses their sessions. Nothing
    /// is written unless an enabled owner remains.
    async fn update_admin(&self, admin: &Admin, audit: &[AuditEntry]) -> Result<AdminUpdate, StoreError>;

    /// Keeps a token.
    async fn create_token(&self, token: &NewToken, audit: &AuditEntry) -> Result<(), StoreError>;

    /// All tokens, the newest first.
    async fn list_tokens(&self) -> Result<Vec<ApiToken>, StoreError>;

    /// The token of this hash and whose it is, whatever its state.
    async fn find_token(&self, hash: &SecretHash) -> Result<Option<(ApiToken, Admin)>, StoreError>;

    /// Notes that a token was used.
    async fn touch_token(&self, id: &TokenId, now: Timestamp) -> Result<(), StoreError>;

    /// Takes a token away; false when there is none, or it was taken away before.
    async fn revoke_token(
        &self,
        id: &TokenId,
        now: Timestamp,
        audit: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Deletes sessions that began or were seen before these moments, and links and ceremonies that ran out.
    async fn delete_old_sessions(
        &self,
        began_before: Timestamp,
        seen_before: Timestamp,
        links_before: Timestamp,
    ) -> Result<usize, StoreError>;
}
