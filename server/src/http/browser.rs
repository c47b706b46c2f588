//! What ties a Login to the browser that began it: a bearer secret, or our one cookie.
//!
//! Another site's page keeps the secret itself and sends it as a bearer token. Our own pages use
//! the cookie, and then the request must come from them: `Origin` is `public_url`, or, for a GET
//! without `Origin`, the browser itself says `same-origin` (browsers send no Origin there).

use super::code::Code;
use super::problem::Problem;
use super::public_state::{Public, PublicSettings};
use cookie::{Cookie, SameSite};
use poem::Request;
use poem::http::{Method, header};
use saoma_core::Secret;
use saoma_core::login::BrowserCredential;

/// Seconds a browser keeps its cookie: it only has to outlive the longest Login.
const COOKIE_SECONDS: i64 = 3600;

/// `Origin` as the browser wrote it; `null` and unreadable ones are origins that match nothing.
pub(crate) fn origin(request: &Request) -> Option<String> {
    let value = request.headers().get(header::ORIGIN)?;
    Some(value.to_str().unwrap_or("null").to_owned())
}

/// The credential of a call about a Login.
pub(crate) fn credential(request: &Request, public: &Public) -> Result<BrowserCredential, Problem> {
    let origin = origin(request);
    if let Some(secret) = bearer(request) {
        return Ok(BrowserCredential { secret, origin });
    }
    let secret = own_cookie(request, public).ok_or(Code::CredentialRequired)?;
    if is_own_page(request, public) {
        Ok(BrowserCredential { secret, origin })
    } else {
        Err(Code::OriginNotAllowed.into())
    }
}

/// The bearer token, if there is one (RFC 6750 section 2.1).
pub(crate) fn bearer(request: &Request) -> Option<Secret> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let usable = scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty();
    usable.then(|| Secret::new(token.trim()))
}

/// The value of our cookie.
pub(crate) fn own_cookie(request: &Request, public: &Public) -> Option<Secret> {
    let found = kept_cookie(request, &public.settings.cookie_name())?;
    (found.len() == 43).then(|| Secret::new(found))
}

/// What a browser keeps under this name; an empty value is none.
pub(crate) fn kept_cookie(request: &Request, name: &str) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE);
    let pairs = headers.iter().filter_map(|value| value.to_str().ok()).flat_map(Cookie::split_parse);
    let found = pairs.flatten().find(|cookie| cookie.name() == name)?;
    Some(found.value().to_owned()).filter(|value| !value.is_empty())
}

fn is_own_page(request: &Request, public: &Public) -> bool {
    match origin(request) {
        Some(origin) => origin == public.settings.public_url,
        None => request.method() == Method::GET && says_same_origin(request),
    }
}

fn says_same_origin(request: &Request) -> bool {
    request.headers().get("sec-fetch-site").is_some_and(|value| value == "same-origin")
}

/// The `Set-Cookie` that gives a browser its secret.
pub(crate) fn set_cookie(settings: &PublicSettings, secret: &Secret) -> String {
    let cookie = Cookie::build((settings.cookie_name(), secret.expose().to_owned()))
        .path("/")
        .http_only(true)
        .secure(settings.is_https())
        .same_site(SameSite::Lax)
        .max_age(cookie::time::Duration::seconds(COOKIE_SECONDS));
    cookie.build().to_string()
}

/// Browser and system as the phone will show them, e.g. `Firefox, Windows 10`.
pub(crate) fn name_browser(user_agent: &str) -> Option<String> {
    let seen = woothee::parser::Parser::new().parse(user_agent)?;
    let known = |text: &str| !text.is_empty() && text != "UNKNOWN";
    let parts: Vec<_> = [seen.name, seen.os].into_iter().filter(|part| known(part)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The `User-Agent` of a request.
pub(crate) fn user_agent(request: &Request) -> Option<&str> {
    request.headers().get(header::USER_AGENT)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(public_url: &str) -> String {
        let settings = PublicSettings { public_url: public_url.into(), trusted_proxies: vec![] };
        set_cookie(&settings, &Secret::new("s"))
    }

    #[test]
    fn under_https_the_cookie_is_bound_to_this_host() {
        let expected = "__Host-saoma=s; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600";
        assert_eq!(cookie("https://login.example.com"), expected);
        let expected = "saoma-8080=s; HttpOnly; SameSite=Lax; Path=/; Max-Age=3600";
        assert_eq!(cookie("http://127.0.0.1:8080"), expected);
    }
}
