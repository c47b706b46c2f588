//! The person decides on the phone, and the account that a confirmation leads to.
//!
//! Only the newest companion token of a Login counts. A redirect Login gets its code together with
//! its confirmation, because its answer goes to the website and not to the browser that began.

use super::choices::Choice;
use super::redirect::{login_page, with_code};
use super::{
    CompanionError, ConfirmOutcome, Confirmation, Confirmed, Digits, Event, IssuedCode, KnownIdentity, Login,
    LoginService, Number, Proof, Reason, Stage, Transition, Verdict, next,
};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::id::UserId;
use crate::user::{NewIds, NewName, clean_name};
use crate::{Secret, SecretHash, StoreError};

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Log in.
    Confirm {
        /// The name the person typed, if any.
        nickname: Option<String>,
        /// The number the person chose, where there was a choice.
        number: Option<Number>,
    },
    /// Do not.
    Deny {
        /// Whether the person says that somebody tries to trick them.
        reported: bool,
    },
    /// Afterwards: it was not them.
    Disown,
}

impl Decision {
    pub(super) const fn event(&self) -> Event {
        match self {
            Self::Confirm { .. } => Event::Confirm,
            Self::Deny { .. } => Event::Deny,
            Self::Disown => Event::Disown,
        }
    }

    /// Why a Login that this ends has ended.
    pub(super) const fn reason(&self) -> Reason {
        match self {
            Self::Deny { reported: true } => Reason::ReportedOnPhone,
            Self::Disown => Reason::Disowned,
            Self::Confirm { .. } | Self::Deny { .. } => Reason::DeclinedOnPhone,
        }
    }
}

/// What stands after a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The person is logged in.
    Confirmed,
    /// The person declined.
    Denied,
    /// The person chose another number than the page shows.
    WrongNumber,
    /// The person consented; the browser has yet to give these back.
    CodeBack(Digits),
    /// The person said that it was not them: what came of it is gone.
    Disowned,
}

impl Decided {
    /// The stage that stands for it.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Confirmed => Stage::Confirmed,
            Self::Denied | Self::WrongNumber | Self::Disowned => Stage::Denied,
            Self::CodeBack(_) => Stage::Scanned,
        }
    }

    /// What stands when nothing more changes: only a decline leaves a Login declined, and a phone that
    /// confirmed and asks again is told so, however far the website got.
    pub(super) fn stands(login: &Login) -> Self {
        match (login.stage, login.reason) {
            (Stage::Denied, Some(Reason::WrongNumber)) => Self::WrongNumber,
            (Stage::Denied, Some(Reason::Disowned)) => Self::Disowned,
            (Stage::Denied, _) => Self::Denied,
            _ => Self::Confirmed,
        }
    }
}

/// A consent, as far as the Login wants one.
pub(super) enum Consented {
    /// It is enough: the Login may be confirmed.
    Enough,
    /// It is not, and this is what stands.
    Not(Decided),
    /// A number has to be chosen.
    NumberMissing,
    /// The Login moved meanwhile.
    Again,
}

/// A consent that is about to be written.
pub(super) struct Consent<'a> {
    /// Who consented, as the vendor proved.
    pub(super) proof: Proof,
    /// The Identity, if we know it.
    pub(super) known: Option<KnownIdentity>,
    /// The name the person typed.
    pub(super) nickname: Option<&'a str>,
    /// The push that brought it.
    pub(super) push_key: Option<String>,
}

/// A confirmation that was written.
pub(super) struct Written {
    /// Where the browser goes, when the website is answered by redirect.
    pub(super) to_site: Option<Secret>,
}

impl LoginService {
    /// Carries out what the companion's person chose; saying it twice changes nothing more.
    pub async fn decide(
        &self,
        companion_token: &Secret,
        decision: &Decision,
    ) -> Result<Decided, CompanionError> {
        let hash = SecretHash::of(companion_token.expose());
        loop {
            let found = self.parts.store.find_login_by_companion(&hash).await?;
            let (login, known) = found.ok_or(CompanionError::UnknownToken)?;
            let login = self.settle(login).await?;
            match next(login.stage, decision.event()) {
                Verdict::Stay if *decision == Decision::Disown => return Ok(self.disown(&login).await?),
                Verdict::Stay => return Ok(Decided::stands(&login)),
                Verdict::Refuse(_) if login.was_rehearsed() => return Ok(Decided::Confirmed),
                Verdict::Refuse(_) => return Err(CompanionError::Ended(login.stage)),
                // Written or overtaken: the next look tells which.
                Verdict::Go(Stage::Denied) if *decision == Decision::Disown => {
                    self.disown(&login).await?;
                }
                Verdict::Go(Stage::Denied) => {
                    let ended = self.end(login, Event::Deny, &Actor::Phone, decision.reason()).await?;
                    if ended.stage == Stage::Denied {
                        return Ok(Decided::Denied);
                    }
                }
                Verdict::Go(stage) => {
                    let Some(proof) = login.proof.clone() else { return Err(CompanionError::UnknownToken) };
                    let Decision::Confirm { nickname, number } = decision else { continue };
                    let nickname = nickname.as_deref();
                    match self.consented_to(&login, *number, nickname).await? {
                        Consented::NumberMissing => return Err(CompanionError::NumberMissing),
                        Consented::Not(decided) => return Ok(decided),
                        Consented::Again => continue,
                        Consented::Enough => {}
                    }
                    let consent = Consent { proof, known, nickname, push_key: None };
                    if self.confirm(&login, stage, consent).await?.is_some() {
                        return Ok(Decided::Confirmed);
                    }
                }
            }
        }
    }

