//! The kind as the engine calls it: a redirect, its callback, and the duties that are pushed.
//!
//! Whoever comes back with a code has consented on WeChat's own page, which named this site.

use super::schema::Lang;
use super::{OpenPlatform, probe};
use crate::wechat::oauth::{self, Page};
use crate::wechat::picture;
use crate::wechat::probing;
use crate::wechat::push::{Delivery, Message, RawPush, success};
use crate::wechat::push_settings::PushAddress;
use async_trait::async_trait;
use saoma_core::Secret;
use saoma_core::provider::{
    Advance, Assurance, Begin, Challenge, Correlation, Finding, Happened, Host, Inbound, LocalText,
    LoginStart, LoginView, Outcome, ProbeOrder, ProbeReport, Provider, ProviderError, PushTrial, RawInbound,
    Reject, Reply, VendorIdentity,
};
use url::Url;

const SCOPE: &str = "snsapi_login";

#[async_trait]
impl Provider for OpenPlatform {
    fn namespace(&self) -> Option<&str> {
        Some(&self.names.own)
    }

    fn assurance(&self) -> Assurance {
        Assurance::Confirmed
    }

    fn egress(&self) -> Vec<Url> {
        let own = [self.api.base.url().clone(), self.pages.url().clone()];
        own.into_iter().chain(picture::hosts()).collect()
    }

    fn vendor_is_trusted(&self) -> bool {
        self.api.base.is_trusted() && self.pages.is_trusted()
    }

    fn warnings(&self) -> Vec<LocalText> {
        self.push.as_ref().and_then(PushAddress::warning).into_iter().collect()
    }

    async fn begin(&self, _host: &dyn Host, login: &LoginStart) -> Result<Begin, ProviderError> {
        let lang = self.lang.unwrap_or_else(|| Lang::of(login.locale.as_deref()));
        let url = self.page(lang).address(&login.callback, &login.state).into();
        Ok(Begin::showing(Challenge::Redirect { url }))
    }

    fn parse(&self, host: &dyn Host, raw: RawInbound) -> Result<Inbound, Reject> {
        match raw {
            RawInbound::Companion { .. } => Err(Reject::NotForUs),
            RawInbound::Callback { query } => oauth::came_back(&query),
            RawInbound::Push { is_post, query, body } => {
                let push = self.push.as_ref().ok_or(Reject::NotForUs)?;
                let raw = RawPush { is_post, query: &query, body: &body };
                Ok(match push.door.receive(host.now(), &raw)? {
                    Delivery::Echo(reply) => Inbound::Direct(reply),
                    Delivery::Message(message) => self.told(message),
                })
            }
        }
    }

    fn correlate(&self, inbound: &Inbound) -> Correlation {
        match inbound {
            Inbound::Callback { state, .. } => Correlation::State(state.clone()),
            Inbound::Companion { .. } | Inbound::Push(_) | Inbound::Direct(_) => Correlation::None,
        }
    }

    async fn advance(
        &self,
        host: &dyn Host,
        _login: &LoginView,
        inbound: &Inbound,
    ) -> Result<Advance, ProviderError> {
        match inbound {
            Inbound::Callback { code: None, .. } => Ok(Advance::Denied),
            Inbound::Callback { code: Some(code), .. } => {
                let who = oauth::who(&self.api, &self.names, host, code, Some(SCOPE)).await?;
                Ok(Advance::Confirmed(who))
            }
            Inbound::Companion { .. } | Inbound::Push(_) | Inbound::Direct(_) => Ok(Advance::Ignore),
        }
    }

    fn reply(
        &self,
        _host: &dyn Host,
        _login: Option<&LoginView>,
        inbound: &Inbound,
        _outcome: &Outcome,
    ) -> Option<Reply> {
        match inbound {
            Inbound::Push(_) => Some(success()),
            Inbound::Direct(reply) => Some(reply.clone()),
            Inbound::Companion { .. } | Inbound::Callback { .. } => None,
        }
    }

    fn push_secret(&self) -> Option<&Secret> {
        self.push.as_ref()?.path_secret.as_ref()
    }

    async fn probe(&self, host: &dyn Host, order: &ProbeOrder) -> ProbeReport {
        probe::run(self, host, order).await
    }

    fn push_trials(&self, host: &dyn Host) -> Vec<PushTrial> {
        self.push.as_ref().map(|push| push.door.trials(host)).unwrap_or_default()
    }

    fn judge(&self, proven: &VendorIdentity) -> Vec<Finding> {
        probing::judge(&self.names, proven)
    }
}

impl OpenPlatform {
    /// WeChat's login page for this app.
    pub(super) fn page(&self, lang: Lang) -> Page<'_> {
        Page {
            base: &self.pages,
            path: "/connect/qrconnect",
            appid: &self.api.appid,
            scope: SCOPE,
            lang: Some(lang.as_str()),
        }
    }

    /// A duty towards a person; whatever else a website app is told is not ours.
    fn told(&self, message: Message) -> Inbound {
        match message.happened {
            Happened::Changed(_) => message.into_inbound(&self.names),
            Happened::Scanned(_) | Happened::Said(_) | Happened::Disowned | Happened::Other => {
                Inbound::Direct(success())
            }
        }
    }
}
