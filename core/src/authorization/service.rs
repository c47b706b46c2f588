//! An authorization from the request to the answer.
//!
//! Only the browser that brought the request gets anywhere with it. Whatever is answered may be asked for again
//! until the website has redeemed the code: an answer that was lost costs nothing.

use super::decide::will_do;
use super::request::{Asker, Parameters, RequestRefusal, Said, TextRefusal, read};
use super::{Authorization, AuthorizationRequest, AuthorizationStore, Consent, SignOn, SignedOn, SiteAnswer};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::{Client, ClientDirectory};
use crate::id::{AuthorizationId, UserId};
use crate::login::{IssuedCode, Login, Stage};
use crate::session::{UserSession, UserSessions};
use crate::signing::SigningKeys;
use crate::{Clock, Entropy, Secret, SecretHash, StoreError, Timestamp};
use std::sync::Arc;

/// Seconds within which somebody logs in.
const LIFE_SECONDS: i64 = 1800;
/// Seconds a code lives (RFC 6749 section 4.1.2 wants it short).
const CODE_SECONDS: i64 = 60;

/// What the service is made of.
#[derive(Clone)]
pub struct AuthorizationParts {
    /// Keeps authorizations.
    pub store: Arc<dyn AuthorizationStore>,
    /// Sessions of browsers.
    pub sessions: UserSessions,
    /// The enabled Clients.
    pub clients: Arc<ClientDirectory>,
    /// Recognises id tokens of ours.
    pub signing: Arc<SigningKeys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// `public_url` without a trailing slash.
    pub issuer: String,
}

/// What a browser brings.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The secret that it keeps for Logins and authorizations.
    pub secret: Secret,
    /// The secret of its session, if it has one.
    pub session: Option<Secret>,
    /// What it is, e.g. `Firefox, Windows`.
    pub name: Option<String>,
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Authorized {
    /// Somebody must log in or consent, at our page.
    Interact(AuthorizationId),
    /// The website is answered at once.
    Leave(SiteAnswer),
}

