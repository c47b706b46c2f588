//! `GET·POST /callback/{provider}`: a browser comes back from the vendor. It is sent on to the
//! website's own address, to a page of ours, or told why not. No cookie of ours is asked for, unless the
//! Login answers an authorization: that goes on in the browser that brought it.

use super::browser::own_cookie;
use super::confirm::{page_address, proof_cookie};
use super::pages::{Language, Mentioned, Notice};
use super::parameters;
use super::problem::Problem;
use super::public_state::Public;
use crate::http::address::client_address;
use crate::http::code::Code;
use bytes::Bytes;
use poem::http::{Method, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_core::login::{CallbackError, Returned, Stage};
use std::sync::Arc;

/// See the module.
#[handler]
pub(super) async fn callback(
    request: &Request,
    body: Bytes,
    Data(public): Data<&Arc<Public>>,
    Path(provider): Path<String>,
) -> Response {
    let language = Language::of(request);
    let say = |notice, status| public.pages.notice(language, notice, status);
    if let Err(problem) = public.limits.read(client_address(request, &public.settings)) {
        return public.pages.problem_in(language, &problem);
    }
    let sent = match *request.method() {
        // A look at the head must not use up the vendor's code.
        Method::HEAD => return public.pages.problem_in(language, &Code::MethodNotAllowed.into()),
        Method::POST => parameters::parse(&body),
        _ => parameters::parse(request.uri().query().unwrap_or_default().as_bytes()),
    };
    let Ok(query) = sent else { return say(Notice::Refused, StatusCode::BAD_REQUEST) };
    // In a task of its own, although it is a GET: the vendor's code is spent on the way, and a browser
    // that goes away then must leave nothing half done.
    let beside = Arc::clone(public);
    let browser = own_cookie(request, public);
    let work =
        public.tasks.spawn(async move { beside.logins.callback(&provider, query, browser.as_ref()).await });
    let Ok(returned) = work.await else { return public.pages.problem_in(language, &Code::Internal.into()) };
    match returned {
        Ok(Returned::ToSite { address, failure }) => {
            // The website is told in its own words; the log tells the admin.
            drop(failure.map(Problem::from));
            see_other(address.expose())
        }
        Ok(Returned::Ask { token, proof }) => {
            let cookie = proof_cookie(&public.settings, &token, &proof);
            let mut response = see_other(&page_address(&token));
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        Ok(Returned::Rehearsed) => say(Notice::Rehearsed, StatusCode::OK),
        Err(CallbackError::UnknownProvider) => say(Notice::NotFound, StatusCode::NOT_FOUND),
        Err(CallbackError::Malformed | CallbackError::UnknownState) => {
            say(Notice::Refused, StatusCode::BAD_REQUEST)
        }
        Err(CallbackError::OtherBrowser) => say(Notice::OtherBrowser, StatusCode::FORBIDDEN),
        Err(CallbackError::Over(stage)) => say(over(stage), StatusCode::CONFLICT),
        Err(CallbackError::Unreal { domain }) => {
            let mentioned = Mentioned { domain: Some(domain), ..Mentioned::default() };
            public.pages.notice_with(language, Notice::Preview, StatusCode::FORBIDDEN, &mentioned)
        }
        Err(CallbackError::Store(error)) => public.pages.problem_in(language, &error.into()),
    }
}

const fn over(stage: Stage) -> Notice {
    match stage {
        Stage::Confirmed | Stage::Redeemed => Notice::AnsweredBefore,
        _ => Notice::Over,
    }
}

/// 303, never 307: the next request is a GET whatever this one was (RFC 9700 section 4.12).
pub(super) fn see_other(address: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, address).finish()
}
