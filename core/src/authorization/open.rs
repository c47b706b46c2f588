//! An authorization in the browser that brought it: who is there, whether they consent, the answer.
//!
//! In another browser the request begins from the beginning: what somebody else began is of no use to anybody.

use super::code::new_code;
use super::decide::will_do;
use super::request::Said;
use super::service::{browser_hash, signed_on};
use super::{
    Authorization, AuthorizationRequest, AuthorizationService, Browser, ResponseMode, SignOn, SignedOn,
    SiteAnswer,
};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::Client;
use crate::grant::ScopeWord;
use crate::id::AuthorizationId;
use crate::login::{Login, Reason, Stage};
use crate::session::UserSession;
use crate::{Secret, SecretHash, StoreError};
use std::sync::Arc;

const DENIED: Said = ("access_denied", "The person said no.");
const OTHER_PERSON: Said = ("login_required", "Somebody else logged in than id_token_hint names.");

/// What the page shows next.
#[derive(Debug)]
pub enum Step {
    /// How to log in.
    Choose,
    /// Whether the website may know; the value must come back with the decision.
    Consent(Secret),
    /// That somebody else was expected than is here now; likewise.
    NotExpected(Secret),
    /// Nothing: the browser goes to the website.
    Leave(SiteAnswer),
}

/// An authorization as its browser finds it.
#[derive(Debug)]
pub struct Opened {
    /// What was asked for.
    pub authorization: Authorization,
    /// By whom.
    pub client: Arc<Client>,
    /// What is next.
    pub step: Step,
    /// What the browser holds of its session from now on.
    pub session: Option<Secret>,
}

/// What this browser has of the session that an authorization was given by.
enum Held {
    /// The session lives; the browser gets another secret, if it had lost its own.
    Live(Option<Secret>),
    /// There is none, or it has ended.
    Nothing,
}

