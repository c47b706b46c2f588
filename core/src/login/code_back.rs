//! Code-back: the phone shows six digits once its person has consented, and the browser must give them back
//! (assurance `code_back`). A browser whose code was carried to somebody far away does not see their phone.
//!
//! The digits are made from the Login and never kept: whoever reads the database does not learn them, and a phone
//! that asks again is shown the same. Three wrong ones end the Login; the browser is never told them.

use super::confirm::Consent;
use super::rehearsal::known_for;
use super::{
    BrowserCredential, Event, Login, LoginService, ReadError, Reason, Stage, Transition, Verdict, next,
};
use crate::audit::Actor;
use crate::id::LoginId;
use crate::provider::Assurance;
use crate::{Secret, SecretHash, StoreError};
use serde::{Deserialize, Serialize};

/// Wrong digits that end a Login.
const TRIES: u8 = 3;
const MODULUS: u64 = 1_000_000;

/// A consent that waits for its digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBack {
    /// The name the person typed, for when it counts.
    pub nickname: Option<String>,
    /// How often the browser was wrong.
    pub wrong: u8,
}

/// What the phone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits(u32);

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// Why digits do not confirm.
#[derive(Debug, thiserror::Error)]
pub enum CodeBackError {
    /// No digits are waited for, or not yet.
    #[error("the login does not wait for digits")]
    NotAwaited(Stage),
    /// They are not those on the phone; there is another try.
    #[error("these are not the digits on the phone")]
    Wrong,
    /// As for reading.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl LoginService {
    /// The person at the browser typed what they read on the phone. The Login as it stands then: confirmed, or
    /// ended by one wrong try too many.
    pub async fn code_back(
        &self,
        id: &LoginId,
        credential: &BrowserCredential,
        digits: &str,
    ) -> Result<Login, CodeBackError> {
        loop {
            let login = self.find(id, credential).await?;
            let waiting = login.code_back.clone().filter(|_| login.stage == Stage::Scanned);
            let Some(waiting) = waiting else {
                let is_settled = login.stage.is_end() || login.stage == Stage::Confirmed;
                return if is_settled { Ok(login) } else { Err(CodeBackError::NotAwaited(login.stage)) };
            };
            if Secret::new(self.digits(&login).to_string()).same_as(digits) {
                self.confirm_by_digits(&login, &waiting).await.map_err(ReadError::Store)?;
            } else if self.miss(login, waiting).await.map_err(ReadError::Store)? {
                return Err(CodeBackError::Wrong);
            }
        }
    }

    /// What the phone of this Login shows.
    pub(super) fn digits(&self, login: &Login) -> Digits {
        let phone = login.companion_hash.as_ref().map(SecretHash::as_str).unwrap_or_default();
        let derived = self.parts.keyring.derive("code back", &[login.id.as_str(), phone]);
        let number = derived.expose().bytes().fold(0_u64, |sum, byte| {
            // Of 43 characters none is lost, and the remainder is as even as they are.
            (sum * 256 + u64::from(byte)) % MODULUS
        });
        Digits(u32::try_from(number).unwrap_or_default())
    }

    /// Keeps a consent until its digits come. None when the Login moved meanwhile.
    pub(super) async fn keep_consent(
        &self,
        login: &Login,
        nickname: Option<&str>,
    ) -> Result<Option<Digits>, StoreError> {
        let waiting = CodeBack { nickname: nickname.map(str::to_owned), wrong: 0 };
        let kept = self.waiting(login, waiting).await?;
        Ok(kept.then(|| self.digits(login)))
    }

    /// Whether a consent is enough only with digits.
    pub(super) fn wants_digits(login: &Login) -> bool {
        login.assurance == Assurance::CodeBack
    }

    async fn waiting(&self, login: &Login, waiting: CodeBack) -> Result<bool, StoreError> {
        let Verdict::Go(stage) = next(login.stage, Event::Consent) else { return Ok(false) };
        let moved = self.moved(login, stage, self.parts.clock.now());
        let after = Login { code_back: Some(waiting), ..moved };
        let change = Transition { from: login.stage, from_version: login.version, after, audit: None };
        let written = self.parts.store.transition_login(&change).await?;
        if written {
            self.written(&login.id);
        }
        Ok(written)
    }

    async fn confirm_by_digits(&self, login: &Login, waiting: &CodeBack) -> Result<(), StoreError> {
        let (Some(proof), Some(phone)) = (login.proof.clone(), &login.companion_hash) else {
            return Err(StoreError::Corrupt("login"));
        };
        let known = self.parts.store.find_login_by_companion(phone).await?.and_then(|(_, known)| known);
        let known = known_for(login, known);
        let consent = Consent { proof, known, nickname: waiting.nickname.as_deref(), push_key: None };
        self.confirm(login, Stage::Confirmed, consent).await.map(drop)
    }

    /// Counts a wrong try. False when that was the last one, or the Login moved: then it is looked at again.
    async fn miss(&self, login: Login, waiting: CodeBack) -> Result<bool, StoreError> {
        let wrong = waiting.wrong.saturating_add(1);
        if wrong >= TRIES {
            self.end(login, Event::Deny, &Actor::Browser, Reason::WrongDigits).await?;
            return Ok(false);
        }
        self.waiting(&login, CodeBack { wrong, ..waiting }).await
    }
}
