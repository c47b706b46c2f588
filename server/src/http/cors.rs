//! Which pages of other sites may read our answers.
//!
//! A preflight names no Client, so it is answered for the union of all Clients' origins; the
//! handler then checks the exact one. Credentials (cookies) are never allowed across origins.

use super::browser::origin;
use super::code::Code;
use super::problem::Problem;
use super::public_state::Public;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{IntoResponse as _, Request, Response};

/// What pages may call. The companion, the vendor and the admin are no pages.
const OPEN_PREFIXES: [&str; 9] = [
    "/.well-known/",
    "/api/v1/clients/",
    "/api/v1/logins",
    "/api/v1/qr/",
    "/api/v1/pictures/",
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/jwks",
    "/oauth2/revoke",
];
const ALLOW_HEADERS: &str = "authorization, content-type, last-event-id";
const EXPOSE_HEADERS: &str = "retry-after";

/// The origin a readable answer is for, if there is one.
pub(crate) fn allowed_origin(request: &Request, public: &Public) -> Option<HeaderValue> {
    let path = request.uri().path();
    let open = OPEN_PREFIXES.iter().any(|prefix| path.starts_with(prefix));
    let origin = origin(request).filter(|_| open)?;
    let known = origin == public.settings.public_url || public.logins.any_client_has_origin(&origin);
    if known { HeaderValue::from_str(&origin).ok() } else { None }
}

/// Answers a preflight; none when the request is not one.
pub(crate) fn preflight(request: &Request, allowed: Option<&HeaderValue>) -> Option<Response> {
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() != Method::OPTIONS || !asks {
        return None;
    }
    if allowed.is_none() {
        return Some(Problem::from(Code::OriginNotAllowed).into_response());
    }
    let response = Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST")
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOW_HEADERS)
        .header(header::ACCESS_CONTROL_MAX_AGE, "600");
    Some(response.finish())
}

/// Lets the page read the answer.
pub(crate) fn open_to(response: &mut Response, allowed: Option<HeaderValue>) {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSE_HEADERS));
    }
}
