//! `wechat_service_account`: a code that WeChat reports the scan of, in a chat with the account.
//!
//! What a scan is worth is a setting (`confirm`). In WeChat's own browser there is nothing to
//! scan, so the person goes through its web authorization instead.

mod begin;
mod probe;
mod provider;
mod schema;
mod words;

use super::api::Api;
use super::base::VendorBase;
use super::names::Names;
use super::push::PushMode;
use super::push_settings::PushAddress;
use super::settings::Problems;
use crate::fault::Fault;
use crate::kind::KindOf;
use saoma_core::Secret;
use saoma_core::provider::{
    ConfigErrors, Descriptor, DomainProof, Instance, LocalText, Provider, ProviderFactory,
};
use schema::{Confirm, Scope, Settings};
use std::sync::Arc;

const DESCRIPTOR: Descriptor = Descriptor {
    kind: "wechat_service_account",
    called: LocalText { en: "WeChat service account", zh: "微信服务号" },
    title: LocalText { en: "WeChat service account", zh: "微信服务号" },
    hint: LocalText {
        en: "Scan with WeChat and follow the account", zh: "微信扫一扫并关注公众号"
    },
    companion: false,
    redirects: true,
};

/// The kind.
pub fn kind() -> impl ProviderFactory {
    KindOf { descriptor: DESCRIPTOR, schema: schema::schema(), open }
}

fn open(instance: &Instance, settings: Settings) -> Result<Arc<dyn Provider>, ConfigErrors> {
    let mut problems = Problems::default();
    if settings.confirm != Confirm::Page && settings.push.mode != PushMode::Safe {
        // Only what is encrypted is known to come from WeChat as it is.
        problems.add("/confirm", &Fault::ConfirmNeedsSafe);
    }
    let app = settings.app;
    let base = app.base(instance, &mut problems);
    let pages = VendorBase::parse_pages(&settings.open_base, &instance.trusted_bases);
    let pages = problems.keep("/open_base", pages);
    let push = settings.push.address(&app.appid, &mut problems);
    let (Some(base), Some(pages), Some(push), true) = (base, pages, push, problems.is_empty()) else {
        return Err(problems.into_errors());
    };
    Ok(Arc::new(ServiceAccount {
        names: Names::new(&base, &app.appid, app.open_platform_account.as_deref()),
        confirm: settings.confirm,
        scope: settings.oauth_scope,
        proof: settings.mp_verify.map(|proof| DomainProof { file: proof.file, content: proof.content }),
        pages,
        push,
        api: Api { base, appid: app.appid, secret: Secret::new(app.secret) },
    }))
}

struct ServiceAccount {
    api: Api,
    names: Names,
    confirm: Confirm,
    scope: Scope,
    proof: Option<DomainProof>,
    pages: VendorBase,
    push: PushAddress,
}

#[cfg(test)]
mod tests;
