//! The person's yes at a page of ours, for a website that its own API logs in at: asked where a scan was enough,
//! since no page and no chat has named the website to them.
//!
//! `complete` then leads the browser to that page instead of giving a code. The page's address holds a secret that
//! stands in the code's place, so a newer `complete` makes it void, and no website can redeem it. Without an address
//! of the website there is no way back from a page of ours: then the website's own page is all there is.

use super::redirect::{with_code, with_error};
use super::{Event, Login, LoginService, NewCode, Reason, TradedCode};
use crate::audit::Actor;
use crate::client::Client;
use crate::grant::{Consent, Scope, is_kept};
use crate::id::UserId;
use crate::provider::Assurance;
use crate::{Secret, SecretHash, StoreError};
use std::sync::Arc;

/// What the page asks.
#[derive(Debug, Clone)]
pub struct SiteAsks {
    /// Who wants to know.
    pub client: Arc<Client>,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Of whom.
    pub user: UserId,
}

/// Why there is nothing to decide.
#[derive(Debug, thiserror::Error)]
pub enum SiteAsksError {
    /// No Login waits for this page: answered, over, or there never was one.
    #[error("no login waits for this page")]
    Unknown,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Login {
    /// Whether the person was asked by name of the website: on a page of ours or in a chat. Where WeChat's own page
    /// asked it named our app, and nobody asked at all where the scan was enough.
    pub fn named_website(&self) -> bool {
        let by_page_or_chat = self.companion_hash.is_some() || self.number.is_some();
        by_page_or_chat && self.assurance >= Assurance::Confirmed
    }
}

impl LoginService {
    /// What the page of this secret asks.
    pub async fn site_asks(&self, page: &Secret) -> Result<SiteAsks, SiteAsksError> {
        Ok(self.asked_at(page).await?.1)
    }

    /// Carries out what the person chose there; gives the website's address with its answer.
    pub async fn answer_site_asks(&self, page: &Secret, allowed: bool) -> Result<Secret, SiteAsksError> {
        let (login, asks) = self.asked_at(page).await?;
        let state = login.site.state.clone();
        let (state, issuer) = (state.as_deref(), &self.parts.issuer);
        if !allowed {
            self.end(login.clone(), Event::Cancel, &Actor::Browser, Reason::CancelledByBrowser).await?;
            return Ok(Secret::new(with_error(&asks.redirect_uri, "access_denied", state, issuer)));
        }
        let code = Secret::generate(&*self.parts.entropy);
        let now = self.parts.clock.now();
        let traded = TradedCode {
            from: page_hash(page),
            to: self.issued(&code),
            consent: Consent::to_keep(&asks.client, asks.user, Scope::OF_LOGINS, now),
            now,
        };
        if !self.parts.store.trade_code(&traded).await? {
            return Err(SiteAsksError::Unknown);
        }
        Ok(Secret::new(with_code(&asks.redirect_uri, code.expose(), state, issuer)))
    }

    /// Whether the person has yet to say that this website may know who they are.
    pub(super) async fn is_to_be_asked(&self, login: &Login) -> Result<bool, StoreError> {
        let client = self.parts.clients.find(&login.client);
        let (Some(user), Some(client), Some(_)) = (&login.user, client, &login.site.redirect_uri) else {
            return Ok(false);
        };
        if login.named_website() {
            return Ok(false);
        }
        Ok(!is_kept(&*self.parts.store, &client, user, Scope::OF_LOGINS).await?)
    }

    /// The page, in the place of a code.
    pub(super) fn page_for(&self, code: NewCode, login: &Login) -> (NewCode, Secret) {
        let page = Secret::generate(&*self.parts.entropy);
        let address = Secret::new(format!("{}/consent/{}", self.parts.issuer, page.expose()));
        (NewCode { code_hash: page_hash(&page), code_expires_at: login.expires_at, ..code }, address)
    }

    async fn asked_at(&self, page: &Secret) -> Result<(Login, SiteAsks), SiteAsksError> {
        let now = self.parts.clock.now();
        let found = self.parts.store.find_login_by_code(&page_hash(page), now).await?;
        let login = found.ok_or(SiteAsksError::Unknown)?;
        let client = self.parts.clients.find(&login.client);
        let whole = (client, login.site.redirect_uri.clone(), login.user.clone());
        let (Some(client), Some(redirect_uri), Some(user)) = whole else {
            return Err(SiteAsksError::Unknown);
        };
        Ok((login, SiteAsks { client, redirect_uri, user }))
    }
}

/// The stored form: never that of a code, so the secret is good for nothing else.
fn page_hash(page: &Secret) -> SecretHash {
    SecretHash::of_parts(&["consent page", page.expose()])
}
