//! The admin's pages: what each shows is a typed view, how it looks is a template.
//!
//! Knows nothing of HTTP and asks nobody: views come filled. Every view has samples, and a test draws
//! each of them in both languages, so a template that names what a view does not have cannot be built.

mod frame;
mod language;
mod moment;
pub mod views;

pub use frame::{Frame, Place, SignedIn};
pub use language::Language;
pub use moment::Moment;

use serde::Serialize;
use serde_json::Value;
use tera::{Context, Tera};

const TEMPLATES: [(&str, &str); 9] = [
    ("base.html", include_str!("../templates/base.html")),
    ("house.html", include_str!("../templates/house.html")),
    ("door.html", include_str!("../templates/door.html")),
    ("log_in.html", include_str!("../templates/log_in.html")),
    ("enrol.html", include_str!("../templates/enrol.html")),
    ("recovery_codes.html", include_str!("../templates/recovery_codes.html")),
    ("account.html", include_str!("../templates/account.html")),
    ("websites.html", include_str!("../templates/websites.html")),
    ("notice.html", include_str!("../templates/notice.html")),
];

/// The styles.
pub const STYLES: &str = include_str!("../static/admin.css");

/// What a page shows.
pub trait View: Serialize {
    /// The name of its template and of its texts.
    const NAME: &'static str;

    /// Views that between them use every part of the template.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Why pages cannot be drawn: this build is broken.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// A template.
    #[error("[admin pages] a template cannot be compiled: {0}")]
    Template(#[from] tera::Error),
    /// The texts.
    #[error("[admin pages] texts cannot be read: {0}")]
    Texts(#[from] serde_json::Error),
}

/// The compiled templates and the texts.
pub struct AdminPages {
    tera: Tera,
    english: Value,
    chinese: Value,
}

impl AdminPages {
    /// Compiles templates and reads texts.
    pub fn load() -> Result<Self, PagesError> {
        let mut tera = Tera::default();
        tera.add_raw_templates(TEMPLATES)?;
        Ok(Self { tera, english: Language::English.texts()?, chinese: Language::Chinese.texts()? })
    }

    /// The page as HTML.
    pub fn draw<V: View>(&self, frame: &Frame, view: &V) -> Result<String, PagesError> {
        let texts = match frame.language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        };
        let mut context = Context::new();
        context.insert("lang", frame.language.tag());
        context.insert("page", V::NAME);
        context.insert("frame", frame);
        context.insert("view", view);
        context.insert("common", texts.get("common").unwrap_or(&Value::Null));
        context.insert("texts", texts.get(V::NAME).unwrap_or(&Value::Null));
        Ok(self.tera.render(&format!("{}.html", V::NAME), &context)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::{Account, Enrol, LogIn, Notice, RecoveryCodes, Websites};

    fn draws<V: View>(pages: &AdminPages) {
        let samples = V::samples();
        assert!(!samples.is_empty());
        for language in Language::ALL {
            for signed_in in [None, Some(SignedIn::sample())] {
                let frame = Frame { language, signed_in, csrf: "token<".to_owned(), here: Place::Websites };
                for view in &samples {
                    let html =
                        pages.draw(&frame, view).unwrap_or_else(|error| panic!("{}: {error:?}", V::NAME));
                    assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
                    assert!(!html.contains("<script>") && !html.contains("token<"), "{}", V::NAME);
                }
            }
        }
    }

    #[test]
    fn every_sample_of_every_view_is_drawn_in_every_language() {
        let pages = AdminPages::load().unwrap();
        draws::<LogIn>(&pages);
        draws::<Enrol>(&pages);
        draws::<RecoveryCodes>(&pages);
        draws::<Account>(&pages);
        draws::<Websites>(&pages);
        draws::<Notice>(&pages);
    }

    /// Paths of all texts, and which of them are lists.
    fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| paths(value, &format!("{at}/{key}"), all));
            }
            _ => all.push(at.to_owned()),
        }
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let [english, chinese] = Language::ALL.map(|language| {
            let mut all = Vec::new();
            paths(&language.texts().unwrap(), "", &mut all);
            all.sort();
            all
        });
        assert_eq!(english, chinese);
    }
}