/// Why a request goes nowhere.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// There is nobody to answer.
    #[error(transparent)]
    Refused(#[from] TextRefusal),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the page shows next.
#[derive(Debug)]
pub enum Step {
    /// How to log in.
    Choose,
    /// Whether the website may know; the value must come back with the decision.
    Consent(Secret),
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
    Forged,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// See the module.
#[derive(Clone)]
pub struct AuthorizationService {
    parts: AuthorizationParts,
}

const LOGIN_REQUIRED: Said = ("login_required", "Nobody is logged in who would do.");
const CONSENT_REQUIRED: Said = ("consent_required", "The person has not consented.");
const DENIED: Said = ("access_denied", "The person said no.");
const OTHER_PERSON: Said = ("login_required", "Somebody else logged in than id_token_hint names.");

impl AuthorizationService {
    /// A service of these parts.
    pub fn new(parts: AuthorizationParts) -> Self {
        Self { parts }
    }

    /// Takes a website's request.
    pub async fn authorize(
        &self,
        parameters: &Parameters,
        browser: &Browser,
    ) -> Result<Authorized, AuthorizeError> {
        let (client, request) = match self.read(parameters) {
            Ok(read) => read,
            Err(RequestRefusal::Page(refusal)) => return Err(refusal.into()),
            Err(RequestRefusal::Site(answer)) => return Ok(Authorized::Leave(answer)),
        };
        let now = self.parts.clock.now();
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let session = session.filter(|session| will_do(session, &request, &client, now));
        let mut authorization = self.new_authorization(request, browser, now);
        let Some(session) = session else {
            return self.interact(authorization, LOGIN_REQUIRED).await;
        };
        let user = session.user.clone();
        authorization.signed_on = Some(signed_on(session));
        if !self.has_consented(&authorization, &user).await? {
            return self.interact(authorization, CONSENT_REQUIRED).await;
        }
        authorization.consented_at = Some(now);
        let code = Secret::generate(&*self.parts.entropy);
        authorization.code = Some(self.issued(&code));
        self.parts.store.create_authorization(&authorization).await?;
        Ok(Authorized::Leave(self.with_code(&authorization.request, &code)))
    }

    /// The request in another browser than the one that brought it: it begins there from the beginning.
    pub async fn begin_again(
        &self,
        authorization: Authorization,
        browser: &Browser,
    ) -> Result<AuthorizationId, StoreError> {
        let anew = self.new_authorization(authorization.request, browser, self.parts.clock.now());
        self.parts.store.create_authorization(&anew).await?;
        Ok(anew.id)
    }

    /// What is next for the browser that brought the request.
    pub async fn open(&self, id: &AuthorizationId, browser: &Browser) -> Result<Opened, OpenError> {
        let (authorization, client) = self.find(id, browser).await?;
        let (authorization, session) = match authorization.signed_on {
            None => match self.sign_on(&authorization, &client, browser).await? {
                Some((authorization, secret)) => (authorization, Some(secret)),
                None => return Ok(Opened { authorization, client, step: Step::Choose, session: None }),
            },
            Some(_) => self.keep_session(authorization, browser).await?,
        };
        let step = self.next(&authorization, browser).await?;
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
        if !consent_secret(&browser.secret, id).same_as(csrf) {
            return Err(OpenError::Forged);
        }
        let Some(by) = &authorization.signed_on else { return Err(OpenError::Forged) };
        if !allowed {
            return Ok(Some(self.refused(&authorization.request, DENIED)));
        }
        self.consent(&authorization, &client, &by.user).await?;
        Ok(None)
    }

    /// The person gives up.
    pub async fn cancel(&self, id: &AuthorizationId, browser: &Browser) -> Result<SiteAnswer, OpenError> {
        let (authorization, _) = self.find(id, browser).await?;
        Ok(self.refused(&authorization.request, DENIED))
    }

    /// Deletes what has been over for a while, at most `limit`; says how many. A spent code stays for so long
    /// that a second use of it is noticed.
    pub async fn sweep(&self, limit: i64) -> Result<usize, StoreError> {
        let before = self.parts.clock.now().plus_seconds(-3600);
        self.parts.store.delete_old_authorizations(before, limit).await
    }

    fn read(&self, parameters: &Parameters) -> Result<(Arc<Client>, AuthorizationRequest), RequestRefusal> {
        let asker = Asker::find(parameters, &self.parts.clients).map_err(RequestRefusal::Page)?;
        let hinted = |hint: &str| self.hinted(hint, &asker.client);
        match read(parameters, &asker, hinted) {
            Ok(request) => Ok((asker.client, request)),
            Err(said) => Err(RequestRefusal::Site(asker.refuse(said, &self.parts.issuer))),
        }
    }

    /// Whom an id token of ours named to this Client. It may be old: it only says who is meant.
    fn hinted(&self, hint: &str, client: &Client) -> Option<UserId> {
        let claims = self.parts.signing.read_own(hint)?;
        let is = |name: &str, value: &str| claims.get(name).and_then(|v| v.as_str()) == Some(value);
        if !is("iss", &self.parts.issuer) || !is("aud", client.id.as_str()) {
            return None;
        }
        claims.get("sub")?.as_str()?.parse().ok()
    }

    fn new_authorization(
        &self,
        request: AuthorizationRequest,
        browser: &Browser,
        now: Timestamp,
    ) -> Authorization {
        let id = AuthorizationId::generate(&*self.parts.entropy);
        Authorization {
            browser_hash: browser_hash(&browser.secret, &id),
            id,
            request,
            signed_on: None,
            consented_at: None,
            code: None,
            redeemed_at: None,
            created_at: now,
            expires_at: now.plus_seconds(LIFE_SECONDS),
        }
    }

    async fn interact(
        &self,
        authorization: Authorization,
        otherwise: Said,
    ) -> Result<Authorized, AuthorizeError> {
        if authorization.request.prompt.none {
            return Ok(Authorized::Leave(self.refused(&authorization.request, otherwise)));
        }
        self.parts.store.create_authorization(&authorization).await?;
        Ok(Authorized::Interact(authorization.id))
    }

    async fn has_consented(&self, authorization: &Authorization, user: &UserId) -> Result<bool, StoreError> {
        if authorization.consented_at.is_some() {
            return Ok(true);
        }
        let request = &authorization.request;
        if request.prompt.consent {
            return Ok(false);
        }
        let known = self.parts.store.find_consent(user, &request.client).await?;
        Ok(known.is_some_and(|scope| scope.covers(request.scope)))
    }

    async fn consent(
        &self,
        authorization: &Authorization,
        client: &Client,
        user: &UserId,
    ) -> Result<(), StoreError> {
        let consent = Consent {
            authorization: authorization.id.clone(),
            user: user.clone(),
            client: client.id.clone(),
            scope: authorization.request.scope,
            at: self.parts.clock.now(),
            remembered: true,
        };
        self.parts.store.put_consent(&consent).await
    }

    /// Takes the Login that was confirmed for this authorization, if one was.
    async fn sign_on(
        &self,
        authorization: &Authorization,
        client: &Client,
        browser: &Browser,
    ) -> Result<Option<(Authorization, Secret)>, StoreError> {
        let before = self.parts.sessions.find(browser.session.as_ref()).await?;
        let before = before.map(|session| session.id);
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
        if let Some(by) = taken.signed_on.as_ref().filter(|_| asked_on_phone(&login, &taken.request)) {
            self.consent(&taken, client, &by.user).await?;
            taken.consented_at = Some(now);
        }
        Ok(Some((taken, secret)))
    }

    /// The answer that gave this browser its session may never have arrived.
    async fn keep_session(
        &self,
        authorization: Authorization,
        browser: &Browser,
    ) -> Result<(Authorization, Option<Secret>), StoreError> {
        let held = self.parts.sessions.find(browser.session.as_ref()).await?;
        let of = authorization.signed_on.as_ref().map(|by| by.session.clone());
        match of.filter(|of| held.is_none_or(|held| held.id != *of)) {
            Some(session) => Ok((authorization, self.parts.sessions.renew(&session).await?)),
            None => Ok((authorization, None)),
        }
    }

    async fn next(&self, authorization: &Authorization, browser: &Browser) -> Result<Step, OpenError> {
        let Some(by) = &authorization.signed_on else { return Ok(Step::Choose) };
        let request = &authorization.request;
        if request.hint.as_ref().is_some_and(|hint| *hint != by.user) {
            return Ok(Step::Leave(self.refused(request, OTHER_PERSON)));
        }
        if !self.has_consented(authorization, &by.user).await? {
            return Ok(Step::Consent(consent_secret(&browser.secret, &authorization.id)));
        }
        let code = Secret::generate(&*self.parts.entropy);
        if !self.parts.store.put_authorization_code(&authorization.id, &self.issued(&code)).await? {
            return Err(OpenError::Over(Box::new(authorization.clone())));
        }
        Ok(Step::Leave(self.with_code(request, &code)))
    }

    fn issued(&self, code: &Secret) -> IssuedCode {
        let expires_at = self.parts.clock.now().plus_seconds(CODE_SECONDS);
        IssuedCode { hash: SecretHash::of(code.expose()), expires_at }
    }

    fn with_code(&self, request: &AuthorizationRequest, code: &Secret) -> SiteAnswer {
        self.answer(request, vec![("code", code.expose().to_owned())])
    }

    fn refused(&self, request: &AuthorizationRequest, (error, description): Said) -> SiteAnswer {
        let fields = vec![("error", error.to_owned()), ("error_description", description.to_owned())];
        self.answer(request, fields)
    }

    fn answer(&self, request: &AuthorizationRequest, fields: Vec<(&'static str, String)>) -> SiteAnswer {
        let to = (request.redirect_uri.as_str(), request.response_mode);
        SiteAnswer::new(to, fields, request.state.as_deref(), &self.parts.issuer)
    }
}

fn signed_on(session: UserSession) -> SignedOn {
    SignedOn {
        user: session.user,
        session: session.id,
        provider: session.provider,
        assurance: session.assurance,
        auth_time: session.auth_time,
    }
}

/// Whether the person has said yes to this website already: on a page of ours, or in a chat, that named it.
/// Where WeChat's own page asked, it named our app, and nobody asked at all where the scan was enough.
fn asked_on_phone(login: &Login, request: &AuthorizationRequest) -> bool {
    let by_page_or_chat = login.companion_hash.is_some() || login.number.is_some();
    let asked = by_page_or_chat && login.assurance >= crate::provider::Assurance::Confirmed;
    asked && !request.prompt.consent
}

/// The stored form of what a browser holds: bound to the authorization, so one cookie serves many.
fn browser_hash(secret: &Secret, id: &AuthorizationId) -> SecretHash {
    SecretHash::of_parts(&["authorization", secret.expose(), id.as_str()])
}

/// What the consent page sends back: only a page that was shown in this browser knows it.
fn consent_secret(secret: &Secret, id: &AuthorizationId) -> Secret {
    Secret::new(SecretHash::of_parts(&["consent", secret.expose(), id.as_str()]).as_str())
}
