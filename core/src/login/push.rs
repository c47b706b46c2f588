//! The vendor's servers report what a person did: a scan, a chat message. What they report moves a
//! Login in one transaction before they are answered; a retry finds the row as it is and is
//! answered alike. Nobody is asked anything meanwhile: the vendor waits five seconds at most.
//!
//! A push of an unverified kind never does more than what its plugin makes of it.

use super::confirm::Consent;
use super::rehearsal::known_for;
use super::scan::scan_event;
use super::{
    Event, KnownIdentity, Login, LoginService, Proof, PushOnce, Reason, Scene, Stage, Transition, Verdict,
    next,
};
use crate::audit::Actor;
use crate::id::LoginId;
use crate::provider::{
    Advance, Correlation, Happened, Inbound, LoginView, OpenProvider, Outcome, PersonChange, ProviderSlug,
    Push, RawInbound, Reject, Reply, VendorIdentity,
};
use crate::{SecretHash, StoreError};
use std::sync::Arc;

/// What the vendor's servers are answered, and what is left to do.
#[derive(Debug)]
pub struct PushAnswer {
    /// The answer; none is an empty one.
    pub reply: Option<Reply>,
    /// What became of it, for the count.
    pub outcome: Outcome,
    /// A Login whose person has consented while the vendor has yet to be asked who they are; hand it
    /// to `LoginService::resume`.
    pub unfinished: Option<LoginId>,
    /// A duty towards a person, to be carried out by whoever keeps people.
    pub change: Option<(VendorIdentity, PersonChange)>,
}

