//! Which renderer an answer needs: problem documents on `/api`, the standard's JSON on `/oauth2`,
//! plain text on `/push`, pages everywhere else; browsers are sent to `/oauth2/authorize` and
//! `/oauth2/logout`, so these are pages.

use super::oauth::oauth_problem;
use super::pages::Pages;
use super::problem::Problem;
use super::push::waiting;
use poem::http::header;
use poem::{IntoResponse as _, Request, Response};

/// Who reads the answer.
pub(crate) enum Surface {
    /// A program that speaks our API.
    Api,
    /// A program that speaks OAuth.
    OAuth,
    /// A vendor's server.
    Push,
    /// A person, with what their browser says of languages.
    Page(Option<String>),
}

impl Surface {
    /// The surface of a request.
    pub(crate) fn of(request: &Request) -> Self {
        let mut path = request.uri().path().strip_prefix('/').unwrap_or_default().split('/');
        match path.next() {
            Some("api") => Self::Api,
            // What the script of our login page calls.
            Some("login") if path.next_back() == Some("start") => Self::Api,
            // Where browsers are sent.
            Some("oauth2") if !matches!(path.next(), Some("authorize" | "logout")) => Self::OAuth,
            Some("push") => Self::Push,
            _ => {
                let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
                Self::Page(accepted.and_then(|value| value.to_str().ok()).map(str::to_owned))
            }
        }
    }

    /// The problem as this surface says it.
    pub(crate) fn render(&self, problem: Problem, pages: &Pages) -> Response {
        match self {
            Self::Api => problem.into_response(),
            Self::OAuth => oauth_problem(&problem),
            Self::Push => waiting(&problem),
            Self::Page(accepted) => pages.problem(accepted.as_deref(), &problem),
        }
    }
}
