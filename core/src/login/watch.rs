//! Reading a Login: once, or until it changes. Only the browser that began it may.
//!
//! Whoever first sees a lapsed Login writes that it is over.

use super::service::browser_hash;
use super::{Event, Login, LoginService, Reason, Stage, Steps, Transition, VendorAnswer, Verdict, next};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::ClientId;
use crate::id::LoginId;
use crate::provider::{Challenge, Image, ProviderError, Step};
use crate::{Secret, StoreError, Timestamp};
use futures_util::future::select;
use std::pin::pin;

/// Seconds after which a waiter looks by itself: a lost wake-up costs this much and no more.
const LOOK_AGAIN_SECONDS: i64 = 5;

/// What a browser shows to prove that it began a Login, and where its page comes from.
#[derive(Debug, Clone)]
pub struct BrowserCredential {
    /// The secret it got, or our cookie.
    pub secret: Secret,
    /// The page's `Origin`; none when no page asks.
    pub origin: Option<String>,
}

/// What is behind the address of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodePicture {
    /// The vendor's picture.
    Drawn(Image),
    /// A text to be drawn as a QR code.
    Text(String),
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No such Login, or not this browser's: the answer is the same.
    #[error("no such login")]
    NotFound,
    /// The page belongs to another website.
    #[error("the origin is not allowed")]
    OriginNotAllowed,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// No picture has this address, or its Login is over.
    #[error("no such picture")]
    NotFound,
    /// The vendor could not make the picture again.
    #[error(transparent)]
    Vendor(#[from] ProviderError),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginService {
    /// The Login as it stands.
    pub async fn find(&self, id: &LoginId, credential: &BrowserCredential) -> Result<Login, ReadError> {
        let login = self.parts.store.find_login(id).await?.ok_or(ReadError::NotFound)?;
        if !login.browser_hash.equals(&browser_hash(&credential.secret, id)) {
            return Err(ReadError::NotFound);
        }
        if self.websites_of(credential).is_some_and(|websites| !websites.contains(&login.client)) {
            return Err(ReadError::OriginNotAllowed);
        }
        self.note_shown(&login);
        Ok(self.settle(login).await?)
    }

    /// The websites whose page may hold this credential; none when any may: our own page, or no page.
    pub(super) fn websites_of(&self, credential: &BrowserCredential) -> Option<Vec<ClientId>> {
        let origin = credential.origin.as_ref().filter(|origin| **origin != self.parts.issuer)?;
        Some(self.parts.clients.list_by_origin(origin))
    }

    /// The Login as soon as its version is above `after`, or as it stands at `until`.
    pub async fn find_changed(
        &self,
        id: &LoginId,
        credential: &BrowserCredential,
        after: i64,
        until: Timestamp,
    ) -> Result<Login, ReadError> {
        let mut listener = self.parts.signals.listen(id);
        loop {
            let login = self.find(id, credential).await?;
            let now = self.parts.clock.now();
            if login.version > after || login.stage.is_end() || now >= until {
                return Ok(login);
            }
            let look_again = until.min(login.expires_at).min(now.plus_seconds(LOOK_AGAIN_SECONDS));
            select(pin!(listener.woken()), pin!(self.parts.clock.sleep_until(look_again))).await;
        }
    }

    /// The picture of a Login's code, by its unguessable address.
    pub async fn find_image(&self, image_token: &str) -> Result<CodePicture, ImageError> {
        // Text of another shape is no address of ours; PostgreSQL would stumble over a NUL in it.
        if !image_token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(ImageError::NotFound);
        }
        let login = self.parts.store.find_login_by_image(image_token).await?.ok_or(ImageError::NotFound)?;
        if login.stage.is_end() || login.has_lapsed(self.parts.clock.now()) {
            return Err(ImageError::NotFound);
        }
        let open = self.parts.providers.find(&login.provider).ok_or(ImageError::NotFound)?;
        self.note_shown(&login);
        if let Challenge::QrText { text } = &login.challenge {
            return Ok(CodePicture::Text(text.clone()));
        }
        let view = self.view(&login)?;
        let drawn = self.within_budget(Step::Begin, open.provider.render(&*open.host, &view)).await?;
        Ok(CodePicture::Drawn(drawn))
    }

    /// Gives up, if there is anything left to give up.
    pub async fn cancel(&self, id: &LoginId, credential: &BrowserCredential) -> Result<Login, ReadError> {
        let login = self.find(id, credential).await?;
        Ok(self.end(login, Event::Cancel, &Actor::Browser, Reason::CancelledByBrowser).await?)
    }

    /// Writes that Logins nobody looks at any more are over; says how many it saw.
    pub async fn sweep(&self, limit: i64) -> Result<usize, StoreError> {
        let lapsed = self.parts.store.list_lapsed_logins(self.parts.clock.now(), limit).await?;
        let seen = lapsed.len();
        for login in lapsed {
            self.settle(login).await?;
        }
        Ok(seen)
    }

    /// The Login, ended if its time has run out.
    pub(super) async fn settle(&self, login: Login) -> Result<Login, StoreError> {
        if !login.has_lapsed(self.parts.clock.now()) {
            return Ok(login);
        }
        let reason = Reason::of_lapse(login.stage);
        self.end(login, Event::Expire, &Actor::System, reason).await
    }

    /// Ends a Login; when somebody else moved it meanwhile, looks again and decides anew.
    pub(super) async fn end(
        &self,
        mut login: Login,
        event: Event,
        actor: &Actor,
        reason: Reason,
    ) -> Result<Login, StoreError> {
        let answer = login.vendor_answer.clone();
        while let Verdict::Go(stage) = next(login.stage, event) {
            let change = self.ending(&login, stage, actor, reason);
            if self.parts.store.transition_login(&change).await? {
                self.written(&login.id);
                return Ok(change.after);
            }
            login = self.again(&login).await?;
            login.vendor_answer = answer.clone().or(login.vendor_answer);
        }
        Ok(login)
    }

    pub(super) fn ending(&self, login: &Login, stage: Stage, actor: &Actor, reason: Reason) -> Transition {
        let now = self.parts.clock.now();
        let after = Login { reason: Some(reason), ..self.moved(login, stage, now) };
        let outcome = match (stage, reason) {
            (_, Reason::Rehearsed) => AuditOutcome::Success,
            (_, Reason::UserDisabled) => AuditOutcome::Refused,
            (Stage::Failed, _) => AuditOutcome::Failure,
            _ => AuditOutcome::Refused,
        };
        let row = AuditEntry::new(&*self.parts.entropy, now, actor, Action::LoginEnded, "").about(&after);
        Transition {
            from: login.stage,
            from_version: login.version,
            audit: Some(row.ended(outcome, reason.as_str())),
            after,
        }
    }

    /// The Login one version on, at this stage.
    pub(super) fn moved(&self, login: &Login, stage: Stage, now: Timestamp) -> Login {
        let shown_at = login.steps.shown_at.or_else(|| self.shown.since(&login.id));
        let steps = Steps { shown_at, ..login.steps }.reaching(stage, now);
        // A consent waits for its digits only where it was given.
        let code_back = login.code_back.clone().filter(|_| stage == Stage::Scanned);
        Login { stage, version: login.version + 1, updated_at: now, steps, code_back, ..login.clone() }
    }

    /// A change has been written: whoever waits for one may look.
    pub(super) fn written(&self, login: &LoginId) {
        self.shown.forget(login);
        self.parts.signals.wake(login);
    }

    /// The code is on show in a browser.
    fn note_shown(&self, login: &Login) {
        if login.steps.shown_at.is_none() && login.stage == Stage::Pending {
            self.shown.note(&login.id, self.parts.clock.now());
        }
    }

    /// Writes which codes were shown where no change of their Logins has done so; says how many.
    pub async fn write_shown(&self) -> Result<usize, StoreError> {
        let notes = self.shown.take_all();
        self.parts.store.put_shown(&notes).await?;
        Ok(notes.len())
    }

    /// Keeps what the vendor's part failed at with a Login that goes on; once for the same failure.
    pub(super) async fn note_answer(&self, login: &Login, failure: &ProviderError) -> Result<(), StoreError> {
        let answer =
            VendorAnswer::of(failure, self.parts.clock.now()).following(login.vendor_answer.as_ref());
        if login.vendor_answer.as_ref().is_some_and(|before| before.says_the_same(&answer)) {
            return Ok(());
        }
        self.parts.store.put_vendor_answer(&login.id, &answer).await
    }

    /// The Login as it stands now, for whoever lost a race.
    pub(super) async fn again(&self, login: &Login) -> Result<Login, StoreError> {
        self.parts.store.find_login(&login.id).await?.ok_or(StoreError::Corrupt("login"))
    }
}
