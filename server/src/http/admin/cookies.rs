//! What the admin's browser keeps: its session, and a mark by which it is known again at the door.

use super::AdminSettings;
use crate::http::browser::kept_cookie;
use cookie::{Cookie, SameSite};
use poem::http::{HeaderValue, header};
use poem::{Request, Response};
use saoma_core::Secret;
use saoma_core::admin::LoggedIn;

const SESSION: &str = "session";
const KNOWN: &str = "known";
const LANGUAGE: &str = "language";
/// Seconds the mark is kept: a year.
const KNOWN_SECONDS: i64 = 31_536_000;

/// The session a browser brings.
pub(super) fn session(request: &Request, settings: &AdminSettings) -> Option<Secret> {
    kept(request, settings, SESSION).filter(|value| value.len() == 43).map(Secret::new)
}

/// The mark a browser brings.
pub(super) fn known_browser(request: &Request, settings: &AdminSettings) -> Option<String> {
    kept(request, settings, KNOWN)
}

/// Gives a browser its session, until the browser is closed; the server ends it earlier.
pub(super) fn give_session(settings: &AdminSettings, secret: &Secret) -> HeaderValue {
    written(settings, SESSION, secret.expose(), None)
}

/// Gives a browser its session and its mark.
pub(super) fn give(response: &mut Response, settings: &AdminSettings, logged_in: &LoggedIn) {
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, give_session(settings, &logged_in.session.0));
    headers.append(header::SET_COOKIE, give_mark(settings, &logged_in.known_browser));
}

/// The language a browser chose.
pub(super) fn language(request: &Request, settings: &AdminSettings) -> Option<String> {
    kept(request, settings, LANGUAGE)
}

/// Keeps the language a browser chose.
pub(super) fn give_language(settings: &AdminSettings, tag: &str) -> HeaderValue {
    written(settings, LANGUAGE, tag, Some(KNOWN_SECONDS))
}

/// Takes the session back.
pub(super) fn take_session(settings: &AdminSettings) -> HeaderValue {
    written(settings, SESSION, "", Some(0))
}

/// Gives a browser its mark.
pub(super) fn give_mark(settings: &AdminSettings, mark: &Secret) -> HeaderValue {
    written(settings, KNOWN, mark.expose(), Some(KNOWN_SECONDS))
}

fn written(settings: &AdminSettings, what: &str, value: &str, seconds: Option<i64>) -> HeaderValue {
    let mut cookie = Cookie::build((settings.cookie_name(what), value.to_owned()))
        .path("/")
        .http_only(true)
        .secure(settings.is_https())
        .same_site(SameSite::Strict);
    if let Some(seconds) = seconds {
        cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
    }
    // Ours are base64url and dots.
    HeaderValue::from_str(&cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}

fn kept(request: &Request, settings: &AdminSettings, what: &str) -> Option<String> {
    kept_cookie(request, &settings.cookie_name(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adm_06_a_session_cookie_is_bound_to_this_host_and_read_by_no_script() {
        let settings = |url: &str| AdminSettings { admin_url: url.to_owned() };
        let cookie = give_session(&settings("https://admin.example"), &Secret::new("s"));
        assert_eq!(cookie, "__Host-saoma-admin-session=s; HttpOnly; SameSite=Strict; Secure; Path=/");
        let cookie = give_session(&settings("http://localhost:8081"), &Secret::new("s"));
        assert_eq!(cookie, "saoma-admin-8081-session=s; HttpOnly; SameSite=Strict; Path=/");
    }
}
