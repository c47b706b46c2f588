//! What must be kept of authorizations. Each method owns its whole change and the audit row with it.

use super::{Authorization, DeviceRequest, Parameters, Polled, PushedRequest, SignedOn};
use crate::SecretHash;
use crate::StoreError;
use crate::Timestamp;
use crate::audit::AuditEntry;
use crate::client::ClientId;
use crate::grant::{Consent, ConsentStore};
use crate::id::{AuthorizationId, LoginId};
use crate::login::{IssuedCode, Login};
use crate::session::NewSession;
use async_trait::async_trait;

/// Somebody's confirmed Login is taken over by the authorization it was begun for.
#[derive(Debug, Clone)]
pub struct SignOn {
    /// The authorization.
    pub authorization: AuthorizationId,
    /// The session that begins, or goes on when it is the same User's.
    pub session: NewSession,
    /// The present moment.
    pub now: Timestamp,
    /// The row for the Login's end; the store adds what it is about.
    pub redeemed: AuditEntry,
}

/// Makes the audit row of a Login that ends, once it is known which one that is.
pub type EndOf<'a> = &'a (dyn Fn(&Login) -> AuditEntry + Send + Sync);

/// Keeps authorizations.
#[async_trait]
pub trait AuthorizationStore: ConsentStore {
    /// Stores a new one.
    async fn create_authorization(&self, authorization: &Authorization) -> Result<(), StoreError>;

    /// The one of this id.
    async fn find_authorization(&self, id: &AuthorizationId) -> Result<Option<Authorization>, StoreError>;

    /// Takes the confirmed, live Login of this authorization: redeems it, and the browser is signed on. None
    /// when there is no such Login.
    async fn sign_on(&self, sign_on: &SignOn) -> Result<Option<(Authorization, Login)>, StoreError>;

    /// Signs an authorization that nobody has redeemed on by a session; whatever somebody else said or was
    /// given before counts no longer. None when there is no such authorization.
    async fn put_signed_on(
        &self,
        id: &AuthorizationId,
        by: &SignedOn,
    ) -> Result<Option<Authorization>, StoreError>;

    /// Cancels every Login of this authorization that is under way, with an audit row each; says which.
    async fn cancel_logins(
        &self,
        id: &AuthorizationId,
        now: Timestamp,
        end: EndOf<'_>,
    ) -> Result<Vec<LoginId>, StoreError>;
    /// Redeems the confirmed, live Login of this authorization, which only proves somebody; false when there is
    /// no such Login. The row is that of its end; the store adds what it is about.
    async fn take_proof(
        &self,
        id: &AuthorizationId,
        now: Timestamp,
        redeemed: &AuditEntry,
    ) -> Result<bool, StoreError>;

    /// The newest Login that was taken so.
    async fn find_proof(&self, id: &AuthorizationId) -> Result<Option<Login>, StoreError>;

    /// Notes that the person of this authorization consents, and keeps it for the next time if it is to be
    /// remembered.
    async fn put_consent(
        &self,
        authorization: &AuthorizationId,
        at: Timestamp,
        remembered: Option<&Consent>,
    ) -> Result<(), StoreError>;

    /// Gives an authorization that nobody has redeemed a new code in the place of any older one; false when it
    /// has been redeemed.
    async fn put_authorization_code(
        &self,
        id: &AuthorizationId,
        code: &IssuedCode,
    ) -> Result<bool, StoreError>;

    /// Keeps a request for when the browser comes.
    async fn put_pushed_request(&self, pushed: &PushedRequest) -> Result<(), StoreError>;

    /// Takes the live one of this address and Client away: it is good once.
    async fn take_pushed_request(
        &self,
        hash: &SecretHash,
        client: &str,
        now: Timestamp,
    ) -> Result<Option<Parameters>, StoreError>;

    /// Keeps a device's wish.
    async fn put_device_request(&self, request: &DeviceRequest) -> Result<(), StoreError>;

    /// The one whose person types this.
    async fn find_device_request(&self, user: &SecretHash) -> Result<Option<DeviceRequest>, StoreError>;

    /// The one that this authorization answers.
    async fn find_device_of(&self, id: &AuthorizationId) -> Result<Option<DeviceRequest>, StoreError>;

    /// Stores an authorization for a device that nobody has taken up before; false when somebody has.
    async fn take_up_device(
        &self,
        device: &SecretHash,
        authorization: &Authorization,
    ) -> Result<bool, StoreError>;

    /// A device's request is decided by another authorization from now on.
    async fn move_device(&self, from: &AuthorizationId, to: &AuthorizationId) -> Result<(), StoreError>;

    /// How the device's request stands, and that it has asked.
    async fn poll_device(
        &self,
        device: &SecretHash,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<Polled, StoreError>;

    /// The person of this authorization said no.
    async fn deny_device(&self, id: &AuthorizationId, now: Timestamp) -> Result<(), StoreError>;

    /// Deletes devices' wishes that ended before `before`, at most `limit`; says how many.
    async fn delete_device_requests(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;

    /// Deletes those that ended before `before`, at most `limit`; says how many.
    async fn delete_pushed_requests(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;

    /// Deletes authorizations that ended before `before`, those that somebody signed on to before `signed_before`,
    /// at most `limit`; says how many.
    async fn delete_old_authorizations(
        &self,
        before: Timestamp,
        signed_before: Timestamp,
        limit: i64,
    ) -> Result<usize, StoreError>;
}
