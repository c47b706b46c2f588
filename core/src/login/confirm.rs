//! The person decides on the phone. Only the newest companion token of a Login counts.

use super::watch::moved;
use super::{
    CompanionError, ConfirmOutcome, Confirmation, Event, KnownIdentity, Login, LoginService, Proof, Reason,
    Stage, Transition, Verdict, next,
};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::user::{NewIds, clean_name};
use crate::{Secret, SecretHash};

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Log in.
    Confirm {
        /// The name the person typed, if any.
        nickname: Option<String>,
    },
    /// Do not.
    Deny,
}

/// What stands after a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The person is logged in.
    Confirmed,
    /// The person declined.
    Denied,
}

impl Decided {
    /// The stage that stands for it.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Confirmed => Stage::Confirmed,
            Self::Denied => Stage::Denied,
        }
    }
}

impl LoginService {
    /// Carries out what the person chose; saying it twice changes nothing more.
    pub async fn decide(
        &self,
        companion_token: &Secret,
        decision: &Decision,
    ) -> Result<Decided, CompanionError> {
        let event = match decision {
            Decision::Confirm { .. } => Event::Confirm,
            Decision::Deny => Event::Deny,
        };
        let hash = SecretHash::of(companion_token.expose());
        loop {
            let found = self.parts.store.find_login_by_companion(&hash).await?;
            let (login, known) = found.ok_or(CompanionError::UnknownToken)?;
            let login = self.settle(login).await?;
            match next(login.stage, event) {
                Verdict::Stay => return Ok(stands(login.stage)),
                Verdict::Refuse(_) => return Err(CompanionError::Ended(login.stage)),
                // Written or overtaken: the next look tells which.
                Verdict::Go(Stage::Denied) => {
                    let ended = self.end(login, event, &Actor::Phone, Reason::DeclinedOnPhone).await?;
                    if ended.stage == Stage::Denied {
                        return Ok(Decided::Denied);
                    }
                }
                Verdict::Go(stage) => {
                    if self.confirm(login, known, stage, decision).await? {
                        return Ok(Decided::Confirmed);
                    }
                }
            }
        }
    }

    /// Whether it was written; not when the Login moved meanwhile.
    async fn confirm(
        &self,
        login: Login,
        known: Option<KnownIdentity>,
        stage: Stage,
        decision: &Decision,
    ) -> Result<bool, CompanionError> {
        let Some(proof) = login.proof.clone() else { return Err(CompanionError::UnknownToken) };
        let confirmation = self.confirmation(&login, stage, proof, known, decision);
        let outcome = self.parts.store.confirm_login(&confirmation).await?;
        self.parts.signals.wake(&login.id);
        Ok(matches!(outcome, ConfirmOutcome::Confirmed(_)))
    }

    fn confirmation(
        &self,
        login: &Login,
        stage: Stage,
        proof: Proof,
        known: Option<KnownIdentity>,
        decision: &Decision,
    ) -> Confirmation {
        let now = self.parts.clock.now();
        let entropy = &*self.parts.entropy;
        let rules = &self.parts.rules;
        let expires_at = rules.next_deadline(stage, login.created_at, login.expires_at);
        let row = AuditEntry::new(entropy, now, &Actor::Phone, Action::AliasConflict, "").about(login);
        Confirmation {
            name: chosen_name(decision, &proof),
            proof,
            known,
            new_ids: NewIds::generate(entropy),
            alias_conflict: row.ended(AuditOutcome::Refused, "alias_belongs_to_another_user"),
            transition: Transition {
                from: login.stage,
                from_version: login.version,
                after: Login { expires_at, ..moved(login, stage, now) },
                audit: None,
            },
        }
    }
}

fn chosen_name(decision: &Decision, proof: &Proof) -> Option<String> {
    let typed = match decision {
        Decision::Confirm { nickname } => nickname.as_deref().and_then(clean_name),
        Decision::Deny => None,
    };
    typed.or_else(|| proof.identity.profile.name.as_deref().and_then(clean_name))
}

/// What stands when nothing more changes: only a decline leaves a Login declined, and a phone that
/// confirmed and asks again is told so, however far the website got.
fn stands(stage: Stage) -> Decided {
    if stage == Stage::Denied { Decided::Denied } else { Decided::Confirmed }
}
