//! An authorization from the request to the answer.
//!
//! Only the browser that brought the request gets anywhere with it. Whatever is answered may be asked for again
//! until the website has redeemed the code: an answer that was lost costs nothing.

use super::code::new_code;
use super::decide::will_do;
use super::request::{Asker, Parameters, RequestRefusal, Said, TextRefusal, read};
use super::{Authorization, AuthorizationRequest, AuthorizationStore, SignedOn, SiteAnswer};
use crate::client::{Client, ClientDirectory, Subjects};
use crate::grant::{Consent, is_kept};
use crate::id::{AuthorizationId, UserId};
use crate::login::{DISOWNED_WITHIN_SECONDS, IssuedCode};
use crate::session::{UserSession, UserSessions};
use crate::signal::Signals;
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
    /// What Clients call Users.
    pub subjects: Subjects,
    /// Wakes whoever waits for a Login.
    pub signals: Arc<dyn Signals>,
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

/// See the module.
#[derive(Clone)]
pub struct AuthorizationService {
    pub(super) parts: AuthorizationParts,
}

const LOGIN_REQUIRED: Said = ("login_required", "Nobody is logged in who would do.");
const CONSENT_REQUIRED: Said = ("consent_required", "The person has not consented.");

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
        let parameters = self.pulled(parameters).await?;
        let (client, request) = match self.read(&parameters) {
            Ok(read) => read,
            Err(RequestRefusal::Page(refusal)) => return Err(refusal.into()),
            Err(RequestRefusal::Site(answer)) => return Ok(Authorized::Leave(answer)),
        };
        let now = self.parts.clock.now();
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let session = session.filter(|session| {
            will_do(session, &request, &client, now) && self.is_meant(&request, &client, &session.user)
        });
        let mut authorization = self.new_authorization(request, browser, now);
        let Some(session) = session else {
            return self.interact(authorization, LOGIN_REQUIRED).await;
        };
        let user = session.user.clone();
        authorization.signed_on = Some(signed_on(session));
        if !self.has_consented(&authorization, &client, &user).await? {
            return self.interact(authorization, CONSENT_REQUIRED).await;
        }
        authorization.consented_at = Some(now);
        let code = new_code(&*self.parts.entropy);
        authorization.code = Some(self.issued(&code));
        self.parts.store.create_authorization(&authorization).await?;
        Ok(Authorized::Leave(self.with_code(&authorization.request, &code)))
    }

    /// Deletes what has been over for a while, at most `limit`; says how many. A spent code stays for so long
    /// that a second use of it is noticed.
    pub async fn sweep(&self, limit: i64) -> Result<usize, StoreError> {
        let (store, now) = (&self.parts.store, self.parts.clock.now());
        let before = now.plus_seconds(-3600);
        // While a Login can be disowned, its authorization tells which session it began.
        let signed_before = now.plus_seconds(-DISOWNED_WITHIN_SECONDS);
        let pushed = store.delete_pushed_requests(now, limit).await?;
        let devices = store.delete_device_requests(before, limit).await?;
        let old = store.delete_old_authorizations(before, signed_before, limit).await?;
        Ok(pushed.max(devices).max(old))
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
    pub(super) fn hinted(&self, hint: &str, client: &Client) -> Option<String> {
        self.read_hint(hint).filter(|hint| hint.client == client.id).map(|hint| hint.sub)
    }

    /// Whether this User is whom the website means, if it means anybody.
    pub(super) fn is_meant(&self, request: &AuthorizationRequest, client: &Client, user: &UserId) -> bool {
        request.hint.as_ref().is_none_or(|hint| *hint == self.parts.subjects.of(client, user))
    }

    pub(super) fn new_authorization(
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

    pub(super) async fn has_consented(
        &self,
        authorization: &Authorization,
        client: &Client,
        user: &UserId,
    ) -> Result<bool, StoreError> {
        if authorization.consented_at.is_some() {
            return Ok(true);
        }
        let request = &authorization.request;
        Ok(!request.prompt.consent && is_kept(&*self.parts.store, client, user, request.scope).await?)
    }

    pub(super) async fn consent(
        &self,
        authorization: &Authorization,
        client: &Client,
        user: &UserId,
    ) -> Result<(), StoreError> {
        let (at, scope) = (self.parts.clock.now(), authorization.request.scope);
        let kept = Consent::to_keep(client, user.clone(), scope, at);
        self.parts.store.put_consent(&authorization.id, at, kept.as_ref()).await
    }

    pub(super) fn issued(&self, code: &Secret) -> IssuedCode {
        let expires_at = self.parts.clock.now().plus_seconds(CODE_SECONDS);
        IssuedCode { hash: SecretHash::of(code.expose()), expires_at }
    }

    pub(super) fn with_code(&self, request: &AuthorizationRequest, code: &Secret) -> SiteAnswer {
        self.answer(request, vec![("code", code.expose().to_owned())])
    }

    pub(super) fn refused(&self, request: &AuthorizationRequest, (error, description): Said) -> SiteAnswer {
        let fields = vec![("error", error.to_owned()), ("error_description", description.to_owned())];
        self.answer(request, fields)
    }

    fn answer(&self, request: &AuthorizationRequest, fields: Vec<(&'static str, String)>) -> SiteAnswer {
        let to = (request.redirect_uri.as_str(), request.response_mode);
        let answer = SiteAnswer::new(to, fields, request.state.as_deref(), &self.parts.issuer);
        answer.shown_in(request.locale.as_deref())
    }
}

pub(super) fn signed_on(session: UserSession) -> SignedOn {
    SignedOn {
        user: session.user,
        session: session.id,
        provider: session.provider,
        assurance: session.assurance,
        auth_time: session.auth_time,
    }
}

/// The stored form of what a browser holds: bound to the authorization, so one cookie serves many.
pub(super) fn browser_hash(secret: &Secret, id: &AuthorizationId) -> SecretHash {
    SecretHash::of_parts(&["authorization", secret.expose(), id.as_str()])
}
