//! Logging in and proving it again by passkey.
//!
//! A passkey checks who uses it, so it is two factors by itself: whoever holds one that names its holder
//! needs no name and no password. One that keeps no name answers after name and password, in place of
//! the app's code.

use super::log_in::Proven;
use super::passkey::{credential_hash, handle_of};
use super::passkeys::bound;
use super::service::Guesser;
use super::{
    Admin, AdminName, AdminService, Begun, Caller, Ceremony, CeremonyKind, FactorUse, LogInError, LoggedIn,
    PasskeyProblem, PasskeyUse, Visit,
};
use crate::id::SessionId;
use crate::{Secret, StoreError};

/// An answer that is not taken, and whose it seems to be.
struct NotTaken {
    admin: Option<Admin>,
    problem: PasskeyProblem,
}

impl From<PasskeyProblem> for NotTaken {
    fn from(problem: PasskeyProblem) -> Self {
        Self { admin: None, problem }
    }
}

impl AdminService {
    /// Asks a browser at the door for a passkey: any that names its holder, or, after a right name and
    /// password, one of this admin's.
    pub async fn begin_passkey_log_in(
        &self,
        name: &str,
        password: &Secret,
        visit: &Visit,
    ) -> Result<Begun, LogInError> {
        let named = !name.trim().is_empty() && !password.expose().is_empty();
        let name = name.parse::<AdminName>().ok().filter(|_| named);
        let (admin, ids) = if named {
            self.slow_down(name.as_ref(), visit)?;
            let admin = self.by_password(name.as_ref(), password, visit).await?;
            let ids = self.credential_ids(&admin.id).await?;
            if ids.is_empty() {
                // Which part was right is told to nobody who has not shown all.
                return self.refuse(Some(&admin), visit, "no_passkey").await;
            }
            (Some(admin.id), ids)
        } else {
            let guesser = Guesser::Nameless { address: visit.address };
            self.parts.guesses.count(&guesser).map_err(LogInError::Wait)?;
            (None, Vec::new())
        };
        let question = self.parts.passkeys.ask(&ids)?;
        Ok(self.begin_ceremony(CeremonyKind::LogIn, "", admin, question).await?)
    }

    /// Lets in whoever's passkey answered.
    pub async fn log_in_by_passkey(
        &self,
        (ceremony, answer): (&str, &str),
        visit: &Visit,
    ) -> Result<LoggedIn, LogInError> {
        let ceremony = self.take_ceremony(ceremony, CeremonyKind::LogIn, "").await??;
        self.prove_by_passkey(&ceremony, answer, visit, None).await
    }

    /// Asks the browser of somebody who is in for one of their passkeys.
    pub async fn begin_passkey_proof(&self, caller: &Caller, visit: &Visit) -> Result<Begun, LogInError> {
        self.slow_down(Some(&caller.admin.name), visit)?;
        let ids = self.credential_ids(&caller.admin.id).await?;
        if ids.is_empty() {
            return Err(PasskeyProblem::Unknown.into());
        }
        let question = self.parts.passkeys.ask(&ids)?;
        let admin = Some(caller.admin.id.clone());
        Ok(self.begin_ceremony(CeremonyKind::Prove, bound(caller), admin, question).await?)
    }

    /// Takes a fresh proof by passkey, and gives the browser a new session for the old.
    pub async fn step_up_by_passkey(
        &self,
        caller: &Caller,
        (ceremony, answer): (&str, &str),
        visit: &Visit,
    ) -> Result<LoggedIn, LogInError> {
        let session = caller.session().cloned().ok_or(LogInError::Wrong)?;
        let ceremony = self.take_ceremony(ceremony, CeremonyKind::Prove, bound(caller)).await??;
        self.prove_by_passkey(&ceremony, answer, visit, Some(session)).await
    }

    async fn prove_by_passkey(
        &self,
        ceremony: &Ceremony,
        answer: &str,
        visit: &Visit,
        replaces: Option<SessionId>,
    ) -> Result<LoggedIn, LogInError> {
        let (admin, used) = match self.answered(ceremony, answer).await? {
            Ok(answered) => answered,
            Err(NotTaken { admin, problem }) => {
                self.note_refused(admin.as_ref(), visit, problem.as_str()).await?;
                return Err(problem.into());
            }
        };
        let proven = Proven { factor: FactorUse::Passkey(used), verified: None, rehashed: None };
        let inside = self.let_in(&admin, proven, visit, replaces).await?;
        if inside.is_none() {
            // Somebody was faster with the same count, or the passkey was taken away in between.
            self.note_refused(Some(&admin), visit, PasskeyProblem::CounterBack.as_str()).await?;
        }
        inside.ok_or(LogInError::Passkey(PasskeyProblem::CounterBack))
    }

    /// Whose passkey answered, and what that leaves behind. What is not right is told apart for the
    /// audit; whose it was is looked at before the signature, as only that tells which key to check by.
    async fn answered(
        &self,
        ceremony: &Ceremony,
        answer: &str,
    ) -> Result<Result<(Admin, PasskeyUse), NotTaken>, StoreError> {
        let answerer = match self.parts.passkeys.read(answer) {
            Ok(answerer) => answerer,
            Err(problem) => return Ok(Err(problem.into())),
        };
        let found = self.parts.store.find_passkey(&credential_hash(&answerer.credential)).await?;
        let Some(passkey) = found else { return Ok(Err(PasskeyProblem::Unknown.into())) };
        let admin = self.parts.store.find_admin_by_id(&passkey.admin).await?;
        let Some(admin) = admin.filter(|admin| admin.enabled) else {
            return Ok(Err(PasskeyProblem::Unknown.into()));
        };
        let refused = |problem| Ok(Err(NotTaken { admin: Some(admin.clone()), problem }));
        let is_asked = ceremony.admin.as_ref().is_none_or(|asked| *asked == admin.id);
        let own_handle = handle_of(&admin.id);
        let is_holder = match &answerer.handle {
            Some(handle) => *handle == own_handle,
            // Without a name before, the passkey must say whose it is.
            None => ceremony.admin.is_some(),
        };
        if !is_asked || !is_holder {
            return refused(PasskeyProblem::Unknown);
        }
        let Some((_, document)) = self.open_credential(&passkey) else {
            return refused(PasskeyProblem::Invalid);
        };
        let credential = match self.parts.passkeys.take(&ceremony.state, answer, &document) {
            Ok(credential) => credential,
            Err(problem) => return refused(problem),
        };
        let Ok(sealed) = self.seal_credential(&admin.id, &passkey.id, &credential) else {
            return refused(PasskeyProblem::Invalid);
        };
        let used = PasskeyUse {
            id: passkey.id,
            credential: sealed,
            counter: credential.counter,
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backed_up,
        };
        Ok(Ok((admin, used)))
    }
}
