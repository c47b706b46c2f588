//! The pages that need no login logic: home, account, and what is told when something went wrong.
//!
//! Also the session cookie, which all handlers read the same way.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::Data;
use poem::web::cookie::{Cookie, SameSite};
use poem::{Request, Response, handler};
use serde_json::{Map, Value, json};

use super::pages::Page;
use super::sessions::User;
use super::{Shop, ShopConfig};

/// What can go wrong on the way back from Saoma; each has a text and an advice in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    NotFound,
    /// The callback belongs to no attempt of this browser, or to one already used.
    Stale,
    /// The answer does not come from our Saoma (RFC 9207).
    WrongIssuer,
    Declined,
    /// Saoma refused the code.
    Refused,
    Unreachable,
    Internal,
}

impl Trouble {
    #[cfg(test)]
    pub(super) const ALL: [Self; 7] = [
        Self::NotFound,
        Self::Stale,
        Self::WrongIssuer,
        Self::Declined,
        Self::Refused,
        Self::Unreachable,
        Self::Internal,
    ];

    fn told(self) -> (&'static str, StatusCode) {
        match self {
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND),
            Self::Stale => ("stale", StatusCode::BAD_REQUEST),
            Self::WrongIssuer => ("wrong_issuer", StatusCode::BAD_REQUEST),
            Self::Declined => ("declined", StatusCode::FORBIDDEN),
            Self::Refused => ("refused", StatusCode::BAD_GATEWAY),
            Self::Unreachable => ("unreachable", StatusCode::BAD_GATEWAY),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    pub(super) fn context(self) -> Map<String, Value> {
        Map::from_iter([("trouble".to_owned(), json!(self.told().0))])
    }
}

impl Shop {
    /// The page that says what happened and what to do next.
    pub(super) fn trouble(&self, request: &Request, trouble: Trouble) -> Response {
        let user = self.user(request);
        self.pages.answer(request, (Page::Message, trouble.told().1), user.as_ref(), &trouble.context())
    }

    pub(super) fn user(&self, request: &Request) -> Option<User> {
        self.sessions.user(self.session_id(request).as_deref())
    }

    pub(super) fn session_id(&self, request: &Request) -> Option<String> {
        Some(request.cookie().get(&self.config.cookie_name())?.value_str().to_owned())
    }
}

impl ShopConfig {
    /// Cookies do not tell ports apart, so under http the name does.
    fn cookie_name(&self) -> String {
        match (self.base.scheme(), self.base.port_or_known_default()) {
            ("https", _) => "__Host-shop".to_owned(),
            (_, port) => format!("shop_{}", port.unwrap_or_default()),
        }
    }

    /// The cookie that carries a session id.
    pub(super) fn session_cookie(&self, id: &str) -> Cookie {
        let mut cookie = Cookie::new_with_str(self.cookie_name(), id);
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.base.scheme() == "https");
        cookie
    }
}

/// 303, so that the browser follows with a GET.
pub(super) fn see_other(path: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, path).finish()
}

/// Home, and the answer to every address that no other page has.
#[handler]
pub(super) fn home(request: &Request, Data(shop): Data<&Arc<Shop>>) -> Response {
    if request.uri().path() != "/" {
        return shop.trouble(request, Trouble::NotFound);
    }
    let user = shop.user(request);
    shop.pages.answer(request, (Page::Home, StatusCode::OK), user.as_ref(), &Map::new())
}

#[handler]
pub(super) fn account(request: &Request, Data(shop): Data<&Arc<Shop>>) -> Response {
    match shop.user(request) {
        Some(user) => shop.pages.answer(request, (Page::Account, StatusCode::OK), Some(&user), &Map::new()),
        None => see_other("/login"),
    }
}
