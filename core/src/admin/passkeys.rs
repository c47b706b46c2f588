//! One's own passkeys: listed, added after a fresh proof, taken away. Ceremonies begin and end here:
//! each is answered once, within minutes, by the session or link that it was begun for.

use super::passkey::{credential_hash, credential_place, handle_of, passkey_name, place_key};
use super::{
    Admin, AdminService, Begun, CEREMONY_SECONDS, Caller, Ceremony, CeremonyKind, Credential, Holder,
    NewPasskey, Passkey, PasskeyProblem, PasskeyRemoval, Question, Refusal, Role,
};
use crate::audit::{Action, AuditOutcome};
use crate::id::{AdminId, PasskeyId};
use crate::seal::SealError;
use crate::{Secret, SecretHash, StoreError};

/// Why a passkey was not added, or not taken away.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// It needs a fresh proof, or is not for whoever calls.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The answer is not taken.
    #[error(transparent)]
    Problem(#[from] PasskeyProblem),
    /// No name.
    #[error("a name has 1 to 60 characters that can be shown")]
    Name,
    /// Somebody has this very passkey.
    #[error("this passkey is known here already")]
    Known,
    /// There is no such.
    #[error("there is no such passkey")]
    NotFound,
    /// No second factor would be left.
    #[error("this is the last second factor; add another passkey first")]
    LastFactor,
    /// Owners need one.
    #[error("owners need a passkey here; add another first")]
    OwnersNeedOne,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The credential could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

fn ceremony_hash(secret: &str) -> SecretHash {
    SecretHash::of_parts(&["passkey ceremony", secret])
}

impl AdminService {
    /// Whether passkeys can be offered at the house's address.
    pub fn can_use_passkeys(&self) -> bool {
        self.parts.passkeys.is_possible()
    }

    /// Whether this admin may not do without a passkey. Not where browsers allow none: that would shut
    /// every owner out.
    pub(super) fn needs_passkey(&self, admin: &Admin) -> bool {
        admin.role == Role::Owner
            && self.can_use_passkeys()
            && self.parts.settings.current().owners_need_passkeys
    }

    /// The caller's own, the oldest first.
    pub async fn list_passkeys(&self, caller: &Caller) -> Result<Vec<Passkey>, StoreError> {
        self.parts.store.list_passkeys(&caller.admin.id).await
    }

    /// Asks the caller's browser for one more.
    pub async fn begin_passkey(&self, caller: &Caller) -> Result<Begun, PasskeyError> {
        caller.proven(self.parts.clock.now())?;
        let known = self.credential_ids(&caller.admin.id).await?;
        let question = self.parts.passkeys.ask_new(&holder(&caller.admin), &known)?;
        let admin = Some(caller.admin.id.clone());
        Ok(self.begin_ceremony(CeremonyKind::Add, bound(caller), admin, question).await?)
    }

    /// Keeps what the browser answered.
    pub async fn add_passkey(
        &self,
        caller: &Caller,
        (ceremony, answer): (&str, &str),
        name: &str,
    ) -> Result<(), PasskeyError> {
        let now = self.parts.clock.now();
        caller.proven(now)?;
        let name = passkey_name(name).ok_or(PasskeyError::Name)?;
        let ceremony = self.take_ceremony(ceremony, CeremonyKind::Add, bound(caller)).await??;
        let row = caller.row(&*self.parts.entropy, now, Action::PasskeyAdded, caller.admin.id.as_str());
        let credential = match self.parts.passkeys.take_new(&ceremony.state, answer) {
            Ok(credential) => credential,
            Err(problem) => {
                self.parts.store.note(&row.ended(AuditOutcome::Refused, problem.as_str())).await?;
                return Err(problem.into());
            }
        };
        let new = self.new_passkey(&caller.admin.id, name, &credential)?;
        let row = row.ended(AuditOutcome::Success, new.passkey.id.as_str());
        match self.parts.store.create_passkey(&new, &row).await {
            Err(StoreError::Exists(_)) => Err(PasskeyError::Known),
            done => Ok(done?),
        }
    }

    /// Takes one away; never what its holder cannot do without.
    pub async fn remove_passkey(&self, caller: &Caller, id: &PasskeyId) -> Result<(), PasskeyError> {
        let now = self.parts.clock.now();
        caller.proven(now)?;
        let needs_one = self.needs_passkey(&caller.admin);
        let row = caller.row(&*self.parts.entropy, now, Action::PasskeyRemoved, caller.admin.id.as_str());
        let row = row.ended(AuditOutcome::Success, id.as_str());
        match self.parts.store.remove_passkey(&caller.admin.id, id, needs_one, &row).await? {
            PasskeyRemoval::Done => Ok(()),
            PasskeyRemoval::NotFound => Err(PasskeyError::NotFound),
            PasskeyRemoval::LastFactor if needs_one => Err(PasskeyError::OwnersNeedOne),
            PasskeyRemoval::LastFactor => Err(PasskeyError::LastFactor),
        }
    }

    /// A credential as it will be kept.
    pub(super) fn new_passkey(
        &self,
        admin: &AdminId,
        name: String,
        credential: &Credential,
    ) -> Result<NewPasskey, SealError> {
        let id = PasskeyId::generate(&*self.parts.entropy);
        let sealed = self.seal_credential(admin, &id, credential)?;
        let passkey = Passkey {
            id,
            admin: admin.clone(),
            name,
            credential: sealed,
            counter: credential.counter,
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backed_up,
            created_at: self.parts.clock.now(),
            last_used_at: None,
        };
        Ok(NewPasskey { passkey, hash: credential_hash(&credential.id) })
    }

    pub(super) fn seal_credential(
        &self,
        admin: &AdminId,
        id: &PasskeyId,
        credential: &Credential,
    ) -> Result<String, SealError> {
        let key = place_key(admin, id);
        let text = format!("{} {}", credential.id, credential.document);
        self.parts.keyring.seal(&*self.parts.entropy, credential_place(&key), text.as_bytes())
    }

    /// Id and document of a credential, if the row is where it was written.
    pub(super) fn open_credential(&self, passkey: &Passkey) -> Option<(String, String)> {
        let key = place_key(&passkey.admin, &passkey.id);
        let bytes = self.parts.keyring.open(credential_place(&key), &passkey.credential).ok()?;
        let (id, document) = str::from_utf8(&bytes).ok()?.split_once(' ')?;
        Some((id.to_owned(), document.to_owned()))
    }

    /// Ids of an admin's credentials, for authenticators to find themselves by.
    pub(super) async fn credential_ids(&self, admin: &AdminId) -> Result<Vec<String>, StoreError> {
        let passkeys = self.parts.store.list_passkeys(admin).await?;
        Ok(passkeys.iter().filter_map(|passkey| Some(self.open_credential(passkey)?.0)).collect())
    }

    /// Keeps a question until it is answered.
    pub(super) async fn begin_ceremony(
        &self,
        kind: CeremonyKind,
        bound: &str,
        admin: Option<AdminId>,
        question: Question,
    ) -> Result<Begun, StoreError> {
        let secret = Secret::generate(&*self.parts.entropy);
        let expires_at = self.parts.clock.now().plus_seconds(CEREMONY_SECONDS);
        let ceremony = Ceremony { kind, bound: bound.to_owned(), admin, state: question.state, expires_at };
        self.parts.store.create_ceremony(&ceremony_hash(secret.expose()), &ceremony).await?;
        Ok(Begun { ceremony: secret, options: question.options })
    }

    /// The question that is answered; whatever becomes of the answer, there is no second.
    pub(super) async fn take_ceremony(
        &self,
        secret: &str,
        kind: CeremonyKind,
        bound: &str,
    ) -> Result<Result<Ceremony, PasskeyProblem>, StoreError> {
        let found = self.parts.store.take_ceremony(&ceremony_hash(secret), self.parts.clock.now()).await?;
        let own = found.filter(|ceremony| ceremony.kind == kind && ceremony.bound == bound);
        Ok(own.ok_or(PasskeyProblem::Expired))
    }
}

/// As authenticators know them.
pub(super) fn holder(admin: &Admin) -> Holder {
    Holder { handle: handle_of(&admin.id), name: admin.name.clone() }
}

/// The session a caller's ceremonies belong to.
pub(super) fn bound(caller: &Caller) -> &str {
    caller.session().map_or("", |session| session.as_str())
}
