//! The way to a page of WeChat's and back: the address a browser is sent to, and what it brings.
//!
//! WeChat compares the address with a pattern, so the order of its parameters is fixed, and the
//! fragment must be there.

use super::api::{Api, Grant, Person};
use super::base::VendorBase;
use super::ids::is_code;
use super::names::Names;
use super::picture;
use saoma_core::Secret;
use saoma_core::login::VendorState;
use saoma_core::provider::{Host, Inbound, Profile, ProviderError, Reject, VendorIdentity};
use std::collections::BTreeMap;
use url::Url;

/// The silent grant of a page in WeChat's own browser.
pub(super) const SILENT: &str = "snsapi_base";
/// The grant that a person is asked for, with name and picture.
pub(super) const NAMED: &str = "snsapi_userinfo";

/// A page of WeChat's that sends the browser back to us.
pub(super) struct Page<'a> {
    /// Where WeChat's pages are.
    pub(super) base: &'a VendorBase,
    /// Which page.
    pub(super) path: &'static str,
    /// For which app.
    pub(super) appid: &'a str,
    /// What the person grants.
    pub(super) scope: &'static str,
    /// In which language, where the page can be asked for one.
    pub(super) lang: Option<&'static str>,
}

impl Page<'_> {
    /// Its address, for a browser that is to come back to `back` with `state`.
    pub(super) fn address(&self, back: &Url, state: &VendorState) -> Url {
        let mut url = self.base.join(self.path);
        url.query_pairs_mut()
            .append_pair("appid", self.appid)
            .append_pair("redirect_uri", back.as_str())
            .append_pair("response_type", "code")
            .append_pair("scope", self.scope)
            .append_pair("state", state.expose());
        if let Some(lang) = self.lang {
            url.query_pairs_mut().append_pair("lang", lang);
        }
        url.set_fragment(Some("wechat_redirect"));
        url
    }
}

/// What the browser brought; without a code the person has refused.
pub(super) fn came_back(query: &BTreeMap<String, String>) -> Result<Inbound, Reject> {
    let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
    let state = given("state").and_then(|state| state.parse().ok()).ok_or(Reject::Malformed)?;
    let code = match given("code") {
        Some(code) if is_code(code) => Some(Secret::new(code.as_str())),
        Some(_) => return Err(Reject::Malformed),
        None => None,
    };
    Ok(Inbound::Callback { state, code })
}

/// Who a code stands for; with name and picture if these are wanted and were granted.
pub(super) async fn who(
    api: &Api,
    names: &Names,
    host: &dyn Host,
    code: &Secret,
    wanted: Option<&str>,
) -> Result<VendorIdentity, ProviderError> {
    let grant = api.grant(host, code).await?;
    let person = match wanted {
        Some(scope) if grant.covers(scope) => told(api, names, host, &grant).await?,
        _ => Person::default(),
    };
    let picture = person.picture.as_deref().and_then(|address| picture::accept(&api.base, address));
    let profile = Profile { name: person.nickname, picture };
    Ok(names.identity(grant.openid, grant.unionid.or(person.unionid), profile))
}

/// A name is no reason to turn somebody away; a missing unionid is, as it decides whose account it is.
async fn told(api: &Api, names: &Names, host: &dyn Host, grant: &Grant) -> Result<Person, ProviderError> {
    match api.person(host, grant).await {
        Err(_) if grant.unionid.is_some() || !names.counts_unionids() => Ok(Person::default()),
        other => other,
    }
}
