//! The three calls of the mini-program way: app token, code picture, proof of a person.
//!
//! Owns when a call may be made again. A proof can be spent once, so it is sent again only when
//! WeChat says it was too busy.

mod patience;

use super::base::VendorBase;
use super::failure::{Failure, Repeat};
use super::reply;
use async_trait::async_trait;
use patience::ask;
use saoma_core::Secret;
use saoma_core::provider::{
    Host, Image, Method, Mint, Minted, ProviderError, Step, VendorRequest, VendorResponse,
};
use serde_json::{Value, json};

/// One app at WeChat.
pub(crate) struct Api {
    /// Where its calls go.
    pub(crate) base: VendorBase,
    /// The app.
    pub(crate) appid: String,
    /// Its secret.
    pub(crate) secret: Secret,
}

/// What the code shall open.
pub(crate) struct CodeOrder<'a> {
    /// The value in the code.
    pub(crate) scene: &'a str,
    /// The page.
    pub(crate) page: &'a str,
    /// Whether the page must be in the released version.
    pub(crate) check_path: bool,
    /// Which version of the mini-program opens.
    pub(crate) env_version: &'a str,
}

/// Who opened the page.
pub(crate) struct Session {
    /// The person within this app.
    pub(crate) openid: String,
    /// The person within the open-platform account, if the app is bound to one.
    pub(crate) unionid: Option<String>,
}

impl Api {
    /// The picture of a code (`getwxacodeunlimit`).
    pub(crate) async fn code_image(
        &self,
        host: &dyn Host,
        order: &CodeOrder<'_>,
    ) -> Result<Image, ProviderError> {
        let token = host.app_token(self).await?;
        let refused = match self.try_code_image(host, order, &token.value).await {
            Err(failure) if failure.is_about_the_token() => token,
            other => return other.map_err(|failure| failure.at(Step::Begin)),
        };
        // Once only: a vendor that refuses fresh tokens too would be asked without end.
        host.reject_app_token(&refused);
        let token = host.app_token(self).await?;
        let second = self.try_code_image(host, order, &token.value).await;
        second.map_err(|failure| failure.at(Step::Begin))
    }

    async fn try_code_image(
        &self,
        host: &dyn Host,
        order: &CodeOrder<'_>,
        token: &Secret,
    ) -> Result<Image, Failure> {
        let body = json!({
            "scene": order.scene,
            "page": order.page,
            "check_path": order.check_path,
            "env_version": order.env_version,
        });
        let query = vec![("access_token", token.clone())];
        let request = self.post("/wxa/getwxacodeunlimit", query, body);
        ask(host, request, Repeat::Harmless, reply::image).await
    }

    /// Who a `js_code` stands for (`jscode2session`). The session key is not even read.
    pub(crate) async fn exchange(&self, host: &dyn Host, js_code: &Secret) -> Result<Session, ProviderError> {
        let query = vec![
            ("appid", Secret::new(self.appid.as_str())),
            ("secret", self.secret.clone()),
            ("js_code", js_code.clone()),
            ("grant_type", Secret::new("authorization_code")),
        ];
        let url = self.base.join("/sns/jscode2session");
        let request = VendorRequest { method: Method::Get, url, query, json: None };
        let answer = ask(host, request, Repeat::OneUse, session).await;
        answer.map_err(|failure| failure.at(Step::ProveSubject))
    }

    fn post(&self, path: &str, query: Vec<(&'static str, Secret)>, body: Value) -> VendorRequest {
        VendorRequest { method: Method::Post, url: self.base.join(path), query, json: Some(body) }
    }
}

#[async_trait]
impl Mint for Api {
    /// `stable_token` in normal mode: all instances of an app get the same one.
    async fn mint(&self, host: &dyn Host) -> Result<Minted, ProviderError> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret.expose(),
            "force_refresh": false,
        });
        let request = self.post("/cgi-bin/stable_token", Vec::new(), body);
        let answer = ask(host, request, Repeat::Harmless, minted).await;
        answer.map_err(|failure| failure.at(Step::AppToken))
    }
}

fn minted(response: &VendorResponse) -> Result<Minted, Failure> {
    let object = reply::json(response)?;
    let value = reply::text(&object, "access_token").ok_or(Failure::Garbage)?;
    let lives = object.get("expires_in").and_then(reply::number).ok_or(Failure::Garbage)?;
    match u32::try_from(lives) {
        Ok(expires_in) if expires_in > 0 => Ok(Minted { value: Secret::new(value), expires_in }),
        _ => Err(Failure::Garbage),
    }
}

fn session(response: &VendorResponse) -> Result<Session, Failure> {
    let object = reply::json(response)?;
    let openid = reply::text(&object, "openid").filter(|id| is_id(id)).ok_or(Failure::Garbage)?;
    let unionid = reply::text(&object, "unionid").filter(|id| is_id(id));
    Ok(Session { openid: openid.to_owned(), unionid: unionid.map(str::to_owned) })
}

/// Whether a text can be an openid or a unionid; observed are 28 or 29 characters of base64url.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests;
