//! The engine: begins Logins. Watching, scanning, confirming and completing are its other files.
//!
//! Refuses before it asks the vendor, asks the vendor before it writes, and writes once.

use super::level::unraised;
use super::recognise::domain_of;
use super::shown::Shown;
use super::{Login, LoginParts, Reason, Requester, Scene, Site, Stage, Steps, VENDOR_BUDGET_MS, VendorState};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::{Client, ClientId};
use crate::id::{AuthorizationId, LoginId};
use crate::provider::{
    Assurance, Begin, Challenge, Kind, LoginStart, LoginView, OpenProvider, ProviderError, ProviderSlug, Step,
};
use crate::seal::Place;
use crate::secret::is_s256;
use crate::{Secret, SecretHash, StoreError, Timestamp};
use futures_util::future::{Either, select};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use url::Url;

/// Who asks for a Login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A page of another site, by its `Origin`.
    Page {
        /// As the browser wrote it.
        origin: String,
    },
    /// A page of our own.
    OwnPage,
    /// The Client's back end, already recognised by its secret.
    BackEnd,
}

impl Caller {
    /// Who that is in the audit.
    const fn actor(&self) -> Actor {
        match self {
            Self::Page { .. } | Self::OwnPage => Actor::Browser,
            Self::BackEnd => Actor::Client,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct BeginRequest {
    /// The website.
    pub client: Arc<Client>,
    /// Who asks.
    pub caller: Caller,
    /// The Provider, as asked for.
    pub provider: String,
    /// Where the code shall go.
    pub redirect_uri: Option<String>,
    /// S256 of a verifier that the website keeps; none when an authorization is answered.
    pub code_challenge: String,
    /// What it answers, when the website asked by OpenID Connect.
    pub authorization: Option<AuthorizationId>,
    /// The least assurance it must be able to reach, beside the Client's own.
    pub at_least: Assurance,
    /// Given back unchanged.
    pub state: Option<String>,
    /// Given back in an id token.
    pub nonce: Option<String>,
    /// The language of the page.
    pub locale: Option<String>,
    /// Whose browser it is.
    pub requester: Requester,
    /// Its `User-Agent`, whole.
    pub user_agent: Option<String>,
    /// What this browser holds, or will hold.
    pub browser_secret: Secret,
}

/// A Login has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The Login.
    pub login: Login,
}

/// Why none did.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The page's origin is not one of the Client's.
    #[error("the origin is not allowed")]
    OriginNotAllowed,
    /// No Provider has this slug.
    #[error("no such provider")]
    UnknownProvider,
    /// The Provider is not offered to this Client, is switched off, or is too weak for it.
    #[error("the provider is not offered")]
    ProviderNotOffered,
    /// The address is not registered.
    #[error("the redirect_uri is not registered")]
    RedirectUriNotRegistered,
    /// This way needs one.
    #[error("a redirect_uri is required")]
    RedirectUriRequired,
    /// Not 43 characters of base64url.
    #[error("the code_challenge is malformed")]
    InvalidCodeChallenge,
    /// The vendor's part failed.
    #[error(transparent)]
    Vendor(#[from] ProviderError),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a new Login is made of besides what its plugin gave.
pub(super) struct NewLogin {
    pub(super) client: ClientId,
    pub(super) site: Site,
    pub(super) code_challenge: String,
    pub(super) authorization: Option<AuthorizationId>,
    pub(super) browser_secret: Secret,
    pub(super) requester: Requester,
}

/// The login engine.
#[derive(Clone)]
pub struct LoginService {
    pub(super) parts: LoginParts,
    pub(super) shown: Arc<Shown>,
}

impl LoginService {
    /// An engine of these parts.
    pub fn new(parts: LoginParts) -> Self {
        Self { parts, shown: Arc::default() }
    }

    /// Begins a Login: the code is ready when this returns.
    pub async fn begin(&self, request: BeginRequest) -> Result<Begun, BeginError> {
        check_request(&request)?;
        let open = self.choose_provider(&request)?;
        let start = self.login_start(&open, request.user_agent.clone(), request.locale.clone())?;
        let begin = match self.within_budget(Step::Begin, open.provider.begin(&*open.host, &start)).await {
            Ok(begin) => begin,
            Err(error) => return Err(self.begin_failed(request, &open, start, error).await?),
        };
        let wanted = request.client.min_assurance.max(request.at_least);
        let begin =
            self.raised(begin, open.provider.assurance(), wanted).ok_or(BeginError::ProviderNotOffered)?;
        if !begin.challenge.is_code() && request.redirect_uri.is_none() {
            return Err(BeginError::RedirectUriRequired);
        }
        let beginner = request.caller.actor();
        let login = self.new_login(asked_for(request), &open, start, begin)?;
        let now = login.created_at;
        let row = AuditEntry::new(&*self.parts.entropy, now, &beginner, Action::LoginBegan, "").about(&login);
        self.parts.store.create_login(&login, &row).await?;
        Ok(Begun { login })
    }

    /// An attempt that the vendor did not let begin is an attempt as well: it is kept with what the vendor
    /// said. It costs no more than one that began, and as few are let through.
    async fn begin_failed(
        &self,
        request: BeginRequest,
        open: &OpenProvider,
        start: LoginStart,
        error: ProviderError,
    ) -> Result<BeginError, BeginError> {
        // What it would have shown is not known; nobody is ever shown it.
        let beginner = request.caller.actor();
        let login = self.new_login(
            asked_for(request),
            open,
            start,
            Begin::showing(Challenge::QrImage { open_url: None }),
        )?;
        let now = login.created_at;
        let failed = Login { stage: Stage::Failed, reason: Some(Reason::VendorFailed), ..login };
        let failed = failed.answered(&error, now);
        let row = AuditEntry::new(&*self.parts.entropy, now, &beginner, Action::LoginEnded, "");
        let row = row.about(&failed).ended(AuditOutcome::Failure, Reason::VendorFailed.as_str());
        self.parts.store.create_login(&failed, &row).await?;
        Ok(error.into())
    }

    /// The content of the file by which a vendor checks our domain, if a Provider has one of this name.
    pub fn find_domain_proof(&self, file: &str) -> Option<String> {
        let open = self.parts.providers.list().into_iter();
        open.filter_map(|open| open.provider.domain_proof().cloned())
            .find(|proof| proof.file == file)
            .map(|proof| proof.content)
    }

    fn choose_provider(&self, request: &BeginRequest) -> Result<Arc<OpenProvider>, BeginError> {
        let slug: ProviderSlug = request.provider.parse().map_err(|_| BeginError::UnknownProvider)?;
        if request.client.providers.contains(&slug) {
            return self.offered(&request.client, &slug).ok_or(BeginError::ProviderNotOffered);
        }
        let exists = self.parts.providers.find(&slug).is_some();
        Err(if exists { BeginError::ProviderNotOffered } else { BeginError::UnknownProvider })
    }

    /// What a plugin begins with.
    pub(super) fn login_start(
        &self,
        open: &OpenProvider,
        user_agent: Option<String>,
        locale: Option<String>,
    ) -> Result<LoginStart, StoreError> {
        Ok(LoginStart {
            login_id: LoginId::generate(&*self.parts.entropy),
            scene: Scene::generate(&*self.parts.entropy),
            state: VendorState::generate(&*self.parts.entropy),
            callback: self.own_address(&["callback", open.record.slug.as_str()])?,
            user_agent,
            locale,
        })
    }

    pub(super) fn new_login(
        &self,
        asked: NewLogin,
        open: &OpenProvider,
        start: LoginStart,
        begin: Begin,
    ) -> Result<Login, ProviderError> {
        let now = self.parts.clock.now();
        let browser_hash = browser_hash(&asked.browser_secret, &start.login_id);
        let private = begin.private.map(|bytes| self.seal_private(&start.login_id, &bytes)).transpose()?;
        let state_hash = (!begin.challenge.is_code()).then(|| state_hash(&start.state));
        let assurance = begin.assurance.unwrap_or_else(|| unraised(open.provider.assurance()));
        let failure = begin.failure;
        let login = Login {
            client: asked.client,
            provider: open.record.slug.clone(),
            image_token: self.parts.entropy.base64url::<16>(),
            browser_hash,
            stage: Stage::Pending,
            version: 1,
            reason: None,
            expires_at: self.parts.rules.first_deadline(&begin.challenge, begin.ttl_seconds, now),
            challenge: begin.challenge,
            private,
            state_hash,
            number: begin.number,
            code_back: None,
            site: asked.site,
            code_challenge: asked.code_challenge,
            authorization: asked.authorization,
            assurance,
            requester: self.locate(asked.requester),
            proof: None,
            companion_hash: None,
            push_key: None,
            asked_at: None,
            user: None,
            code: None,
            steps: Steps::default(),
            vendor_answer: None,
            created_at: now,
            updated_at: now,
            id: start.login_id,
            scene: start.scene,
        };
        Ok(match failure {
            Some(failure) => login.answered(&failure, now),
            None => login,
        })
    }

    fn locate(&self, requester: Requester) -> Requester {
        let region = requester.address.and_then(|address| self.parts.regions.region(address));
        Requester { region, ..requester }
    }

    fn seal_private(&self, login: &LoginId, bytes: &[u8]) -> Result<String, ProviderError> {
        let sealed = self.parts.keyring.seal(&*self.parts.entropy, private_place(login), bytes);
        sealed.map_err(|_| ProviderError::silent(Step::Begin, Kind::Unavailable))
    }

    /// What the plugin gave to keep, opened.
    pub(super) fn open_private(&self, login: &Login) -> Result<Option<Vec<u8>>, StoreError> {
        let open = |sealed| self.parts.keyring.open(private_place(&login.id), sealed);
        let opened = login.private.as_deref().map(open).transpose();
        opened
            .map(|bytes| bytes.map(|b| b.to_vec()))
            .map_err(|_| StoreError::Corrupt("private part of a login"))
    }

    /// The Login as its plugin sees it.
    pub(super) fn view(&self, login: &Login) -> Result<LoginView, StoreError> {
        let client = self.website_of(login);
        // A website that is switched off meanwhile still has its address to be told by.
        let name = client.as_ref().map_or(login.site.domain.as_str(), |client| client.name.as_str());
        Ok(login.view(name, self.open_private(login)?))
    }

    /// An address of ours.
    pub(super) fn own_address(&self, path: &[&str]) -> Result<Url, StoreError> {
        let mut url = Url::parse(&self.parts.issuer).map_err(|_| StoreError::Corrupt("public_url"))?;
        url.path_segments_mut().map_err(|()| StoreError::Corrupt("public_url"))?.pop_if_empty().extend(path);
        Ok(url)
    }

    /// Ends a plugin's work when the engine's own patience ends.
    pub(super) async fn within_budget<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let deadline: Timestamp = self.parts.clock.now().plus_millis(VENDOR_BUDGET_MS);
        match select(pin!(work), pin!(self.parts.clock.sleep_until(deadline))).await {
            Either::Left((done, _)) => done,
            Either::Right(((), _)) => Err(ProviderError::silent(step, Kind::Timeout)),
        }
    }
}

fn private_place(login: &LoginId) -> Place<'_> {
    Place { table: "logins", row: login.as_str(), column: "private" }
}

/// The stored form of what goes to a vendor's page and comes back.
pub(super) fn state_hash(state: &VendorState) -> SecretHash {
    SecretHash::of_parts(&["vendor state", state.expose()])
}

/// The stored form of what a browser holds: bound to the Login, so one cookie serves many.
pub(super) fn browser_hash(secret: &Secret, login: &LoginId) -> SecretHash {
    SecretHash::of_parts(&["browser", secret.expose(), login.as_str()])
}

fn asked_for(request: BeginRequest) -> NewLogin {
    let domain = domain_of(&request);
    NewLogin {
        client: request.client.id.clone(),
        site: Site {
            redirect_uri: request.redirect_uri,
            domain,
            state: request.state,
            nonce: request.nonce,
            locale: request.locale,
        },
        code_challenge: request.code_challenge,
        authorization: request.authorization,
        browser_secret: request.browser_secret,
        requester: request.requester,
    }
}

fn check_request(request: &BeginRequest) -> Result<(), BeginError> {
    if let Caller::Page { origin } = &request.caller
        && !request.client.has_origin(origin)
    {
        return Err(BeginError::OriginNotAllowed);
    }
    // That of an authorization was checked when the website asked for it, or is our own.
    if let Some(uri) = request.redirect_uri.as_ref().filter(|_| request.authorization.is_none())
        && !request.client.has_redirect_uri(uri)
    {
        return Err(BeginError::RedirectUriNotRegistered);
    }
    // An authorization was checked when the website asked for it.
    if request.authorization.is_some() || is_s256(&request.code_challenge) {
        Ok(())
    } else {
        Err(BeginError::InvalidCodeChallenge)
    }
}
