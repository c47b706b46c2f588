//! `/device`: where people type the code that a device shows (RFC 8628 section 3.3), and the last page after it.
//!
//! The code of an address is only filled in: somebody has to look at it and press. Each wrong one counts as a guess.

use super::{browser, login_address};
use crate::http::address::client_address;
use crate::http::browser::{origin, set_cookie};
use crate::http::callback::see_other;
use crate::http::pages::{Language, Notice};
use crate::http::parameters;
use crate::http::problem::Problem;
use crate::http::public_state::Public;
use bytes::Bytes;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_core::authorization::TypedError;
use serde::Serialize;
use std::sync::Arc;

/// Longest code that is shown again.
const LONGEST: usize = 20;

/// The form.
#[derive(Serialize)]
struct DevicePage<'a> {
    user_code: &'a str,
    wrong: bool,
}

/// Shows the form.
#[handler]
pub(crate) fn ask_code(request: &Request, Data(public): Data<&Arc<Public>>) -> Response {
    let language = Language::of(request);
    if let Err(problem) = public.limits.read(client_address(request, &public.settings)) {
        return public.pages.problem_in(language, &problem);
    }
    let query = parameters::parse(request.uri().query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let code = query.get("user_code").map(String::as_str).filter(|code| code.len() <= LONGEST);
    form(public, language, code.unwrap_or_default(), false)
}

/// Takes what was typed: the request goes on at our login page.
#[handler]
pub(crate) async fn take_code(request: &Request, body: Bytes, Data(public): Data<&Arc<Public>>) -> Response {
    let language = Language::of(request);
    match typed(request, public, &body).await {
        Ok(response) => response,
        Err(problem) => public.pages.problem_in(language, &problem),
    }
}

async fn typed(request: &Request, public: &Arc<Public>, body: &[u8]) -> Result<Response, Problem> {
    let (language, address) = (Language::of(request), client_address(request, &public.settings));
    public.limits.check_guesser(address, public.clock.now())?;
    if origin(request).as_ref() != Some(&public.settings.public_url) {
        return Ok(public.pages.notice(language, Notice::Refused, StatusCode::FORBIDDEN));
    }
    let sent = parameters::parse(body).unwrap_or_default();
    let code = sent.get("user_code").map(String::as_str).unwrap_or_default();
    let browser = browser(request, public);
    match public.openid.authorizations.take_up_device(code, &browser).await {
        Ok(id) => {
            let mut response = see_other(&login_address(&id));
            if let Ok(cookie) = HeaderValue::try_from(set_cookie(&public.settings, &browser.secret)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(TypedError::Unknown) => {
            public.limits.missed(address, public.clock.now())?;
            let code = Some(code).filter(|code| code.len() <= LONGEST).unwrap_or_default();
            Ok(form(public, language, code, true))
        }
        Err(TypedError::Store(error)) => Err(error.into()),
    }
}

/// The end: the device goes on by itself.
#[handler]
pub(crate) fn device_done(request: &Request, Data(public): Data<&Arc<Public>>) -> Response {
    let is_denied = request.uri().query().is_some_and(|query| query.contains("error="));
    let notice = if is_denied { Notice::DeviceDenied } else { Notice::DeviceDone };
    public.pages.notice(Language::of(request), notice, StatusCode::OK)
}

fn form(public: &Public, language: Language, user_code: &str, wrong: bool) -> Response {
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = public.pages.own(language, "device", &DevicePage { user_code, wrong }, status);
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                  form-action 'self'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    // A form without a referrer policy of its own would come with `Origin: null`, which is refused.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