    /// What a consent is worth: whether the number is right, and whether digits must come back.
    pub(super) async fn consented_to(
        &self,
        login: &Login,
        number: Option<Number>,
        nickname: Option<&str>,
    ) -> Result<Consented, StoreError> {
        match self.chosen(login, number) {
            Choice::Missing => return Ok(Consented::NumberMissing),
            Choice::Wrong => {
                let ended = self.end(login.clone(), Event::Deny, &Actor::Phone, Reason::WrongNumber).await?;
                let is_over = ended.stage == Stage::Denied;
                return Ok(if is_over { Consented::Not(Decided::stands(&ended)) } else { Consented::Again });
            }
            Choice::Right => {}
        }
        if !Self::wants_digits(login) {
            return Ok(Consented::Enough);
        }
        if login.code_back.is_some() {
            return Ok(Consented::Not(Decided::CodeBack(self.digits(login))));
        }
        let kept = self.keep_consent(login, nickname).await?;
        Ok(kept.map_or(Consented::Again, |digits| Consented::Not(Decided::CodeBack(digits))))
    }

    /// Writes a confirmation, unless the Login moved meanwhile, or ended here because of who it is.
    pub(super) async fn confirm(
        &self,
        login: &Login,
        stage: Stage,
        consent: Consent<'_>,
    ) -> Result<Option<Written>, StoreError> {
        if login.is_rehearsal() {
            return self.rehearsed(login, consent).await;
        }
        if login.client.is_of_linking() {
            return self.only_proven(login, stage, consent).await;
        }
        let is_answered_here = !login.challenge.is_code() && login.authorization.is_none();
        let code = is_answered_here.then(|| Secret::generate(&*self.parts.entropy));
        let confirmation = self.confirmation(login, stage, consent, code.as_ref());
        let user = match self.parts.store.confirm_login(&confirmation).await? {
            ConfirmOutcome::Confirmed(user) => user,
            ConfirmOutcome::Lost => return Ok(None),
            ConfirmOutcome::Disabled(user) => {
                self.turn_away(login, user, confirmation.proof).await?;
                return Ok(None);
            }
        };
        self.written(&login.id);
        self.care_for(login, user, confirmation);
        Ok(Some(Written { to_site: self.goes_on_at(login, code.as_ref()) }))
    }

    /// Ends the Login of somebody whom an admin has switched off; its row says who it was.
    async fn turn_away(&self, login: &Login, user: UserId, proof: Proof) -> Result<(), StoreError> {
        let theirs = Login { user: Some(user), proof: Some(proof), ..login.clone() };
        self.end(theirs, Event::Fail, &Actor::System, Reason::UserDisabled).await.map(drop)
    }

    fn care_for(&self, login: &Login, user: UserId, confirmation: Confirmation) {
        let has_alias = confirmation.known.is_some_and(|known| !known.alias_mark.is_empty());
        let identity = confirmation.proof.identity;
        self.parts.aftercare.confirmed(Confirmed {
            user,
            provider: login.provider.clone(),
            has_alias: has_alias || !identity.aliases.is_empty(),
            identity,
        });
    }

    /// Where a confirmed redirect's browser goes: to the website with a code, or on with what it answers.
    pub(super) fn goes_on_at(&self, login: &Login, code: Option<&Secret>) -> Option<Secret> {
        if let Some(to) = self.own_page_of(login) {
            return Some(to);
        }
        let uri = login.site.redirect_uri.as_ref()?;
        let address = with_code(uri, code?.expose(), login.site.state.as_deref(), &self.parts.issuer);
        Some(Secret::new(address))
    }

    /// Our own page, when a redirect Login answers an authorization: that goes on there, and only in the
    /// browser that began it.
    pub(super) fn own_page_of(&self, login: &Login) -> Option<Secret> {
        let authorization = login.authorization.as_ref().filter(|_| !login.challenge.is_code())?;
        Some(Secret::new(login_page(&self.parts.issuer, authorization)))
    }

    /// A code as it is stored.
    pub(super) fn issued(&self, code: &Secret) -> IssuedCode {
        let expires_at = self.parts.clock.now().plus_seconds(i64::from(self.parts.rules.auth_code_ttl));
        IssuedCode { hash: SecretHash::of(code.expose()), expires_at }
    }

    fn confirmation(
        &self,
        login: &Login,
        stage: Stage,
        consent: Consent<'_>,
        code: Option<&Secret>,
    ) -> Confirmation {
        let Consent { proof, known, nickname, push_key } = consent;
        let now = self.parts.clock.now();
        let entropy = &*self.parts.entropy;
        let after = Login {
            expires_at: self.parts.rules.next_deadline(stage, login.created_at, login.expires_at),
            proof: Some(proof.clone()),
            code: code.map(|code| self.issued(code)),
            push_key: push_key.or_else(|| login.push_key.clone()),
            asked_at: None,
            ..self.moved(login, stage, now)
        };
        let row = AuditEntry::new(entropy, now, &Actor::Phone, Action::AliasConflict, "").about(login);
        Confirmation {
            name: chosen_name(nickname, &proof),
            proof,
            known,
            new_ids: NewIds::generate(entropy),
            alias_conflict: row.ended(AuditOutcome::Refused, "alias_belongs_to_another_user"),
            transition: Transition { from: login.stage, from_version: login.version, after, audit: None },
        }
    }
}

fn chosen_name(nickname: Option<&str>, proof: &Proof) -> Option<NewName> {
    let typed = nickname.and_then(clean_name).map(NewName::Typed);
    let told = || proof.identity.profile.name.as_deref().and_then(clean_name).map(NewName::Told);
    typed.or_else(told)
}
