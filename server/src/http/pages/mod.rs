//! Pages that visitors of Saoma itself see: the front page and errors outside the API.
//!
//! One template, two languages, no script, nothing from elsewhere. Templates and texts are part
//! of the binary and compiled once.

mod files;
mod language;

pub(crate) use files::serve;

use super::code::Code;
use super::problem::Problem;
use language::Language;
use poem::http::{StatusCode, header};
use poem::{Request, Response};
use serde_json::Value;
use tera::{Context, Tera};

const TEMPLATE: &str = include_str!("../../../web/pages/templates/notice.html");
/// Own styles only; no script runs on these pages.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notice {
    Home,
    NotFound,
    Refused,
    Later,
}

impl Notice {
    const fn key(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Later => "later",
        }
    }

    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::NotFound,
            status if status.is_server_error() => Self::Later,
            _ => Self::Refused,
        }
    }
}

/// The compiled template and the texts.
pub(crate) struct Pages {
    tera: Tera,
    english: Value,
    chinese: Value,
}

/// A page of this build is broken.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// The template.
    #[error("[pages] a template cannot be compiled: {0}")]
    Template(#[from] tera::Error),
    /// The texts.
    #[error("[pages] texts cannot be read: {0}")]
    Texts(#[from] serde_json::Error),
}

impl Pages {
    /// Compiles the template and reads the texts.
    pub(crate) fn load() -> Result<Self, PagesError> {
        let mut tera = Tera::default();
        tera.add_raw_templates([("notice.html", TEMPLATE)])?;
        Ok(Self { tera, english: Language::English.texts()?, chinese: Language::Chinese.texts()? })
    }

    /// The front page.
    pub(crate) fn home(&self, request: &Request) -> Response {
        self.answer(Language::of(request), Notice::Home, StatusCode::OK, None)
    }

    /// The page of a problem, in the language the request asked for.
    pub(crate) fn problem(&self, accept_language: Option<&str>, problem: &Problem) -> Response {
        let status = problem.code.status();
        self.answer(Language::accepted(accept_language), Notice::of(status), status, Some(problem.code))
    }

    fn answer(&self, language: Language, notice: Notice, status: StatusCode, code: Option<Code>) -> Response {
        let response = Response::builder().status(status).header(header::CONTENT_SECURITY_POLICY, POLICY);
        match self.render(language, notice, code) {
            Ok(html) => response.content_type("text/html; charset=utf-8").body(html),
            Err(error) => {
                tracing::error!(%error, "a page cannot be rendered");
                response.content_type("text/plain; charset=utf-8").body("This page cannot be shown.\n")
            }
        }
    }

    fn render(&self, language: Language, notice: Notice, code: Option<Code>) -> tera::TeraResult<String> {
        let texts = match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        };
        let mut context = Context::new();
        context.insert("lang", language.tag());
        context.insert("code", &code.map(Code::word));
        for (name, text) in texts.get(notice.key()).and_then(Value::as_object).into_iter().flatten() {
            context.insert(name.clone(), text);
        }
        self.tera.render("notice.html", &context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_renders_in_every_language() {
        let pages = Pages::load().unwrap();
        for language in Language::ALL {
            for notice in [Notice::Home, Notice::NotFound, Notice::Refused, Notice::Later] {
                for code in [None, Some(Code::NotFound)] {
                    let html = pages.render(language, notice, code).unwrap();
                    assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
                    assert_eq!(html.contains("not_found"), code.is_some(), "{notice:?}");
                }
            }
        }
    }
}
