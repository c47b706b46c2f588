//! The kind as the engine calls it: what a push or a callback means for a Login.
//!
//! The scan of a code names a person; only the way that `confirm` says makes it a login.

use super::begin::{self, address};
use super::schema::{Confirm, Scope};
use super::{ServiceAccount, probe, words};
use crate::wechat::browser::is_wechat;
use crate::wechat::oauth::{self, NAMED, SILENT};
use crate::wechat::picture;
use crate::wechat::probing;
use crate::wechat::push::{Delivery, RawPush};
use async_trait::async_trait;
use saoma_core::Secret;
use saoma_core::login::Number;
use saoma_core::provider::{
    Advance, Assurance, Begin, Correlation, DomainProof, Errand, Finding, Happened, Host, Inbound, LocalText,
    LoginStart, LoginView, Outcome, ProbeOrder, ProbeReport, Provider, ProviderError, Push, PushTrial,
    RawInbound, Reject, Reply, VendorIdentity,
};
use url::Url;

#[async_trait]
impl Provider for ServiceAccount {
    fn namespace(&self) -> Option<&str> {
        Some(&self.names.own)
    }

    fn assurance(&self) -> Assurance {
        match self.confirm {
            Confirm::Page => Assurance::CodeBack,
            Confirm::Number => Assurance::Number,
            Confirm::Scan => Assurance::ScanOnly,
        }
    }

    fn egress(&self) -> Vec<Url> {
        let pictures = picture::hosts().filter(|_| self.scope == Scope::Named);
        std::iter::once(self.api.base.url().clone()).chain(pictures).collect()
    }

    fn vendor_is_trusted(&self) -> bool {
        self.api.base.is_trusted() && self.pages.is_trusted()
    }

    fn warnings(&self) -> Vec<LocalText> {
        let scan = (self.confirm == Confirm::Scan).then_some(LocalText {
            en: "confirm = \"scan\": the scan counts as consent, so whoever gets somebody to scan a forwarded code \
                 is logged in as them; set page or number",
            zh: "confirm = \"scan\"：扫码即视为同意，把二维码转发给别人扫，就能以对方的身份登录。请改为 page 或 number。",
        });
        self.push.warning().into_iter().chain(scan).collect()
    }

    fn is_at_hand(&self, user_agent: &str) -> bool {
        is_wechat(user_agent)
    }

    fn hint(&self) -> Option<LocalText> {
        Some(words::hint(self.confirm))
    }

    async fn begin(&self, host: &dyn Host, login: &LoginStart) -> Result<Begin, ProviderError> {
        begin::begin(self, host, login).await
    }

    fn parse(&self, host: &dyn Host, raw: RawInbound) -> Result<Inbound, Reject> {
        match raw {
            RawInbound::Companion { .. } => Err(Reject::NotForUs),
            RawInbound::Callback { query } => oauth::came_back(&query),
            RawInbound::Push { is_post, query, body } => {
                let raw = RawPush { is_post, query: &query, body: &body };
                Ok(match self.push.door.receive(host.now(), &raw)? {
                    Delivery::Echo(reply) => Inbound::Direct(reply),
                    Delivery::Message(message) => message.into_inbound(&self.names),
                })
            }
        }
    }

    fn correlate(&self, inbound: &Inbound) -> Correlation {
        match inbound {
            Inbound::Callback { state, .. } => Correlation::State(state.clone()),
            Inbound::Push(push) => match &push.happened {
                Happened::Scanned(scene) => Correlation::Scene(scene.clone()),
                Happened::Said(text) if self.is_answer(text) => Correlation::Subject,
                // Where a signature does not cover its message, anybody could write this in somebody's name.
                Happened::Disowned if self.push.door.is_sealed() => Correlation::Disowned,
                Happened::Said(_) | Happened::Disowned | Happened::Changed(_) | Happened::Other => {
                    Correlation::None
                }
            },
            Inbound::Companion { .. } | Inbound::Direct(_) => Correlation::None,
        }
    }

