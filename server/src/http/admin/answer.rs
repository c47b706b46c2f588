//! Pages as answers: drawn, or sent on, or refused.

use super::Admin;
use super::downloads::list_of;
use super::form::Forged;
use super::proof::NeedsProof;
use super::visit::Visitor;
use crate::http::callback::see_other;
use poem::Response;
use poem::http::{Method, StatusCode, header};
use saoma_admin_ui::views::{Notice, NoticeKind};
use saoma_admin_ui::{Frame, View};
use saoma_core::StoreError;
use saoma_core::admin::Refusal;
use url::form_urlencoded;

/// Own styles, scripts, pictures and forms only; nothing inline. Codes for apps are drawn into the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Stop {
    /// Nobody is logged in here: to the door, and then back.
    LogIn,
    /// The role may not.
    Forbidden,
    /// It needs a fresh proof.
    Prove,
    /// It needs a passkey first.
    AddPasskey,
    /// There is no such thing.
    NotFound,
    /// The form is not one of ours.
    Forged,
    /// The link is not valid any more.
    NoLink,
    /// It was shown for a while, to somebody.
    NoLonger,
    /// The address takes forms only.
    NoPage,
    /// The database cannot be asked.
    Store(StoreError),
    /// We made a mistake.
    Internal(&'static str),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Forged> for Stop {
    fn from(Forged: Forged) -> Self {
        Self::Forged
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Forbidden => Self::Forbidden,
            Refusal::StepUp => Self::Prove,
            Refusal::AddPasskey => Self::AddPasskey,
        }
    }
}

/// A drawn page.
pub(super) fn page<V: View>(admin: &Admin, frame: &Frame, view: &V, status: StatusCode) -> Response {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        // `no-referrer` would make browsers send `Origin: null` with forms, which is refused.
        .header(header::REFERRER_POLICY, "same-origin");
    match admin.pages.draw(frame, view) {
        Ok(html) => response.content_type("text/html; charset=utf-8").body(html),
        Err(error) => {
            tracing::error!(page = V::NAME, %error, "an admin page cannot be drawn");
            response
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .content_type("text/plain; charset=utf-8")
                .body("This page cannot be shown.\n")
        }
    }
}

/// Where a log-in may lead: a path of ours, nothing else.
pub(super) fn own_path(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    // What is no plain text has no place in a header.
    let is_path = is_path && next.bytes().all(|byte| byte.is_ascii_graphic());
    if is_path { next } else { "/" }
}

/// An address with where to go afterwards.
pub(super) fn then(to: &str, next: &str) -> String {
    let query: String = form_urlencoded::byte_serialize(own_path(next).as_bytes()).collect();
    format!("{to}?next={query}")
}

/// What a browser gets that asked for more than it may have.
pub(super) fn refuse(visitor: &Visitor<'_>, stop: Stop) -> Response {
    // Where a form was sent to is no page to come back to.
    let is_page = visitor.request.method() == Method::GET;
    let asked = || {
        let path = visitor.request.uri().path_and_query().filter(|_| is_page)?.as_str();
        Some(list_of(path).unwrap_or_else(|| path.to_owned()))
    };
    // A form that needs a fresh proof is come back to at its page.
    let here = || asked().or_else(|| visitor.page_before()).unwrap_or_else(|| "/".to_owned());
    let (kind, status) = match stop {
        Stop::LogIn => return see_other(&then("/log-in", &here())),
        // Of a form, more can be made: see `proof`.
        Stop::Prove => {
            let mut response = see_other(&then("/prove", &here()));
            response.set_data(NeedsProof);
            return response;
        }
        Stop::AddPasskey => return see_other("/account#passkeys"),
        Stop::Forbidden => (NoticeKind::Forbidden, StatusCode::FORBIDDEN),
        Stop::NotFound => (NoticeKind::NotFound, StatusCode::NOT_FOUND),
        Stop::Forged => (NoticeKind::StaleForm, StatusCode::FORBIDDEN),
        Stop::NoLink => (NoticeKind::NoLink, StatusCode::NOT_FOUND),
        Stop::NoLonger => (NoticeKind::NoLonger, StatusCode::NOT_FOUND),
        Stop::NoPage => (NoticeKind::NoPage, StatusCode::METHOD_NOT_ALLOWED),
        Stop::Store(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "the database could not be asked for an admin page");
            (NoticeKind::Unavailable, StatusCode::SERVICE_UNAVAILABLE)
        }
        Stop::Internal(what) => {
            tracing::error!(what, "an admin page could not be made");
            (NoticeKind::Internal, StatusCode::INTERNAL_SERVER_ERROR)
        }
    };
    notice(visitor, kind, status)
}

/// A page that says one thing.
pub(super) fn notice(visitor: &Visitor<'_>, kind: NoticeKind, status: StatusCode) -> Response {
    let code = match kind {
        NoticeKind::NotFound => "not_found",
        NoticeKind::Forbidden => "forbidden",
        NoticeKind::NoLink => "link_invalid",
        NoticeKind::NoLonger => "shown_before",
        NoticeKind::NoPage => "method_not_allowed",
        NoticeKind::StaleForm => "form_not_accepted",
        NoticeKind::Unavailable => "storage_unavailable",
        NoticeKind::Internal => "internal",
    };
    page(visitor.admin, &visitor.frame_of_notice(), &Notice { kind, code: code.to_owned() }, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_leads_to_our_own_pages_only() {
        for (next, leads) in [
            ("/websites?page=2", "/websites?page=2"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/web\r\nsites", "/"),
            ("/网站", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(next), leads, "{next}");
        }
    }
}