/// Why it is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none of this id, or its Client is gone.
    #[error("no such authorization")]
    Unknown,
    /// Its time is over, or the website has been answered.
    #[error("the authorization is over")]
    Over(Box<Authorization>),
    /// Another browser brought it.
    #[error("another browser brought the request")]
    OtherBrowser(Box<Authorization>),
    /// The value that came with a decision is not the page's.
    #[error("the decision does not come from the page")]
    Forged(Box<Authorization>),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuthorizationService {
    /// The request in another browser than the one that brought it: it begins there from the beginning.
    pub async fn begin_again(
        &self,
        authorization: Authorization,
        browser: &Browser,
    ) -> Result<AuthorizationId, StoreError> {
        let is_of_device = authorization.request.response_mode == ResponseMode::Device;
        let anew = self.new_authorization(authorization.request, browser, self.parts.clock.now());
        // No request lives longer for being begun again.
        let anew = Authorization { expires_at: authorization.expires_at, ..anew };
        self.parts.store.create_authorization(&anew).await?;
        if is_of_device {
            self.parts.store.move_device(&authorization.id, &anew.id).await?;
        }
        Ok(anew.id)
    }

    /// What is next for the browser that brought the request.
    pub async fn open(&self, id: &AuthorizationId, browser: &Browser) -> Result<Opened, OpenError> {
        let (authorization, client) = self.find(id, browser).await?;
        if client.id.is_of_linking() {
            return self.open_linking(authorization, client, browser).await;
        }
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let (authorization, session) = match self.held(&authorization, session.as_ref()).await? {
            Held::Live(secret) => (authorization, secret),
            Held::Nothing => match self.signed_on(&authorization, &client, (browser, session)).await? {
                Some(somebody) => somebody,
                None => return Ok(Opened { authorization, client, step: Step::Choose, session: None }),
            },
        };
        let step = self.next(&authorization, &client, browser).await?;
        Ok(Opened { authorization, client, step, session })
    }

    /// The authorization and its Client, for a Login that is to begin: nobody is signed on yet.
    pub async fn find(
        &self,
        id: &AuthorizationId,
        browser: &Browser,
    ) -> Result<(Authorization, Arc<Client>), OpenError> {
        let found = self.parts.store.find_authorization(id).await?.ok_or(OpenError::Unknown)?;
        let client = self.parts.clients.find(&found.request.client).ok_or(OpenError::Unknown)?;
        if !is_registered(&found.request, &client) {
            return Err(OpenError::Unknown);
        }
        if found.redeemed_at.is_some() || found.expires_at <= self.parts.clock.now() {
            return Err(OpenError::Over(Box::new(found)));
        }
        if !found.browser_hash.equals(&browser_hash(&browser.secret, id)) {
            return Err(OpenError::OtherBrowser(Box::new(found)));
        }
        Ok((found, client))
    }

    /// Carries out what the person chose on the consent page.
    pub async fn decide(
        &self,
        id: &AuthorizationId,
        browser: &Browser,
        (csrf, allowed): (&str, bool),
    ) -> Result<Option<SiteAnswer>, OpenError> {
        let (authorization, client) = self.find(id, browser).await?;
        let asked = |by: &&SignedOn| consent_secret(&browser.secret, id, by).same_as(csrf);
        let Some(by) = authorization.signed_on.as_ref().filter(asked) else {
            return Err(OpenError::Forged(Box::new(authorization)));
        };
        if !allowed {
            return Ok(Some(self.denied(&authorization).await?));
        }
        // Whoever was asked may have logged out meanwhile, and somebody else sits here: the page tells what is next.
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let is_meant = self.is_meant(&authorization.request, &client, &by.user);
        if is_meant && let Held::Live(_) = self.held(&authorization, session.as_ref()).await? {
            self.consent(&authorization, &client, &by.user).await?;
        }
        Ok(None)
    }

    /// Whoever logged in goes back to a website that expected somebody else: it learns that, and not who they are.
    pub async fn turn_back(
        &self,
        id: &AuthorizationId,
        browser: &Browser,
        csrf: &str,
    ) -> Result<SiteAnswer, OpenError> {
        let (authorization, client) = self.find(id, browser).await?;
        let is_told = |by: &SignedOn| {
            !self.is_meant(&authorization.request, &client, &by.user)
                && consent_secret(&browser.secret, id, by).same_as(csrf)
        };
        if !authorization.signed_on.as_ref().is_some_and(is_told) {
            return Err(OpenError::Forged(Box::new(authorization)));
        }
        Ok(self.refused(&authorization.request, OTHER_PERSON))
    }

    /// The person gives up: whatever code is on show leads nowhere any more.
    pub async fn cancel(&self, id: &AuthorizationId, browser: &Browser) -> Result<SiteAnswer, OpenError> {
        let (authorization, _) = self.find(id, browser).await?;
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let end = |login: &Login| {
            let row = AuditEntry::new(entropy, now, &Actor::Browser, Action::LoginEnded, "").about(login);
            row.ended(AuditOutcome::Refused, Reason::CancelledByBrowser.as_str())
        };
        for login in self.parts.store.cancel_logins(id, now, &end).await? {
            self.parts.signals.wake(&login);
        }
        if authorization.request.client.is_ours() {
            return Ok(self.away_from_own_page(browser).await?);
        }
        Ok(self.denied(&authorization).await?)
    }

    /// The person's no, told to the website or kept for the device.
    async fn denied(&self, authorization: &Authorization) -> Result<SiteAnswer, StoreError> {
        if authorization.request.response_mode == ResponseMode::Device {
            return self.deny_device(authorization).await;
        }
        Ok(self.refused(&authorization.request, DENIED))
    }

    /// Whoever is there by now: who confirmed a Login for this authorization, else who has logged in meanwhile
    /// in another tab of this browser.
    async fn signed_on(
        &self,
        authorization: &Authorization,
        client: &Client,
        (browser, session): (&Browser, Option<UserSession>),
    ) -> Result<Option<(Authorization, Option<Secret>)>, StoreError> {
        let confirmed = self.sign_on(authorization, client, (browser, session.as_ref())).await?;
        if let Some((taken, secret)) = confirmed {
            return Ok(Some((taken, Some(secret))));
        }
        let now = self.parts.clock.now();
        let would_do = |session: &UserSession| {
            let request = &authorization.request;
            will_do(session, request, client, now) && self.is_meant(request, client, &session.user)
        };
        let Some(session) = session.filter(would_do) else { return Ok(None) };
        let taken = self.parts.store.put_signed_on(&authorization.id, &signed_on(session)).await?;
        Ok(taken.map(|taken| (taken, None)))
    }

    /// Takes the Login that was confirmed for this authorization, if one was.
    async fn sign_on(
        &self,
        authorization: &Authorization,
        client: &Client,
        (browser, session): (&Browser, Option<&UserSession>),
    ) -> Result<Option<(Authorization, Secret)>, StoreError> {
        let before = session.map(|session| session.id.clone());
        let (secret, session) = self.parts.sessions.fresh(before, browser.name.clone());
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = AuditEntry::new(entropy, now, &Actor::Browser, Action::LoginEnded, "");
        let sign_on = SignOn {
            authorization: authorization.id.clone(),
            session,
            now,
            redeemed: row.ended(AuditOutcome::Success, Stage::Redeemed.as_str()),
        };
        let Some((mut taken, login)) = self.parts.store.sign_on(&sign_on).await? else { return Ok(None) };
        // A yes of somebody whom the website does not expect is not taken: it is told nothing of them.
        let says_yes = |by: &&SignedOn| {
            asked_on_phone(&login, &taken.request) && self.is_meant(&taken.request, client, &by.user)
        };
        if let Some(by) = taken.signed_on.as_ref().filter(says_yes) {
            self.consent(&taken, client, &by.user).await?;
            taken.consented_at = Some(now);
        }
        Ok(Some((taken, secret)))
    }

    /// Whether the session by which somebody was found to be here still lives. The answer that gave this
    /// browser its secret may never have arrived: then it gets another one.
    async fn held(
        &self,
        authorization: &Authorization,
        session: Option<&UserSession>,
    ) -> Result<Held, StoreError> {
        let Some(by) = &authorization.signed_on else { return Ok(Held::Nothing) };
        if session.is_some_and(|session| session.id == by.session) {
            return Ok(Held::Live(None));
        }
        let renewed = self.parts.sessions.renew(&by.session).await?;
        Ok(renewed.map_or(Held::Nothing, |secret| Held::Live(Some(secret))))
    }

    async fn next(
        &self,
        authorization: &Authorization,
        client: &Client,
        browser: &Browser,
    ) -> Result<Step, OpenError> {
        let Some(by) = &authorization.signed_on else { return Ok(Step::Choose) };
        let request = &authorization.request;
        if request.client.is_ours() {
            return Ok(Step::Leave(Self::to_own_page(authorization)));
        }
        if !self.is_meant(request, client, &by.user) {
            return Ok(Step::NotExpected(consent_secret(&browser.secret, &authorization.id, by)));
        }
        if !self.has_consented(authorization, client, &by.user).await? {
            return Ok(Step::Consent(consent_secret(&browser.secret, &authorization.id, by)));
        }
        if request.response_mode == ResponseMode::Device {
            let approved = self.approve_device(authorization).await?;
            return approved.map(Step::Leave).ok_or_else(|| OpenError::Over(Box::new(authorization.clone())));
        }
        let code = new_code(&*self.parts.entropy);
        if !self.parts.store.put_authorization_code(&authorization.id, &self.issued(&code)).await? {
            return Err(OpenError::Over(Box::new(authorization.clone())));
        }
        Ok(Step::Leave(self.with_code(request, &code)))
    }
}

/// Whether the answer may still go where the request said: what was registered then may not be now.
fn is_registered(request: &AuthorizationRequest, client: &Client) -> bool {
    let is_elsewhere = !client.id.is_ours() && request.response_mode != ResponseMode::Device;
    !is_elsewhere || client.has_redirect_uri(&request.redirect_uri)
}

/// Whether the person has said yes to this website already, and to all that it asks for now: nothing was said
/// before of tokens that last.
fn asked_on_phone(login: &Login, request: &AuthorizationRequest) -> bool {
    let is_website = !request.client.is_ours();
    let all = !request.prompt.consent && !request.scope.has(ScopeWord::OfflineAccess);
    login.named_website() && is_website && all
}

/// What pages send back with a decision: only one that was shown in this browser, to whom it is about, knows it.
fn consent_secret(secret: &Secret, id: &AuthorizationId, by: &SignedOn) -> Secret {
    let parts = ["consent", secret.expose(), id.as_str(), by.session.as_str(), by.user.as_str()];
    Secret::new(SecretHash::of_parts(&parts).as_str())
}
