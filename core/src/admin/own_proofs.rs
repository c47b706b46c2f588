//! What admins change of what they prove themselves with, once inside: the password, the recovery codes.
//! Here in person and freshly proven; programs have no business with it.

use super::{AdminService, Caller, PasswordProblem, RECOVERY_CODES, RecoveryCode, Refusal, check_password};
use crate::audit::{Action, AuditEntry};
use crate::{Secret, StoreError};

/// Why it stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum OwnProofError {
    /// Not in person, or not freshly proven.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The password will not do.
    #[error("the password {0}")]
    Password(#[from] PasswordProblem),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AdminService {
    /// How many recovery codes the caller still has.
    pub async fn count_recovery_codes(&self, caller: &Caller) -> Result<usize, StoreError> {
        self.parts.store.count_recovery_codes(&caller.admin.id).await
    }

    /// Takes another password. The caller's other sessions end: whoever knew the old one may sit there.
    pub async fn change_password(&self, caller: &Caller, password: &Secret) -> Result<(), OwnProofError> {
        let session = caller.session().ok_or(Refusal::Forbidden)?;
        caller.proven(self.parts.clock.now())?;
        check_password(password, caller.admin.name.as_str())?;
        let hash = self.parts.passwords.hash(password).await;
        let row = self.own_proof_row(caller, Action::AdminPasswordChanged);
        let changed = self.parts.store.change_password(&caller.admin.id, &hash, session, &row).await?;
        // The session was ended while the password was hashed.
        if changed { Ok(()) } else { Err(Refusal::StepUp.into()) }
    }

    /// New recovery codes, to be shown once; the old ones open nothing any more.
    pub async fn renew_recovery_codes(&self, caller: &Caller) -> Result<Vec<RecoveryCode>, OwnProofError> {
        caller.proven(self.parts.clock.now())?;
        let entropy = &*self.parts.entropy;
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::generate(entropy)).collect();
        let hashes: Vec<_> = codes.iter().map(|code| code.hash(&caller.admin.name)).collect();
        let row = self.own_proof_row(caller, Action::AdminRecoveryRenewed);
        self.parts.store.replace_recovery_codes(&caller.admin.id, &hashes, &row).await?;
        Ok(codes)
    }

    fn own_proof_row(&self, caller: &Caller, action: Action) -> AuditEntry {
        caller.row(&*self.parts.entropy, self.parts.clock.now(), action, caller.admin.id.as_str())
    }
}
