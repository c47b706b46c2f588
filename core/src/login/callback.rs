//! The vendor sends a browser back: the website is answered at its own address, whoever's browser
//! this is. The browser that began gets nothing by itself, so a mailed link gives its sender nothing.
//!
//! A Login is taken before the vendor is asked, so that a reload asks nobody a second time.

use super::ask::PageProof;
use super::confirm::Consent;
use super::redirect::with_error;
use super::rehearsal::known_for;
use super::service::{browser_hash, state_hash};
use super::{Event, Login, LoginService, Proof, Reason, Stage, Transition, VendorState, Verdict, next};
use crate::audit::Actor;
use crate::provider::{
    Advance, Correlation, Inbound, Kind, OpenProvider, ProviderError, ProviderSlug, RawInbound, Step,
    VendorIdentity,
};
use crate::{Secret, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the browser goes now.
#[derive(Debug)]
pub enum Returned {
    /// To the website's own address, with a code or an error (RFC 6749 sections 4.1.2 and 4.1.2.1).
    ToSite {
        /// The address.
        address: Secret,
        /// What the vendor's part failed at, if it did.
        failure: Option<ProviderError>,
    },
    /// To our confirm page, as somebody whom the vendor has proven.
    Ask {
        /// Token of the page.
        token: Secret,
        /// What this browser keeps to show that it was proven.
        proof: PageProof,
    },
    /// Nowhere: an admin rehearsed, and reads there how it went.
    Rehearsed,
}

/// Why it goes nowhere.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// No such Provider, or it takes no callbacks.
    #[error("no such callback address")]
    UnknownProvider,
    /// Not what the vendor sends.
    #[error("the callback is malformed")]
    Malformed,
    /// No Login of this Provider has this state.
    #[error("no login has this state")]
    UnknownState,
    /// The Login was answered before, or is being answered, or its time ran out.
    #[error("the login has been answered")]
    Over(Stage),
    /// What the Login answers goes on only in the browser that began it, and this is another one.
    #[error("another browser began the login")]
    OtherBrowser,
    /// The vendor showed its page as a preview and named nobody.
    #[error("the vendor named nobody")]
    Unreal {
        /// The website's host, for the way back.
        domain: String,
    },
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginService {
    /// Takes a browser that a vendor sent back to this Provider's address; `browser` is what it holds of ours.
    pub async fn callback(
        &self,
        slug: &str,
        query: BTreeMap<String, String>,
        browser: Option<&Secret>,
    ) -> Result<Returned, CallbackError> {
        let slug: ProviderSlug = slug.parse().map_err(|_| CallbackError::UnknownProvider)?;
        let open = self.parts.providers.find(&slug).ok_or(CallbackError::UnknownProvider)?;
        let inbound = open.provider.parse(&*open.host, RawInbound::Callback { query });
        let inbound = inbound.map_err(|_| CallbackError::Malformed)?;
        let Correlation::State(state) = open.provider.correlate(&inbound) else {
            return Err(CallbackError::Malformed);
        };
        let login = self.take(&open, &state, &inbound).await?;
        let login = self.in_its_browser(login, browser).await?;
        let view = self.view(&login)?;
        let work = open.provider.advance(&*open.host, &view, &inbound);
        match self.within_budget(Step::ProveSubject, work).await {
            Ok(Advance::Confirmed(identity)) => self.answer_site(login, identity).await,
            Ok(Advance::Proven(identity)) => self.ask_on_page(&open, login, identity).await,
            Ok(Advance::Denied) => self.give_up(login, Event::Deny, Reason::DeclinedAtVendor, None).await,
            Ok(Advance::Scanned(_) | Advance::Wrong | Advance::Ignore) => Err(CallbackError::Malformed),
            Err(error) if error.kind == Kind::PersonUnreal => {
                let domain = login.site.domain.clone();
                let login = login.answered(&error, self.parts.clock.now());
                self.end(login, Event::Fail, &Actor::System, Reason::UnrealPerson).await?;
                Err(CallbackError::Unreal { domain })
            }
            Err(error) => self.give_up(login, Event::Fail, Reason::VendorFailed, Some(error)).await,
        }
    }

    /// The Login of this state, ours alone from now on when the vendor has to be asked.
    async fn take(
        &self,
        open: &Arc<OpenProvider>,
        state: &VendorState,
        inbound: &Inbound,
    ) -> Result<Login, CallbackError> {
        let hash = state_hash(state);
        let asks_vendor = matches!(inbound, Inbound::Callback { code: Some(_), .. });
        if asks_vendor {
            let now = self.parts.clock.now();
            if let Some(login) = self.parts.store.claim_login(&hash, &open.record.slug, now).await? {
                return Ok(login);
            }
        }
        let found = self.parts.store.find_login_by_state(&hash).await?;
        // One callback path per Provider: the state of another's Login is nobody's here (mix-up).
        let login = found.filter(|login| login.provider == open.record.slug);
        let login = self.settle(login.ok_or(CallbackError::UnknownState)?).await?;
        let may_decline = login.stage == Stage::Pending && login.asked_at.is_none();
        if asks_vendor || !may_decline { Err(CallbackError::Over(login.stage)) } else { Ok(login) }
    }

    /// Whoever begins a Login and mails its link would be logged in here as whoever confirms: a Login that
    /// answers an authorization is proven in the browser that began it, or not at all.
    async fn in_its_browser(&self, login: Login, browser: Option<&Secret>) -> Result<Login, CallbackError> {
        let is_same = |secret: &Secret| login.browser_hash.equals(&browser_hash(secret, &login.id));
        if login.authorization.is_none() || browser.is_some_and(is_same) {
            return Ok(login);
        }
        self.end(login, Event::Fail, &Actor::Browser, Reason::OtherBrowser).await?;
        Err(CallbackError::OtherBrowser)
    }

    async fn answer_site(&self, login: Login, identity: VendorIdentity) -> Result<Returned, CallbackError> {
        let known = self.parts.store.find_identity(&identity).await?;
        let Verdict::Go(stage) = next(login.stage, Event::Prove) else {
            return Err(CallbackError::Over(login.stage));
        };
        let consent = Consent { proof: Proof { identity }, known, nickname: None, push_key: None };
        let written = self.confirm(&login, stage, consent).await?;
        if login.is_rehearsal() && written.is_some() {
            return Ok(Returned::Rehearsed);
        }
        match written.and_then(|written| written.to_site) {
            Some(address) => Ok(Returned::ToSite { address, failure: None }),
            None => self.turned_away(&login).await,
        }
    }

    /// Whoever was switched off goes back to the website with a refusal.
    async fn turned_away(&self, login: &Login) -> Result<Returned, CallbackError> {
        let login = self.again(login).await?;
        let is_off = login.reason == Some(Reason::UserDisabled);
        let address = self.refused_at_site(&login, "access_denied").filter(|_| is_off);
        let address = address.ok_or(CallbackError::Over(login.stage))?;
        Ok(Returned::ToSite { address, failure: None })
    }

    async fn ask_on_page(
        &self,
        open: &OpenProvider,
        login: Login,
        identity: VendorIdentity,
    ) -> Result<Returned, CallbackError> {
        let identity = match self.whole_at_first(open, &login, identity).await? {
            Ok(identity) => identity,
            Err(error) => return self.give_up(login, Event::Fail, Reason::VendorFailed, Some(error)).await,
        };
        let token = self.page_token(&login.id);
        let hash = Self::page_hash(&token);
        let change: Transition = self.scanned_with(&login, Stage::Scanned, &identity, Some(hash));
        if !self.parts.store.transition_login(&change).await? {
            return Err(self.overtaken(&login).await?);
        }
        self.written(&login.id);
        let proof = self.seal_proof(&change.after, &identity)?;
        Ok(Returned::Ask { token, proof })
    }

    /// Somebody whom we do not know yet is told of whole, as their account is about to be made.
    async fn whole_at_first(
        &self,
        open: &OpenProvider,
        login: &Login,
        identity: VendorIdentity,
    ) -> Result<Result<VendorIdentity, ProviderError>, StoreError> {
        if open.provider.is_complete(&identity) {
            return Ok(Ok(identity));
        }
        let known = self.parts.store.find_identity(&identity).await?;
        if known_for(login, known).is_some() {
            return Ok(Ok(identity));
        }
        Ok(self.made_whole(open, identity).await)
    }

    async fn overtaken(&self, login: &Login) -> Result<CallbackError, StoreError> {
        Ok(CallbackError::Over(self.again(login).await?.stage))
    }

    async fn give_up(
        &self,
        login: Login,
        event: Event,
        reason: Reason,
        failure: Option<ProviderError>,
    ) -> Result<Returned, CallbackError> {
        let error = site_error(failure.as_ref());
        let login = match &failure {
            Some(failure) => login.answered(failure, self.parts.clock.now()),
            None => login,
        };
        let ended = self.end(login, event, &Actor::Browser, reason).await?;
        let address = self.refused_at_site(&ended, error).ok_or(CallbackError::Over(ended.stage))?;
        Ok(Returned::ToSite { address, failure })
    }

    /// The website's own address with an error, when it is answered by redirect.
    pub(super) fn refused_at_site(&self, login: &Login, error: &str) -> Option<Secret> {
        if let Some(to) = self.own_page_of(login) {
            return Some(to);
        }
        let uri = login.site.redirect_uri.as_ref().filter(|_| !login.challenge.is_code())?;
        Some(Secret::new(with_error(uri, error, login.site.state.as_deref(), &self.parts.issuer)))
    }
}

/// The error code the website reads (RFC 6749 section 4.1.2.1).
fn site_error(failure: Option<&ProviderError>) -> &'static str {
    match failure.map(|failure| &failure.kind) {
        None | Some(Kind::PersonBlocked | Kind::ProofInvalid | Kind::PersonUnreal) => "access_denied",
        Some(Kind::Misconfigured) => "server_error",
        Some(Kind::Quota { .. } | Kind::Timeout | Kind::Unavailable) => "temporarily_unavailable",
    }
}
