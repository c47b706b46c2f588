//! One app at WeChat and the calls it makes: app token, codes, one-time proofs, people.
//!
//! Owns when a call may be made again: a stale app token costs one refresh and one more try, a
//! proof that can be spent once is sent again only as its own call says.

mod account;
mod look;
mod patience;
mod program;
mod web;

pub(crate) use look::Quota;
pub(crate) use program::{CodeOrder, LinkForm};
pub(crate) use web::{Grant, Person};

use super::base::VendorBase;
use super::failure::{Failure, Repeat};
use super::reply;
use async_trait::async_trait;
use patience::ask;
use saoma_core::Secret;
use saoma_core::provider::{Host, Method, Mint, Minted, ProviderError, Step, VendorRequest, VendorResponse};
use serde_json::{Map, Value, json};

/// One app at WeChat.
pub(crate) struct Api {
    /// Where its calls go.
    pub(crate) base: VendorBase,
    /// The app.
    pub(crate) appid: String,
    /// Its secret.
    pub(crate) secret: Secret,
}

impl Api {
    /// Makes a call that needs an app token; a stale one is renewed once.
    async fn ask_with_token<T>(
        &self,
        host: &dyn Host,
        step: Step,
        make: impl Fn(Secret) -> VendorRequest + Send + Sync,
        read: fn(&VendorResponse) -> Result<T, Failure>,
    ) -> Result<T, ProviderError> {
        let token = host.app_token(self).await?;
        let first = ask(host, make(token.value.clone()), Repeat::Harmless, read).await;
        let answer = match first {
            Err(failure) if failure.is_about_the_token() => {
                // Once only: a vendor that refuses fresh tokens too would be asked without end.
                host.reject_app_token(&token);
                let token = host.app_token(self).await?;
                ask(host, make(token.value), Repeat::Harmless, read).await
            }
            other => other,
        };
        answer.map_err(|failure| failure.at(step))
    }

    fn get(&self, path: &str, query: Vec<(&'static str, Secret)>) -> VendorRequest {
        VendorRequest { method: Method::Get, url: self.base.join(path), query, json: None }
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

/// An id in a reply, if it is one.
fn id(object: &Map<String, Value>, field: &str) -> Option<String> {
    reply::text(object, field).filter(|id| super::ids::is_id(id)).map(str::to_owned)
}

#[cfg(test)]
mod tests;
