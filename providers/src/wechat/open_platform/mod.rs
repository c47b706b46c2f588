//! `wechat_open_platform`: the browser goes to WeChat's own page, where the person scans and
//! consents, and comes back with a code.
//!
//! Its pushes tell nothing about logins, only of duties towards people: changed names, permissions
//! taken back, closed accounts.

mod probe;
mod provider;
mod schema;

use super::api::Api;
use super::base::VendorBase;
use super::names::Names;
use super::push_settings::PushAddress;
use super::settings::Problems;
use crate::kind::KindOf;
use saoma_core::Secret;
use saoma_core::provider::{ConfigErrors, Descriptor, Instance, LocalText, Provider, ProviderFactory};
use schema::{Lang, Settings};
use std::sync::Arc;

const DESCRIPTOR: Descriptor = Descriptor {
    kind: "wechat_open_platform",
    called: LocalText {
        en: "WeChat open platform (website app)", zh: "微信开放平台（网站应用）"
    },
    title: LocalText { en: "WeChat", zh: "微信" },
    hint: LocalText { en: "Scan and confirm on WeChat's page", zh: "前往微信页面扫码确认" },
    companion: false,
    redirects: true,
};

/// The kind.
pub fn kind() -> impl ProviderFactory {
    KindOf { descriptor: DESCRIPTOR, schema: schema::schema(), open }
}

fn open(instance: &Instance, settings: Settings) -> Result<Arc<dyn Provider>, ConfigErrors> {
    let mut problems = Problems::default();
    let app = settings.app;
    let base = app.base(instance, &mut problems);
    let pages = VendorBase::parse_pages(&settings.open_base, &instance.trusted_bases);
    let pages = problems.keep("/open_base", pages);
    let push = settings.push.address(&app.appid, &mut problems);
    let (Some(base), Some(pages), true) = (base, pages, problems.is_empty()) else {
        return Err(problems.into_errors());
    };
    Ok(Arc::new(OpenPlatform {
        names: Names::new(&base, &app.appid, app.open_platform_account.as_deref()),
        lang: settings.lang,
        pages,
        push,
        api: Api { base, appid: app.appid, secret: Secret::new(app.secret) },
    }))
}

struct OpenPlatform {
    api: Api,
    names: Names,
    lang: Option<Lang>,
    pages: VendorBase,
    /// Where WeChat tells of duties towards people; optional.
    push: Option<PushAddress>,
}

#[cfg(test)]
mod tests;
