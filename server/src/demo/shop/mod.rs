//! The demo shop: an imaginary tea shop that signs its visitors in with Saoma.
//!
//! It stands for the code that any site owner would write, so it knows Saoma by HTTP only and
//! imports nothing else of this crate. It keeps its sessions in memory, bounded, and sells nothing.

mod assets;
mod back_channel;
mod handlers;
mod headers;
mod locale;
mod login;
mod openid;
mod pages;
mod saoma;
mod sessions;
mod start;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use poem::http::header::InvalidHeaderValue;
use poem::http::{HeaderValue, Method};
use poem::middleware::CookieJarManager;
use poem::web::Redirect;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, get, post};
use url::Url;

use pages::Pages;
use saoma::SaomaClient;
use sessions::Sessions;

/// What Saoma's phone pages call the shop, in both of its languages.
pub const NAME: &str = "松间茶铺 Pine Hollow";
/// Its colour at Saoma; the one of its own style sheet.
pub const ACCENT: &str = "#2f6b4f";
/// Its picture at Saoma, a PNG of `web/shop/art/pine.svg`.
pub const LOGO: &[u8] = include_bytes!("../../../web/shop/art/pine.png");

/// Where Saoma tells the shop of logouts; registered there as `backchannel_logout_uri`.
pub const BACK_CHANNEL_LOGOUT: &str = "/logout/told";

/// What the shop must know: its own address, and how it is registered at Saoma.
#[derive(Clone)]
pub struct ShopConfig {
    /// Where browsers reach the shop; its origin must be registered for the Client.
    pub base: Url,
    /// Where browsers and the shop's own back end reach Saoma.
    pub saoma: Url,
    /// The Client's id.
    pub client_id: String,
    /// The Client's secret, sent to the token endpoint only.
    pub client_secret: String,
    /// The pretend phone, offered on the login page of a demo.
    pub phone: Option<Url>,
}

impl ShopConfig {
    /// The one address Saoma may send a visitor back to.
    fn redirect_uri(&self) -> String {
        format!("{}/callback", self.origin())
    }

    fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    fn saoma_origin(&self) -> String {
        self.saoma.origin().ascii_serialization()
    }

    /// The `iss` that Saoma announces (RFC 9207): its public address without a trailing slash.
    fn issuer(&self) -> &str {
        self.saoma.as_str().trim_end_matches('/')
    }
}

/// Why the shop cannot open.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// A template or locale of the shop is malformed.
    #[error("the shop's pages cannot be prepared")]
    Pages(#[from] tera::Error),
    /// A locale file is not JSON.
    #[error("the shop's texts cannot be read")]
    Locale(#[from] serde_json::Error),
    /// An address in the configuration does not fit into a header.
    #[error("an address of the shop does not fit into a header")]
    Header(#[from] InvalidHeaderValue),
}

/// What all handlers share.
struct Shop {
    config: ShopConfig,
    pages: Pages,
    sessions: Sessions,
    saoma: SaomaClient,
}

/// The shop's own address for a page asked for by another name: only its registered origin can log in.
fn own_address(base: &Url, request: &Request) -> Option<String> {
    let asked = request.headers().get("host").and_then(|host| host.to_str().ok());
    let own = &base[url::Position::BeforeHost..url::Position::AfterPort];
    let astray = request.method() == Method::GET && asked.is_some_and(|asked| asked != own);
    // Set, not joined: `//elsewhere` would be taken for another host.
    let mut address = base.clone();
    address.set_path(request.uri().path());
    address.set_query(request.uri().query());
    astray.then(|| address.to_string())
}

/// The whole shop as one endpoint; the caller serves it at `config.base`.
pub fn endpoint(config: ShopConfig) -> Result<impl Endpoint<Output = Response> + 'static, ShopError> {
    let policy = HeaderValue::try_from(headers::content_policy(&config.saoma_origin()))?;
    let base = config.base.clone();
    let shop = Arc::new(Shop {
        pages: Pages::load()?,
        sessions: Sessions::new(sessions::CAPACITY),
        saoma: SaomaClient::new(&config),
        config,
    });
    let routes = Route::new()
        .at("/login", get(login::page))
        .at("/login/openid", get(openid::go))
        .at("/login/start", get(start::offer).post(start::begin))
        .at("/callback", get(login::callback))
        .at("/account", get(handlers::account))
        .at("/logout", post(login::logout))
        .at(BACK_CHANNEL_LOGOUT, post(back_channel::hear))
        .at("/assets/*path", get(assets::serve))
        .at("/*page", get(handlers::home))
        .data(shop)
        .with(CookieJarManager::new())
        .around(move |routes, request| {
            let (policy, elsewhere) = (policy.clone(), own_address(&base, &request));
            async move {
                let response = match elsewhere {
                    Some(address) => Redirect::temporary(address).into_response(),
                    None => routes.get_response(request).await,
                };
                Ok(headers::secure(response, policy))
            }
        });
    Ok(routes)
}
