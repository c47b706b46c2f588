//! A Login that an admin rehearses: the whole way with a real phone, and at its end nothing.
//!
//! It runs through the same engine as every other and ends `cancelled` with the reason `rehearsed`
//! where another would be confirmed. It leads to no account, no grant and no code: its website is
//! none that anybody can be, its browser secret and its verifier are thrown away as they are made.
//!
//! It shows a website of our own instead of one that is registered, because a provider is tried out
//! before any website offers it, and because the person with the phone should not be told that a
//! shop asks when it is an admin.

use super::confirm::{Consent, Written};
use super::service::NewLogin;
use super::{Event, Login, LoginService, Reason, Requester, Site, Verdict, next};
use crate::audit::{Actor, AuditEntry};
use crate::client::{Client, ClientId};
use crate::id::LoginId;
use crate::login::KnownIdentity;
use crate::provider::{ProviderError, ProviderSlug, Step};
use crate::secret::pkce_s256;
use crate::{Secret, StoreError};
use std::sync::Arc;
use url::Url;

/// What the phone shows in the place of a website's name; the person may read either language.
const NAME: &str = "Saoma 登录测试 · test";

/// What is asked for.
#[derive(Debug, Clone)]
pub struct RehearsalRequest {
    /// The Provider.
    pub provider: ProviderSlug,
    /// Whose browser shows the code.
    pub requester: Requester,
    /// The language of the admin's page, as a BCP 47 tag.
    pub locale: Option<String>,
    /// The row for its beginning.
    pub audit: AuditEntry,
}

/// Why nothing is rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// No Provider has this slug.
    #[error("no such provider")]
    UnknownProvider,
    /// The Provider is switched off.
    #[error("the provider is not switched on")]
    ProviderNotOpen,
    /// The vendor's part failed.
    #[error(transparent)]
    Vendor(#[from] ProviderError),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginService {
    /// Begins a rehearsal: the code is ready when this returns.
    pub async fn rehearse(&self, request: RehearsalRequest) -> Result<Login, RehearsalError> {
        let open = self.parts.providers.find(&request.provider).ok_or(RehearsalError::ProviderNotOpen)?;
        let start = self.login_start(&open, None, request.locale.clone())?;
        let begin = self.within_budget(Step::Begin, open.provider.begin(&*open.host, &start)).await?;
        let entropy = &*self.parts.entropy;
        let asked = NewLogin {
            client: ClientId::of_rehearsals(),
            site: Site {
                redirect_uri: None,
                domain: self.own_host(),
                state: None,
                nonce: None,
                locale: request.locale,
            },
            code_challenge: pkce_s256(Secret::generate(entropy).expose()),
            authorization: None,
            browser_secret: Secret::generate(entropy),
            requester: request.requester,
        };
        let login = self.new_login(asked, &open, start, begin)?;
        self.parts.store.create_login(&login, &request.audit).await?;
        Ok(login)
    }

    /// The rehearsal of this id as it stands; none for a Login that is none.
    pub async fn find_rehearsal(&self, id: &LoginId) -> Result<Option<Login>, StoreError> {
        let found = self.parts.store.find_login(id).await?.filter(Login::is_rehearsal);
        match found {
            Some(login) => Ok(Some(self.settle(login).await?)),
            None => Ok(None),
        }
    }

    /// Gives a rehearsal up, if there is anything left to give up.
    pub async fn end_rehearsal(&self, login: Login, actor: &Actor) -> Result<Login, StoreError> {
        self.end(login, Event::Cancel, actor, Reason::CancelledByBrowser).await
    }

    /// Ends a rehearsal where another Login would be confirmed; none when it moved meanwhile.
    pub(super) async fn rehearsed(
        &self,
        login: &Login,
        consent: Consent<'_>,
    ) -> Result<Option<Written>, StoreError> {
        let Verdict::Go(stage) = next(login.stage, Event::Cancel) else { return Ok(None) };
        let proven = Login {
            proof: Some(consent.proof),
            push_key: consent.push_key.or_else(|| login.push_key.clone()),
            asked_at: None,
            ..login.clone()
        };
        let change = self.ending(&proven, stage, &Actor::Phone, Reason::Rehearsed);
        let written = self.parts.store.transition_login(&change).await?;
        if written {
            self.written(&login.id);
        }
        Ok(written.then_some(Written { to_site: None }))
    }

    /// The website that a Login shows; ours for a rehearsal.
    pub(super) fn website_of(&self, login: &Login) -> Option<Arc<Client>> {
        if login.is_rehearsal() {
            Some(Arc::new(Client::ours(ClientId::of_rehearsals(), NAME)))
        } else {
            self.parts.clients.find(&login.client)
        }
    }

    fn own_host(&self) -> String {
        let host = Url::parse(&self.parts.issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_default()
    }
}

/// The Identity as far as it counts for this Login: a rehearsal asks the vendor for everything, as it
/// would for somebody new.
pub(super) fn known_for(login: &Login, known: Option<KnownIdentity>) -> Option<KnownIdentity> {
    known.filter(|_| !login.is_rehearsal())
}
