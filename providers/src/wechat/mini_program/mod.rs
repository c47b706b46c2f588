//! `wechat_mini_program`: a code that opens our page in a mini-program, which sends a proof of who
//! opened it. Confirming is the engine's part.
//!
//! Refuses callbacks and pushes: this way has neither.

mod probe;
mod schema;

use super::api::{Api, CodeOrder, LinkForm};
use super::browser::is_phones_own;
use super::ids::is_code;
use super::names::Names;
use super::probing;
use super::settings::Problems;
use crate::kind::KindOf;
use async_trait::async_trait;
use saoma_core::Secret;
use saoma_core::id::LoginId;
use saoma_core::provider::{
    Advance, Assurance, Begin, Challenge, ConfigErrors, Correlation, Descriptor, Finding, Host, Image,
    Inbound, Instance, LocalText, LoginStart, LoginView, ProbeOrder, ProbeReport, Profile, Provider,
    ProviderError, ProviderFactory, RawInbound, Reject, VendorIdentity,
};
use schema::Settings;
use std::sync::Arc;
use url::Url;

const DESCRIPTOR: Descriptor = Descriptor {
    kind: "wechat_mini_program",
    called: LocalText { en: "WeChat mini program", zh: "微信小程序" },
    title: LocalText { en: "WeChat mini program", zh: "微信小程序" },
    hint: LocalText {
        en: "Scan with WeChat, then confirm on your phone",
        zh: "微信扫一扫，在手机上确认登录",
    },
    companion: true,
    redirects: false,
};

/// The kind.
pub fn kind() -> impl ProviderFactory {
    KindOf { descriptor: DESCRIPTOR, schema: schema::schema(), open }
}

fn open(instance: &Instance, settings: Settings) -> Result<Arc<dyn Provider>, ConfigErrors> {
    let mut problems = Problems::default();
    let Some(base) = settings.app.base(instance, &mut problems) else {
        return Err(problems.into_errors());
    };
    let app = settings.app;
    Ok(Arc::new(MiniProgram {
        names: Names::new(&base, &app.appid, app.open_platform_account.as_deref()),
        page: settings.page,
        check_path: settings.check_path,
        env_version: settings.env_version,
        phone_link: settings.phone_link.form(),
        api: Api { base, appid: app.appid, secret: Secret::new(app.secret) },
    }))
}

struct MiniProgram {
    api: Api,
    names: Names,
    page: String,
    check_path: bool,
    env_version: String,
    phone_link: Option<LinkForm>,
}

/// A link outlives every Login: that it leads to one which is over is told on the phone.
const LINK_SECONDS: i64 = 600;

impl MiniProgram {
    fn order<'a>(&'a self, scene: &'a str) -> CodeOrder<'a> {
        let Self { page, check_path, env_version, .. } = self;
        CodeOrder { scene, page, check_path: *check_path, env_version }
    }

    async fn draw(&self, host: &dyn Host, scene: &str) -> Result<Image, ProviderError> {
        self.api.code_image(host, &self.order(scene)).await
    }

    async fn link(&self, host: &dyn Host, form: LinkForm, scene: &str) -> Result<String, ProviderError> {
        let until = host.now().plus_seconds(LINK_SECONDS);
        self.api.link(host, (form, &self.order(scene)), until).await
    }

    /// The form of link that this browser has a use for; the day's number of links is not for others.
    fn link_for(&self, login: &LoginStart) -> Option<LinkForm> {
        self.phone_link.filter(|_| login.user_agent.as_deref().is_some_and(is_phones_own))
    }

    async fn draw_and_keep(
        &self,
        host: &dyn Host,
        login: &LoginId,
        scene: &str,
    ) -> Result<Image, ProviderError> {
        let image = self.draw(host, scene).await?;
        host.keep_image(login, image.clone());
        Ok(image)
    }
}

#[async_trait]
impl Provider for MiniProgram {
    fn namespace(&self) -> Option<&str> {
        Some(&self.names.own)
    }

    fn is_at_hand(&self, user_agent: &str) -> bool {
        self.phone_link.is_some() && is_phones_own(user_agent)
    }

    fn assurance(&self) -> Assurance {
        Assurance::CodeBack
    }

    fn egress(&self) -> Vec<Url> {
        vec![self.api.base.url().clone()]
    }

    fn vendor_is_trusted(&self) -> bool {
        self.api.base.is_trusted()
    }

    async fn begin(&self, host: &dyn Host, login: &LoginStart) -> Result<Begin, ProviderError> {
        self.draw_and_keep(host, &login.login_id, login.scene.as_str()).await?;
        // A code without a link can still be scanned from another screen.
        let (open_url, failure) = match self.link_for(login) {
            None => (None, None),
            Some(form) => match self.link(host, form, login.scene.as_str()).await {
                Ok(link) => (Some(link), None),
                Err(failure) => (None, Some(failure)),
            },
        };
        // The code itself never expires; the engine's own limit ends the Login.
        Ok(Begin { failure, ..Begin::showing(Challenge::QrImage { open_url }) })
    }

    async fn render(&self, host: &dyn Host, login: &LoginView) -> Result<Image, ProviderError> {
        match host.image(&login.login_id) {
            Some(kept) => Ok(kept),
            None => self.draw_and_keep(host, &login.login_id, login.scene.as_str()).await,
        }
    }

    fn parse(&self, _host: &dyn Host, raw: RawInbound) -> Result<Inbound, Reject> {
        match raw {
            RawInbound::Companion { scene, proof } if is_code(proof.expose()) => {
                Ok(Inbound::Companion { scene, proof })
            }
            RawInbound::Companion { .. } => Err(Reject::Malformed),
            RawInbound::Callback { .. } | RawInbound::Push { .. } => Err(Reject::NotForUs),
        }
    }

    fn correlate(&self, inbound: &Inbound) -> Correlation {
        match inbound {
            Inbound::Companion { scene, .. } => Correlation::Scene(scene.clone()),
            Inbound::Callback { .. } | Inbound::Push { .. } | Inbound::Direct(_) => Correlation::None,
        }
    }

    async fn advance(
        &self,
        host: &dyn Host,
        login: &LoginView,
        inbound: &Inbound,
    ) -> Result<Advance, ProviderError> {
        let Inbound::Companion { scene, proof } = inbound else { return Ok(Advance::Ignore) };
        if *scene != login.scene {
            return Ok(Advance::Ignore);
        }
        let session = self.api.exchange(host, proof).await?;
        let identity = self.names.identity(session.openid, session.unionid, Profile::default());
        Ok(Advance::Proven(identity))
    }

    async fn probe(&self, host: &dyn Host, order: &ProbeOrder) -> ProbeReport {
        probe::run(self, host, order).await
    }

    fn judge(&self, proven: &VendorIdentity) -> Vec<Finding> {
        probing::judge(&self.names, proven)
    }
}

#[cfg(test)]
mod tests;
