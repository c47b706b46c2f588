//! Pages that visitors of Saoma itself see: the front page, notices and errors outside the API, and
//! the pages where people confirm, log in and consent.
//!
//! Two languages, nothing from elsewhere; no script but on the login page. Templates and texts are part of the binary and
//! compiled once.

mod files;
mod language;
mod notice;
mod policy;

pub(crate) use files::serve;
pub(crate) use language::Language;
pub(crate) use notice::Notice;
pub(crate) use policy::{governed, source_of};

#[cfg(test)]
use super::code::Code;
use super::problem::Problem;
use poem::http::{StatusCode, header};
use poem::{Request, Response};
use serde::Serialize;
use serde_json::Value;
use tera::{Context, Tera};

const TEMPLATES: [(&str, &str); 15] = [
    ("base.html", include_str!("../../../web/pages/templates/base.html")),
    ("notice.html", include_str!("../../../web/pages/templates/notice.html")),
    ("login.html", include_str!("../../../web/pages/templates/login.html")),
    ("consent.html", include_str!("../../../web/pages/templates/consent.html")),
    ("not_expected.html", include_str!("../../../web/pages/templates/not_expected.html")),
    ("logout.html", include_str!("../../../web/pages/templates/logout.html")),
    ("post.html", include_str!("../../../web/pages/templates/post.html")),
    ("device.html", include_str!("../../../web/pages/templates/device.html")),
    ("sign.html", include_str!("../../../web/pages/templates/sign.html")),
    ("logged_in.html", include_str!("../../../web/pages/templates/logged_in.html")),
    ("digits.html", include_str!("../../../web/pages/templates/digits.html")),
    ("when.html", include_str!("../../../web/pages/templates/when.html")),
    ("account.html", include_str!("../../../web/pages/templates/account.html")),
    ("account_step.html", include_str!("../../../web/pages/templates/account_step.html")),
    ("confirm.html", include_str!("../../../web/pages/templates/confirm.html")),
];
/// Own styles and pictures only; no script runs on these pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'none'";

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
        tera.add_raw_templates(TEMPLATES)?;
        Ok(Self { tera, english: Language::English.texts()?, chinese: Language::Chinese.texts()? })
    }

    /// The front page.
    pub(crate) fn home(&self, request: &Request) -> Response {
        self.notice(Language::of(request), Notice::Home, StatusCode::OK)
    }

    /// A notice by itself.
    pub(crate) fn notice(&self, language: Language, notice: Notice, status: StatusCode) -> Response {
        self.notice_with(language, notice, status, &Mentioned::default())
    }

    /// The page of a problem, in the language the request asked for.
    pub(crate) fn problem(&self, accept_language: Option<&str>, problem: &Problem) -> Response {
        self.problem_in(Language::accepted(accept_language), problem)
    }

    /// The page of a problem.
    pub(crate) fn problem_in(&self, language: Language, problem: &Problem) -> Response {
        let status = problem.code.status();
        let mentioned = Mentioned { code: Some(problem.code.word()), ..Mentioned::default() };
        let mut response = self.notice_with(language, Notice::of(status), status, &mentioned);
        if let Some(seconds) = problem.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// A page with a template of its own, by its name.
    pub(crate) fn own(
        &self,
        language: Language,
        name: &str,
        page: &impl Serialize,
        status: StatusCode,
    ) -> Response {
        self.own_as(language, (name, name), page, status)
    }

    /// A page with the texts of another name than its template's.
    pub(crate) fn own_as(
        &self,
        language: Language,
        (name, texts): (&str, &str),
        page: &impl Serialize,
        status: StatusCode,
    ) -> Response {
        let html = Context::from_serialize(page).and_then(|mut context| {
            context.insert("texts", &self.texts(language).get(texts));
            self.render(name, language, context)
        });
        written(html, status)
    }

    /// A notice with what is known besides its words. One that says that something failed has a code in any case.
    pub(crate) fn notice_with(
        &self,
        language: Language,
        notice: Notice,
        status: StatusCode,
        mentioned: &Mentioned,
    ) -> Response {
        let context = Context::from_serialize(mentioned).map(|mut context| {
            if mentioned.code.is_none() && status.as_u16() >= 400 {
                context.insert("code", notice.key());
            }
            context.insert("texts", &self.texts(language).get(notice.key()));
            context.insert("sign", notice.sign());
            context
        });
        written(context.and_then(|context| self.render("notice", language, context)), status)
    }

    fn render(&self, page: &str, language: Language, mut context: Context) -> tera::TeraResult<String> {
        context.insert("lang", language.tag());
        context.insert("common", &self.texts(language).get("common"));
        self.tera.render(&format!("{page}.html"), &context)
    }

    fn texts(&self, language: Language) -> &Value {
        match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        }
    }
}

/// What a notice mentions.
#[derive(Default, Serialize)]
pub(crate) struct Mentioned {
    /// A stable code, for whoever is told of it.
    pub(crate) code: Option<String>,
    /// The website, by its host.
    pub(crate) domain: Option<String>,
    /// The way on.
    pub(crate) back: Option<Back>,
}

/// Where a website begins.
#[derive(Serialize)]
pub(crate) struct Back {
    /// What the website is called.
    pub(crate) name: String,
    /// Its origin.
    pub(crate) url: String,
}

fn written(html: tera::TeraResult<String>, status: StatusCode) -> Response {
    let response = Response::builder().status(status).header(header::CONTENT_SECURITY_POLICY, POLICY);
    match html {
        Ok(html) => response.content_type("text/html; charset=utf-8").body(html),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            response.content_type("text/plain; charset=utf-8").body("This page cannot be shown.\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_renders_in_every_language() {
        let pages = Pages::load().unwrap();
        for language in Language::ALL {
            for notice in Notice::ALL {
                assert!(pages.texts(language).get(notice.key()).is_some(), "{notice:?}");
                for code in [None, Some(Code::NotFound)] {
                    let back = Back { name: "<b>shop".to_owned(), url: "https://shop.example".to_owned() };
                    let mentioned = Mentioned {
                        code: code.map(Code::word),
                        domain: Some("<b>x".to_owned()),
                        back: Some(back),
                    };
                    let response = pages.notice_with(language, notice, StatusCode::OK, &mentioned);
                    let html = futures_util::FutureExt::now_or_never(response.into_body().into_string());
                    let html = html.unwrap().unwrap();
                    assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
                    assert_eq!(html.matches("not_found").count(), usize::from(code.is_some()), "{notice:?}");
                    assert!(!html.contains("<b>"), "{notice:?}");
                    assert!(html.contains("&lt;b&gt;shop"), "{notice:?}");
                }
            }
        }
    }
}
