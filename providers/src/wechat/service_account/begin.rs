//! What a page shows: a code of the account, or, in WeChat's own browser, the way to its page.
//!
//! A code outlives every Login, so that it is always the engine that ends one.

use super::ServiceAccount;
use super::schema::{Confirm, Scope};
use crate::wechat::browser::is_wechat;
use crate::wechat::oauth::{NAMED, Page, SILENT};
use saoma_core::login::{Number, VendorState};
use saoma_core::provider::{Assurance, Begin, Challenge, Host, LoginStart, ProviderError};
use url::Url;

/// A little more than the longest life of a Login with a code.
const CODE_SECONDS: u32 = 360;

pub(super) async fn begin(
    kind: &ServiceAccount,
    host: &dyn Host,
    login: &LoginStart,
) -> Result<Begin, ProviderError> {
    if login.user_agent.as_deref().is_some_and(is_wechat) {
        let scope = match kind.scope {
            Scope::Silent => SILENT,
            Scope::Named => NAMED,
        };
        let url = address(kind, scope, &login.callback, &login.state).into();
        let assurance = Some(Assurance::Confirmed);
        return Ok(Begin { assurance, ..Begin::showing(Challenge::Redirect { url }) });
    }
    let code = kind.api.scene_code(host, login.scene.as_str(), CODE_SECONDS).await?;
    let number = (kind.confirm == Confirm::Number).then(|| Number::generate(host.entropy()));
    let challenge = Challenge::QrText { text: code.url };
    Ok(Begin { number, ttl_seconds: code.expires_in, ..Begin::showing(challenge) })
}

/// WeChat's page that gives a browser of its own a code.
pub(super) fn address(kind: &ServiceAccount, scope: &'static str, back: &Url, state: &VendorState) -> Url {
    let page = Page {
        base: &kind.pages,
        path: "/connect/oauth2/authorize",
        appid: &kind.api.appid,
        scope,
        lang: None,
    };
    page.address(back, state)
}
