//! `GET·POST /oauth2/logout`: a website wants its visitor logged out here as well (OpenID Connect RP-Initiated
//! Logout). Whoever is not proven to be meant is asked, and then sent nowhere.

use super::cookies::{browser, ended_session_cookie};
use crate::http::address::client_address;
use crate::http::browser::{origin, set_cookie};
use crate::http::callback::see_other;
use crate::http::code::Code;
use crate::http::pages::{Language, Notice};
use crate::http::parameters;
use crate::http::public_state::Public;
use bytes::Bytes;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_core::Secret;
use saoma_core::authorization::{Browser, LoggedOut};
use saoma_core::client::Client;
use serde::Serialize;
use std::sync::Arc;
use url::form_urlencoded;

/// The page that asks.
#[derive(Serialize)]
struct LogoutPage<'a> {
    name: Option<&'a str>,
    csrf: &'a str,
}

/// See the module.
#[handler]
pub(crate) async fn log_out(request: &Request, body: Bytes, Data(public): Data<&Arc<Public>>) -> Response {
    let language = Language::of(request);
    let say = |notice, status| public.pages.notice(language, notice, status);
    if let Err(problem) = public.limits.read(client_address(request, &public.settings)) {
        return public.pages.problem_in(language, &problem);
    }
    let text = match *request.method() {
        Method::HEAD => return public.pages.problem_in(language, &Code::MethodNotAllowed.into()),
        Method::POST => &body[..],
        _ => request.uri().query().unwrap_or_default().as_bytes(),
    };
    let Ok(mut sent) = parameters::parse(text) else {
        return say(Notice::Ambiguous, StatusCode::BAD_REQUEST);
    };
    sent.retain(|_, value| !value.is_empty());
    let browser = browser(request, public);
    let authorizations = &public.openid.authorizations;
    let done = match (request.method(), sent.get("csrf")) {
        (&Method::POST, Some(csrf)) => {
            if origin(request).as_ref() != Some(&public.settings.public_url) {
                return say(Notice::Refused, StatusCode::FORBIDDEN);
            }
            if sent.get("decision").is_none_or(|decision| decision != "leave") {
                return say(Notice::StillHere, StatusCode::OK);
            }
            authorizations.confirm_logout(csrf, &browser).await
        }
        // Browsers send our cookies with a GET that another site causes, never with such a POST.
        (&Method::POST, None) => {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
            return see_other(&format!("/oauth2/logout?{query}"));
        }
        _ => authorizations.log_out(&sent, &browser).await,
    };
    match done {
        Ok(LoggedOut::Refused) => say(Notice::LogoutRefused, StatusCode::BAD_REQUEST),
        Ok(LoggedOut::Ask { client, csrf }) => ask(public, language, (client.as_deref(), &csrf), &browser),
        Ok(LoggedOut::Done { to }) => {
            let mut response = match to {
                Some(to) => see_other(&to),
                None => say(Notice::LoggedOut, StatusCode::OK),
            };
            response.headers_mut().append(header::SET_COOKIE, ended_session_cookie(&public.settings));
            response
        }
        Err(error) => public.pages.problem_in(language, &error.into()),
    }
}

fn ask(
    public: &Public,
    language: Language,
    (client, csrf): (Option<&Client>, &Secret),
    browser: &Browser,
) -> Response {
    let page = LogoutPage { name: client.map(|client| client.name.as_str()), csrf: csrf.expose() };
    let mut response = public.pages.own(language, "logout", &page, StatusCode::OK);
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    // `no-referrer` would make browsers send `Origin: null` with the form, which is refused.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(cookie) = HeaderValue::try_from(set_cookie(&public.settings, &browser.secret)) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
