//! What a browser keeps here: the secret of its Logins and authorizations, and that of its session.

use crate::http::browser::{kept_cookie, name_browser, own_cookie, user_agent};
use crate::http::public_state::{Public, PublicSettings};
use cookie::{Cookie, SameSite};
use poem::Request;
use poem::http::HeaderValue;
use saoma_core::Secret;
use saoma_core::authorization::Browser;

/// What a request brings; a browser without a secret gets one.
pub(in crate::http) fn browser(request: &Request, public: &Public) -> Browser {
    let held = own_cookie(request, public);
    Browser {
        secret: held.unwrap_or_else(|| Secret::generate(&*public.entropy)),
        session: kept_cookie(request, &public.settings.session_cookie_name()).map(Secret::new),
        name: user_agent(request).and_then(name_browser),
    }
}

/// Takes a browser's session away.
pub(in crate::http) fn ended_session_cookie(settings: &PublicSettings) -> HeaderValue {
    session_cookie(settings, &Secret::new(""), 0)
}

/// Gives a browser its session.
pub(super) fn session_cookie(settings: &PublicSettings, secret: &Secret, seconds: i64) -> HeaderValue {
    let cookie = Cookie::build((settings.session_cookie_name(), secret.expose().to_owned()))
        .path("/")
        .http_only(true)
        .secure(settings.is_https())
        .same_site(SameSite::Lax)
        .max_age(cookie::time::Duration::seconds(seconds));
    HeaderValue::from_str(&cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}
