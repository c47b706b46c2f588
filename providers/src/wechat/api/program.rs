//! The calls of the mini-program way: the picture of a code, a link to the same, and who a `js_code` stands for.
//!
//! The session key that comes with the answer is not even read.

use super::patience::ask;
use super::{Api, id};
use crate::wechat::failure::{Failure, Repeat};
use crate::wechat::reply;
use saoma_core::provider::{Host, Image, ProviderError, Step, VendorResponse};
use saoma_core::{Secret, Timestamp};
use serde::Deserialize;
use serde_json::json;

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

/// The two forms of a link that opens the page from a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkForm {
    /// An encrypted scheme: the phone asks whether to open WeChat.
    Scheme,
    /// A page of WeChat's that opens it: works where a browser knows no schemes.
    UrlLink,
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
        let body = json!({
            "scene": order.scene,
            "page": order.page,
            "check_path": order.check_path,
            "env_version": order.env_version,
        });
        let make = |token| self.post("/wxa/getwxacodeunlimit", vec![("access_token", token)], body.clone());
        self.ask_with_token(host, Step::Begin, make, reply::image).await
    }

    /// A link that opens the page from a phone's browser (`generatescheme`, `generate_urllink`), until then.
    pub(crate) async fn link(
        &self,
        host: &dyn Host,
        (form, order): (LinkForm, &CodeOrder<'_>),
        until: Timestamp,
    ) -> Result<String, ProviderError> {
        let place = json!({
            "path": format!("/{}", order.page),
            "query": format!("scene={}", order.scene),
            "env_version": order.env_version,
        });
        let seconds = until.0 / 1000;
        let (path, body) = match form {
            LinkForm::Scheme => {
                let body =
                    json!({ "jump_wxa": place, "is_expire": true, "expire_type": 0, "expire_time": seconds });
                ("/wxa/generatescheme", body)
            }
            LinkForm::UrlLink => {
                let mut body = place;
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("expire_type".to_owned(), json!(0));
                    fields.insert("expire_time".to_owned(), json!(seconds));
                }
                ("/wxa/generate_urllink", body)
            }
        };
        let make = |token| self.post(path, vec![("access_token", token)], body.clone());
        self.ask_with_token(host, Step::Begin, make, link).await
    }

    /// Who a `js_code` stands for (`jscode2session`).
    pub(crate) async fn exchange(&self, host: &dyn Host, js_code: &Secret) -> Result<Session, ProviderError> {
        let query = vec![
            ("appid", Secret::new(self.appid.as_str())),
            ("secret", self.secret.clone()),
            ("js_code", js_code.clone()),
            ("grant_type", Secret::new("authorization_code")),
        ];
        let request = self.get("/sns/jscode2session", query);
        let answer = ask(host, request, Repeat::OneUse, session).await;
        answer.map_err(|failure| failure.at(Step::ProveSubject))
    }
}

/// Each call names its link differently, and each link has one of two beginnings.
fn link(response: &VendorResponse) -> Result<String, Failure> {
    let object = reply::json(response)?;
    let link = reply::text(&object, "openlink").or_else(|| reply::text(&object, "url_link"));
    let link = link.filter(|link| ["weixin://", "https://"].iter().any(|begins| link.starts_with(begins)));
    link.map(str::to_owned).ok_or(Failure::Garbage)
}

fn session(response: &VendorResponse) -> Result<Session, Failure> {
    let object = reply::json(response)?;
    let openid = id(&object, "openid").ok_or(Failure::Garbage)?;
    Ok(Session { openid, unionid: id(&object, "unionid") })
}