/// Why a push is turned away.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// No Provider has this address.
    #[error("no such push address")]
    UnknownAddress,
    /// The message does not hold.
    #[error(transparent)]
    Rejected(#[from] Reject),
    /// The store's part failed; the vendor tries again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A Login after a push, as its answer needs it.
struct Taken {
    login: Login,
    outcome: Outcome,
    unfinished: bool,
}

impl Taken {
    fn done(login: Login, outcome: Outcome) -> Self {
        Self { login, outcome, unfinished: false }
    }
}

impl LoginService {
    /// Takes a message of the vendor's servers, sent to this Provider's address.
    pub async fn push(&self, slug: &str, secret: &str, raw: RawInbound) -> Result<PushAnswer, PushError> {
        let open = self.push_address(slug, secret)?;
        let inbound = self.parsed(&open, raw)?;
        let push = match &inbound {
            Inbound::Direct(reply) => return Ok(answered(Some(reply.clone()))),
            Inbound::Push(push) => push,
            Inbound::Companion { .. } | Inbound::Callback { .. } => return Err(Reject::NotForUs.into()),
        };
        let change = match push.happened {
            Happened::Changed(change) => Some((push.subject.clone(), change)),
            _ => None,
        };
        let correlation = open.provider.correlate(&inbound);
        if correlation == Correlation::Disowned {
            return self.pushed_disowned(&open, push, &inbound).await;
        }
        let taken = match self.find_pushed(&open, push, &correlation).await? {
            Some((login, known)) => Some(self.take_push(&open, login, known, &inbound, push).await?),
            None => None,
        };
        let view = taken.as_ref().map(|taken| self.view(&taken.login)).transpose()?;
        let unfinished = taken.as_ref().filter(|taken| taken.unfinished).map(|taken| taken.login.id.clone());
        let outcome = taken.map_or_else(|| untaken(push), |taken| taken.outcome);
        if outcome == Outcome::NotOurs && correlation == Correlation::Subject {
            self.parts.store.admit_push(&self.noted(&open, push, spent(&push.key))).await?;
        }
        let reply = open.provider.reply(&*open.host, view.as_ref(), &inbound, &outcome);
        Ok(PushAnswer { reply, outcome, unfinished, change })
    }

    /// The person writes that it was not them. A retry finds it done.
    async fn pushed_disowned(
        &self,
        open: &OpenProvider,
        push: &Push,
        inbound: &Inbound,
    ) -> Result<PushAnswer, PushError> {
        self.admit(open, push).await?;
        let login = self.disown_last(&open.record.slug, &push.subject).await?;
        let outcome = if login.is_some() { Outcome::Disowned } else { Outcome::NotOurs };
        let view = login.as_ref().map(|login| self.view(login)).transpose()?;
        let reply = open.provider.reply(&*open.host, view.as_ref(), inbound, &outcome);
        Ok(PushAnswer { reply, outcome, unfinished: None, change: None })
    }

    /// The message, if it holds; how it went is noted for the doctor.
    fn parsed(&self, open: &OpenProvider, raw: RawInbound) -> Result<Inbound, Reject> {
        let (slug, now) = (&open.record.slug, self.parts.clock.now());
        let parsed = open.provider.parse(&*open.host, raw);
        match &parsed {
            // A message about nobody may be the doctor's own: it must not hide that others are refused.
            Ok(Inbound::Push(push)) if push.happened != Happened::Other => {
                self.parts.sightings.took(slug, now);
            }
            Ok(_) => {}
            Err(_) => self.parts.sightings.refused(slug, now),
        }
        parsed
    }

    fn push_address(&self, slug: &str, secret: &str) -> Result<Arc<OpenProvider>, PushError> {
        let slug: ProviderSlug = slug.parse().map_err(|_| PushError::UnknownAddress)?;
        let open = self.parts.providers.find(&slug).ok_or(PushError::UnknownAddress)?;
        let is_its = open.provider.push_secret().is_some_and(|own| own.same_as(secret));
        if is_its { Ok(open) } else { Err(PushError::UnknownAddress) }
    }

    /// The Login a push is about, unless it is none of this Provider's.
    async fn find_pushed(
        &self,
        open: &OpenProvider,
        push: &Push,
        correlation: &Correlation,
    ) -> Result<Option<(Login, Option<KnownIdentity>)>, PushError> {
        let (store, slug) = (&self.parts.store, &open.record.slug);
        // Whatever it is about: a signature that does not cover its message is spent by it.
        self.admit(open, push).await?;
        Ok(match correlation {
            Correlation::Scene(scene) => self.by_scene(slug, scene).await?.map(|login| (login, None)),
            Correlation::Subject => {
                store.find_login_by_push(slug, &push.key, &spent(&push.key), &push.subject).await?
            }
            Correlation::State(_) | Correlation::Disowned | Correlation::None => None,
        })
    }

    async fn by_scene(&self, slug: &ProviderSlug, scene: &Scene) -> Result<Option<Login>, StoreError> {
        let found = self.parts.store.find_login_by_scene(scene).await?;
        Ok(found.filter(|login| login.provider == *slug))
    }

    /// Whoever saw one push in plain mode could send another body with its signature.
    async fn admit(&self, open: &OpenProvider, push: &Push) -> Result<(), PushError> {
        let Some(value) = &push.once else { return Ok(()) };
        let value = SecretHash::of_parts(&["push once", value.expose()]);
        let admitted = self.parts.store.admit_push(&self.noted(open, push, value)).await?;
        if admitted { Ok(()) } else { Err(Reject::NotAuthentic.into()) }
    }

    fn noted(&self, open: &OpenProvider, push: &Push, value: SecretHash) -> PushOnce {
        PushOnce {
            provider: open.record.slug.clone(),
            value,
            push_key: push.key.clone(),
            seen_at: self.parts.clock.now(),
        }
    }

    async fn take_push(
        &self,
        open: &OpenProvider,
        login: Login,
        known: Option<KnownIdentity>,
        inbound: &Inbound,
        push: &Push,
    ) -> Result<Taken, PushError> {
        let login = self.settle(login).await?;
        if login.push_key.as_ref() == Some(&push.key) {
            let outcome = decided(&login);
            return Ok(Taken::done(login, outcome));
        }
        let view: LoginView = self.view(&login)?;
        // A plugin that would ask the vendor here has misunderstood; the push is then not ours.
        let advance = open.provider.advance(&*open.host, &view, inbound).await;
        Ok(match advance.unwrap_or(Advance::Ignore) {
            Advance::Scanned(who) | Advance::Proven(who) => self.pushed_scan(open, login, &who).await?,
            Advance::Confirmed(who) => self.pushed_consent(open, login, known, &who, &push.key).await?,
            Advance::Wrong => self.pushed_wrong(login, &push.key).await?,
            Advance::Denied | Advance::Ignore => Taken::done(login, Outcome::NotOurs),
        })
    }

    async fn pushed_scan(
        &self,
        open: &OpenProvider,
        mut login: Login,
        who: &VendorIdentity,
    ) -> Result<Taken, StoreError> {
        loop {
            let event = scan_event(&login, who);
            // The same person again, or the same message: the page and its link stay as they are.
            if event == Event::Rescan && login.stage == Stage::Scanned {
                return self.shown_scan(open, login);
            }
            match next(login.stage, event) {
                Verdict::Go(Stage::Conflict) => return self.pushed_conflict(login, event).await,
                Verdict::Go(stage) => {
                    if self.scans_too_often(who) {
                        return Ok(Taken::done(login, Outcome::TooOften));
                    }
                    let hash = Self::page_hash(&self.page_token(&login.id));
                    let change = self.scanned_with(&login, stage, who, Some(hash));
                    if self.parts.store.transition_login(&change).await? {
                        self.written(&login.id);
                        return self.shown_scan(open, change.after);
                    }
                }
                Verdict::Stay | Verdict::Refuse(_) => {
                    let outcome = if login.scanned_by(who) { decided(&login) } else { Outcome::TooLate };
                    return Ok(Taken::done(login, outcome));
                }
            }
            login = self.settle(self.again(&login).await?).await?;
        }
    }

    fn scans_too_often(&self, who: &VendorIdentity) -> bool {
        self.parts.scan_limit.count(&who.namespace, &who.subject).is_err()
    }

    async fn pushed_conflict(&self, login: Login, event: Event) -> Result<Taken, StoreError> {
        let ended = self.end(login, event, &Actor::Phone, Reason::SecondSubject).await?;
        let outcome = decided(&ended);
        Ok(Taken::done(ended, outcome))
    }

    /// A kind that proves the person on a page of ours is given its address.
    fn shown_scan(&self, open: &OpenProvider, login: Login) -> Result<Taken, StoreError> {
        let token = self.page_token(&login.id);
        let address = self.own_address(&["confirm", token.expose()])?;
        let asks = open.provider.asks_on_page();
        Ok(Taken::done(login, Outcome::Scanned(asks.then_some(address))))
    }

    async fn pushed_consent(
        &self,
        open: &OpenProvider,
        mut login: Login,
        mut known: Option<KnownIdentity>,
        who: &VendorIdentity,
        key: &str,
    ) -> Result<Taken, StoreError> {
        if known.is_none() {
            known = self.parts.store.find_identity(who).await?;
        }
        known = known_for(&login, known);
        loop {
            let event = consent_event(&login, who);
            let stage = match next(login.stage, event) {
                Verdict::Go(Stage::Conflict) => return self.pushed_conflict(login, event).await,
                Verdict::Go(stage) if login.asked_at.is_none() => stage,
                _ => {
                    let outcome = if login.scanned_by(who) { decided(&login) } else { Outcome::TooLate };
                    return Ok(Taken::done(login, outcome));
                }
            };
            if login.stage == Stage::Pending && self.scans_too_often(who) {
                return Ok(Taken::done(login, Outcome::TooOften));
            }
            if known.is_some() || open.provider.is_complete(who) {
                let proof = Proof { identity: who.clone() };
                let push_key = Some(key.to_owned());
                let consent = Consent { proof, known: known.clone(), nickname: None, push_key };
                if self.confirm(&login, stage, consent).await?.is_some() {
                    return Ok(Taken::done(login, Outcome::Confirmed));
                }
            } else if let Some(asked) = self.consented(&login, who, key).await? {
                return Ok(Taken { login: asked, outcome: Outcome::Confirmed, unfinished: true });
            }
            login = self.settle(self.again(&login).await?).await?;
        }
    }

    /// Keeps the consent in the row before the vendor is asked who this is: a crash loses nothing.
    async fn consented(
        &self,
        login: &Login,
        who: &VendorIdentity,
        key: &str,
    ) -> Result<Option<Login>, StoreError> {
        let mut change: Transition =
            self.scanned_with(login, Stage::Scanned, who, login.companion_hash.clone());
        change.after.asked_at = Some(self.parts.clock.now());
        change.after.push_key = Some(key.to_owned());
        let written = self.parts.store.transition_login(&change).await?;
        if written {
            self.written(&login.id);
        }
        Ok(written.then_some(change.after))
    }

    /// One wrong number ends it: there is nothing to guess with.
    async fn pushed_wrong(&self, mut login: Login, key: &str) -> Result<Taken, StoreError> {
        while let Verdict::Go(stage) = next(login.stage, Event::Deny) {
            if login.asked_at.is_some() {
                break;
            }
            let with_key = Login { push_key: Some(key.to_owned()), ..login.clone() };
            let change = self.ending(&with_key, stage, &Actor::Phone, Reason::WrongNumber);
            if self.parts.store.transition_login(&change).await? {
                self.written(&login.id);
                return Ok(Taken::done(change.after, Outcome::Wrong));
            }
            login = self.settle(self.again(&login).await?).await?;
        }
        let outcome = decided(&login);
        Ok(Taken::done(login, outcome))
    }
}

/// What is noted of an answer that no Login waited for: sent again, it must not meet a later one.
fn spent(push_key: &str) -> SecretHash {
    SecretHash::of_parts(&["push spent", push_key])
}

/// What a Login's row says of a push that comes when all is decided.
fn decided(login: &Login) -> Outcome {
    match login.stage {
        Stage::Confirmed | Stage::Redeemed => Outcome::Confirmed,
        Stage::Scanned if login.asked_at.is_some() => Outcome::Confirmed,
        Stage::Cancelled if login.was_rehearsed() => Outcome::Confirmed,
        Stage::Denied if login.reason == Some(Reason::WrongNumber) => Outcome::Wrong,
        Stage::Conflict => Outcome::Conflict,
        Stage::Pending
        | Stage::Scanned
        | Stage::Denied
        | Stage::Expired
        | Stage::Cancelled
        | Stage::Failed => Outcome::TooLate,
    }
}

fn consent_event(login: &Login, who: &VendorIdentity) -> Event {
    match (login.stage, scan_event(login, who)) {
        (Stage::Pending, _) => Event::Prove,
        (_, Event::OtherScan) => Event::OtherScan,
        _ => Event::Confirm,
    }
}

/// A scan of a code that no Login has any more is late; everything else without a Login is not ours.
fn untaken(push: &Push) -> Outcome {
    if matches!(push.happened, Happened::Scanned(_)) { Outcome::TooLate } else { Outcome::NotOurs }
}

fn answered(reply: Option<Reply>) -> PushAnswer {
    PushAnswer { reply, outcome: Outcome::NotOurs, unfinished: None, change: None }
}
