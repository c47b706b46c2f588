//! `GET·POST /oauth2/authorize`: a website sends a browser (RFC 6749 section 4.1.1, OpenID Connect Core section
//! 3.1.2.1). It is answered at once, or goes on at our login page; or a page says why neither.

use super::{browser, leave, login_address};
use crate::http::address::client_address;
use crate::http::browser::set_cookie;
use crate::http::callback::see_other;
use crate::http::code::Code;
use crate::http::pages::{Language, Mentioned, Notice};
use crate::http::parameters;
use crate::http::problem::Problem;
use crate::http::public_state::Public;
use bytes::Bytes;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_core::authorization::{AuthorizeError, Authorized, Parameters, TextRefusal};
use std::sync::Arc;
use url::form_urlencoded;

/// See the module.
#[handler]
pub(crate) async fn authorize(request: &Request, body: Bytes, Data(public): Data<&Arc<Public>>) -> Response {
    let language = Language::of(request);
    if let Err(problem) = public.limits.read(client_address(request, &public.settings)) {
        return public.pages.problem_in(language, &problem);
    }
    let text = match *request.method() {
        Method::HEAD => return public.pages.problem_in(language, &Code::MethodNotAllowed.into()),
        Method::POST => &body[..],
        _ => request.uri().query().unwrap_or_default().as_bytes(),
    };
    let Ok(mut sent) = parameters::parse(text) else {
        return public.pages.notice(language, Notice::Ambiguous, StatusCode::BAD_REQUEST);
    };
    // A parameter without a value counts as absent (RFC 6749 section 3.1).
    sent.retain(|_, value| !value.is_empty());
    if request.method() == Method::POST {
        // Browsers send our cookies with a GET that another site causes, never with such a POST.
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
        return see_other(&format!("/oauth2/authorize?{query}"));
    }
    let language = language.wanted(sent.get("ui_locales").map(String::as_str));
    if let Err(problem) = count(request, public, &sent) {
        return public.pages.problem_in(language, &problem);
    }
    let browser = browser(request, public);
    match public.openid.authorizations.authorize(&sent, &browser).await {
        Ok(Authorized::Leave(answer)) => leave(public, language, &answer),
        Ok(Authorized::Interact(id)) => {
            let mut response = see_other(&login_address(&id));
            let cookie = set_cookie(&public.settings, &browser.secret);
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(AuthorizeError::Refused(refusal)) => refuse(public, language, refusal),
        Err(AuthorizeError::Store(error)) => public.pages.problem_in(language, &error.into()),
    }
}

/// Nobody can be sent back: a page says why, with a code for whoever runs the website.
fn refuse(public: &Public, language: Language, refusal: TextRefusal) -> Response {
    let notice = match refusal {
        TextRefusal::UnknownClient => Notice::UnknownClient,
        TextRefusal::PushedOver => Notice::RequestOver,
        TextRefusal::NotPushed => Notice::NotPushed,
        TextRefusal::RedirectUri => Notice::RedirectUri,
    };
    let mentioned = Mentioned { code: Some(refusal.as_str().to_owned()), ..Mentioned::default() };
    public.pages.notice_with(language, notice, StatusCode::BAD_REQUEST, &mentioned)
}

/// A request of a website that we know is a row, as a login that begins is, and is counted as one.
fn count(request: &Request, public: &Public, sent: &Parameters) -> Result<(), Problem> {
    let client = sent.get("client_id").and_then(|id| public.logins.find_client(id));
    let Some(client) = client else { return Ok(()) };
    public.limits.begin(client.id.as_str(), client_address(request, &public.settings))
}
