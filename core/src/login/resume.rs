//! Finishes what was left while the vendor had to be asked: a consent that waits for the vendor to
//! tell who the person is, and redirects whose answering stopped half-way.
//!
//! A consent is in its row, so whoever finds it can finish it, also after a crash.

use super::confirm::Consent;
use super::{Event, Login, LoginService, Reason, Stage, Verdict, next};
use crate::StoreError;
use crate::audit::Actor;
use crate::id::LoginId;
use crate::provider::{ProviderError, VendorIdentity};

/// Seconds after which somebody who asked the vendor is taken for gone. Above the vendor's budget.
const ASKER_IS_GONE_SECONDS: i64 = 15;

/// How a consent ended.
#[derive(Debug)]
pub enum Resumed {
    /// It was confirmed, or had moved on by itself.
    Done,
    /// The vendor did not tell; the Login has failed.
    Failed(ProviderError),
}

impl LoginService {
    /// Finishes the consent of this Login.
    pub async fn resume(&self, id: &LoginId) -> Result<Resumed, StoreError> {
        let Some(login) = self.parts.store.find_login(id).await? else { return Ok(Resumed::Done) };
        let login = self.settle(login).await?;
        if login.stage != Stage::Scanned || login.asked_at.is_none() {
            return Ok(Resumed::Done);
        }
        match self.whole_identity(&login).await {
            Ok(Some(identity)) => self.finish(login, identity).await,
            Ok(None) => Ok(Resumed::Done),
            Err(error) => {
                let login = login.answered(&error, self.parts.clock.now());
                self.end(login, Event::Fail, &Actor::System, Reason::VendorFailed).await?;
                Ok(Resumed::Failed(error))
            }
        }
    }

    /// Finishes, or fails, what somebody left behind; says how many it saw and what failed.
    pub async fn resume_left_behind(&self, limit: i64) -> Result<(usize, Vec<ProviderError>), StoreError> {
        let before = self.parts.clock.now().plus_seconds(-ASKER_IS_GONE_SECONDS);
        let left = self.parts.store.list_asked_logins(before, limit).await?;
        let seen = left.len();
        let mut failures = Vec::new();
        for login in left {
            // Without a proof it is a redirect: the vendor's code went with whoever held it.
            if login.proof.is_none() {
                self.end(login, Event::Fail, &Actor::System, Reason::VendorFailed).await?;
            } else if let Resumed::Failed(error) = self.resume(&login.id).await? {
                failures.push(error);
            }
        }
        Ok((seen, failures))
    }

    async fn whole_identity(&self, login: &Login) -> Result<Option<VendorIdentity>, ProviderError> {
        let open = self.parts.providers.find(&login.provider);
        let (Some(open), Some(proof)) = (open, &login.proof) else { return Ok(None) };
        self.made_whole(&open, proof.identity.clone()).await.map(Some)
    }

    async fn finish(&self, mut login: Login, identity: VendorIdentity) -> Result<Resumed, StoreError> {
        while let Verdict::Go(stage) = next(login.stage, Event::Confirm) {
            let known = self.parts.store.find_identity(&identity).await?;
            let proof = super::Proof { identity: identity.clone() };
            let consent = Consent { proof, known, nickname: None, push_key: None };
            if self.confirm(&login, stage, consent).await?.is_some() {
                break;
            }
            login = self.settle(self.again(&login).await?).await?;
        }
        Ok(Resumed::Done)
    }
}
