//! Saoma asks for somebody itself, for a page of their own: by the login page that websites use, without
//! consent, without a code. What it leads to is a path that we wrote down ourselves.

use super::decide::will_do;
use super::{
    Authorization, AuthorizationRequest, AuthorizationService, Browser, Prompt, ResponseMode, SiteAnswer,
};
use crate::StoreError;
use crate::client::{Client, ClientId, own_page};
use crate::grant::Scope;
use crate::id::{AuthorizationId, UserId};
use crate::provider::Assurance;
use crate::session::UserSession;
use std::sync::Arc;

/// Seconds for which a confirmation proves enough to change an account.
pub(super) const FRESH_SECONDS: u32 = 300;

/// A page of ours that wants to know who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAsk {
    /// Its path, below that of people's own page, e.g. `/delete`; empty for that page itself.
    pub place: String,
    /// Whether they must have proven it a moment ago.
    pub fresh: bool,
}

impl AuthorizationService {
    /// Whoever is logged in here in this browser, if that is enough for the page.
    pub async fn who_is_here(
        &self,
        ask: &OwnAsk,
        browser: &Browser,
    ) -> Result<Option<UserSession>, StoreError> {
        let now = self.parts.clock.now();
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let Some(client) = self.own_client() else { return Ok(None) };
        let request = self.own_request(ask, None);
        Ok(session.filter(|session| will_do(session, &request, &client, now)))
    }

    /// Asks: they log in, and go on to that page. Who is logged in already must be who proves it again.
    pub async fn ask_who(&self, ask: &OwnAsk, browser: &Browser) -> Result<AuthorizationId, StoreError> {
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let request = self.own_request(ask, session.map(|session| session.user));
        let anew = self.new_authorization(request, browser, self.parts.clock.now());
        self.parts.store.create_authorization(&anew).await?;
        Ok(anew.id)
    }

    /// Where a browser goes that was asked for a page of ours. Somebody else than who was to prove it finds
    /// their own page, and not what the other one was about to do.
    pub(super) fn to_own_page(authorization: &Authorization) -> SiteAnswer {
        let request = &authorization.request;
        let by = authorization.signed_on.as_ref().map(|by| &by.user);
        let is_other = request.hint.as_deref().is_some_and(|hint| Some(hint) != by.map(UserId::as_str));
        let place = request.state.as_deref().filter(|_| !is_other).unwrap_or_default();
        SiteAnswer::plain(format!("{}{place}", request.redirect_uri))
    }

    /// Where a browser goes whose person gave up: back to their page, if they are logged in.
    pub(super) async fn away_from_own_page(&self, browser: &Browser) -> Result<SiteAnswer, StoreError> {
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        let home = || format!("{}/", self.parts.issuer);
        Ok(SiteAnswer::plain(session.map_or_else(home, |_| own_page(&self.parts.issuer))))
    }

    fn own_client(&self) -> Option<Arc<Client>> {
        self.parts.clients.find(&ClientId::of_own_page())
    }

    pub(super) fn own_request(&self, ask: &OwnAsk, hint: Option<UserId>) -> AuthorizationRequest {
        AuthorizationRequest {
            client: ClientId::of_own_page(),
            redirect_uri: own_page(&self.parts.issuer),
            response_mode: ResponseMode::Query,
            scope: Scope::default(),
            state: Some(ask.place.clone()),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: ask.fresh.then_some(FRESH_SECONDS),
            at_least: Assurance::ScanOnly,
            hint: hint.map(|user| user.to_string()),
            locale: None,
            user_code: None,
        }
    }
}