    async fn advance(
        &self,
        host: &dyn Host,
        login: &LoginView,
        inbound: &Inbound,
    ) -> Result<Advance, ProviderError> {
        match inbound {
            Inbound::Callback { code: None, .. } => Ok(Advance::Denied),
            Inbound::Callback { code: Some(code), .. } => self.proven(host, code).await.map(Advance::Proven),
            Inbound::Push(push) => Ok(self.pushed(login, push)),
            Inbound::Companion { .. } | Inbound::Direct(_) => Ok(Advance::Ignore),
        }
    }

    fn reply(
        &self,
        host: &dyn Host,
        login: Option<&LoginView>,
        inbound: &Inbound,
        outcome: &Outcome,
    ) -> Option<Reply> {
        match inbound {
            Inbound::Push(push) => {
                let text = words::answer(login, outcome, self.push.door.is_sealed());
                Some(self.push.door.answer(host, &push.envelope, text.as_deref()))
            }
            Inbound::Direct(reply) => Some(reply.clone()),
            Inbound::Companion { .. } | Inbound::Callback { .. } => None,
        }
    }

    fn asks_on_page(&self) -> bool {
        self.confirm == Confirm::Page
    }

    fn prove(&self, _login: &LoginView, errand: &Errand) -> Option<Url> {
        Some(address(self, SILENT, &errand.back, &errand.state))
    }

    fn is_complete(&self, identity: &VendorIdentity) -> bool {
        !self.names.lacks_unionid(identity)
    }

    async fn complete(
        &self,
        host: &dyn Host,
        identity: VendorIdentity,
    ) -> Result<VendorIdentity, ProviderError> {
        let unionid = self.api.unionid(host, &identity.subject).await?;
        let mut identity = identity;
        identity.aliases.extend(self.names.alias(unionid));
        Ok(identity)
    }

    fn push_secret(&self) -> Option<&Secret> {
        self.push.path_secret.as_ref()
    }

    fn domain_proof(&self) -> Option<&DomainProof> {
        self.proof.as_ref()
    }

    async fn probe(&self, host: &dyn Host, order: &ProbeOrder) -> ProbeReport {
        probe::run(self, host, order).await
    }

    fn push_trials(&self, host: &dyn Host) -> Vec<PushTrial> {
        self.push.door.trials(host)
    }

    fn judge(&self, proven: &VendorIdentity) -> Vec<Finding> {
        probing::judge(&self.names, proven)
    }
}

impl ServiceAccount {
    async fn proven(&self, host: &dyn Host, code: &Secret) -> Result<VendorIdentity, ProviderError> {
        let wanted = (self.scope == Scope::Named).then_some(NAMED);
        oauth::who(&self.api, &self.names, host, code, wanted).await
    }

    fn is_answer(&self, text: &str) -> bool {
        self.confirm == Confirm::Number && text.parse::<Number>().is_ok()
    }

    fn pushed(&self, login: &LoginView, push: &Push) -> Advance {
        match &push.happened {
            Happened::Scanned(scene) if *scene == login.scene && login.challenge.is_code() => {
                let who = push.subject.clone();
                match self.confirm {
                    Confirm::Page => Advance::Scanned(who),
                    Confirm::Number => Advance::Proven(who),
                    Confirm::Scan => Advance::Confirmed(who),
                }
            }
            Happened::Said(text) if self.confirm == Confirm::Number => answered(login, push, text),
            Happened::Scanned(_)
            | Happened::Said(_)
            | Happened::Disowned
            | Happened::Changed(_)
            | Happened::Other => Advance::Ignore,
        }
    }
}

fn answered(login: &LoginView, push: &Push, text: &str) -> Advance {
    let scanned = login.subject.as_ref() == Some(&push.subject.subject);
    match (login.number, text.parse::<Number>()) {
        (Some(shown), Ok(said)) if scanned && shown == said => Advance::Confirmed(push.subject.clone()),
        (Some(_), Ok(_)) if scanned => Advance::Wrong,
        _ => Advance::Ignore,
    }
}
