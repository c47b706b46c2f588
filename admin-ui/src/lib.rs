//! The admin's pages: what each shows is a typed view, how it looks is a template.
//!
//! Knows nothing of HTTP and asks nobody: views come filled. Every view has samples, and a test draws
//! each of them in both languages, so a template that names what a view does not have cannot be built.

mod chart;
mod frame;
mod language;
mod moment;
mod notes;
pub mod views;

pub use frame::{Frame, Place, SignedIn};
pub use language::Language;
pub use moment::Moment;
pub use notes::{Note, Notes, notes};

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tera::{Context, Tera};

/// A file by which other templates are framed.
const FRAMES: [(&str, &str); 12] = [
    ("newest_lines.html", include_str!("../templates/newest_lines.html")),
    ("funnel.html", include_str!("../templates/funnel.html")),
    ("count_table.html", include_str!("../templates/count_table.html")),
    ("passkey.html", include_str!("../templates/passkey.html")),
    ("try.html", include_str!("../templates/try.html")),
    ("findings.html", include_str!("../templates/findings.html")),
    ("base.html", include_str!("../templates/base.html")),
    ("house.html", include_str!("../templates/house.html")),
    ("door.html", include_str!("../templates/door.html")),
    ("history.html", include_str!("../templates/history.html")),
    ("notes.html", include_str!("../templates/notes.html")),
    ("resembles.html", include_str!("../templates/resembles.html")),
];

/// The files of a page: its template and its texts.
struct PageFiles {
    name: &'static str,
    template: &'static str,
    english: &'static str,
    chinese: &'static str,
}

macro_rules! page_files {
    ($($name:literal)+) => {
        [$(PageFiles {
            name: $name,
            template: include_str!(concat!("../templates/", $name, ".html")),
            english: include_str!(concat!("../locales/en/", $name, ".json")),
            chinese: include_str!(concat!("../locales/zh-CN/", $name, ".json")),
        }),+]
    };
}

/// Every page.
const PAGES: &[PageFiles] = &page_files! {
    "account"
    "admit"
    "audit"
    "audit_verified"
    "doctor"
    "enrol"
    "keys"
    "log_in"
    "login"
    "logins"
    "merging"
    "new_website"
    "newest"
    "notice"
    "offers"
    "overview"
    "provider"
    "providers"
    "recovery_codes"
    "rehearsal"
    "settings"
    "staff"
    "statistics"
    "tokens"
    "user"
    "users"
    "website"
    "website_ready"
    "websites"
};

/// Fetches what is marked as live again; pages do without it by being loaded anew.
pub const LIVE_SCRIPT: &str = include_str!("../static/live.js");

/// Asks authenticators; pages do without it by passwords and codes.
pub const PASSKEY_SCRIPT: &str = include_str!("../static/passkey.js");

/// The styles.
pub const STYLES: &str = include_str!("../static/admin.css");

/// The small enhancements.
pub const SCRIPT: &str = include_str!("../static/admin.js");

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

/// The texts of all pages in one language, by page; `common` are those of the frame.
struct Texts(BTreeMap<&'static str, Value>);

impl Texts {
    fn load(language: Language) -> Result<Self, serde_json::Error> {
        let pages = PAGES.iter().map(|page| {
            let text = match language {
                Language::English => page.english,
                Language::Chinese => page.chinese,
            };
            Ok((page.name, serde_json::from_str(text)?))
        });
        let common = serde_json::from_str(language.common()).map(|common| ("common", common));
        pages.chain([common]).collect::<Result<_, _>>().map(Self)
    }

    fn of(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }
}

/// The compiled templates and the texts.
pub struct AdminPages {
    tera: Tera,
    english: Texts,
    chinese: Texts,
}

impl AdminPages {
    /// Compiles templates and reads texts.
    pub fn load() -> Result<Self, PagesError> {
        let mut tera = Tera::default();
        tera.register_filter("clock", moment::clock);
        tera.add_raw_templates(FRAMES)?;
        tera.add_raw_templates(PAGES.iter().map(|page| (format!("{}.html", page.name), page.template)))?;
        let (english, chinese) = (Texts::load(Language::English)?, Texts::load(Language::Chinese)?);
        Ok(Self { tera, english, chinese })
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
        context.insert("common", texts.of("common"));
        context.insert("texts", texts.of(V::NAME));
        Ok(self.tera.render(&format!("{}.html", V::NAME), &context)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::*;

    fn draws<V: View>(pages: &AdminPages) {
        let samples = V::samples();
        assert!(!samples.is_empty());
        for language in Language::ALL {
            for signed_in in [None, Some(SignedIn::sample())] {
                let frame =
                    Frame::new(language, signed_in, "csrf<".to_owned(), (Place::Websites, "/".to_owned()));
                for view in &samples {
                    let html =
                        pages.draw(&frame, view).unwrap_or_else(|error| panic!("{}: {error:?}", V::NAME));
                    assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
                    assert!(!html.contains("<script>") && !html.contains("csrf<"), "{}", V::NAME);
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
        draws::<NewWebsite>(&pages);
        draws::<WebsiteReady>(&pages);
        draws::<Website>(&pages);
        draws::<Providers>(&pages);
        draws::<Provider>(&pages);
        draws::<Users>(&pages);
        draws::<User>(&pages);
        draws::<Merging>(&pages);
        draws::<Offers>(&pages);
        draws::<Admit>(&pages);
        draws::<AuditList>(&pages);
        draws::<AuditVerified>(&pages);
        draws::<HouseSettings>(&pages);
        draws::<Overview>(&pages);
        draws::<NewestLogins>(&pages);
        draws::<Logins>(&pages);
        draws::<Login>(&pages);
        draws::<Statistics>(&pages);
        draws::<Staff>(&pages);
        draws::<Tokens>(&pages);
        draws::<Notice>(&pages);
        draws::<Doctor>(&pages);
        draws::<Rehearsal>(&pages);
    }

    #[test]
    fn the_audit_has_words_for_all_that_can_happen() {
        use saoma_core::audit::{Action, Actor};
        let texts = Texts::load(Language::English).unwrap();
        let has = |part: &str, word: &str| texts.of("audit")[part][word].is_string();
        for action in Action::ALL {
            let word = action.as_str();
            let feature = word.split_inclusive('.').next().unwrap();
            assert!(has("actions", word) && has("features", feature), "{word}");
        }
        assert!(Actor::WORDS.iter().all(|word| has("actors", word)));
    }

    #[test]
    fn logins_have_words_for_every_stage_and_reason() {
        use saoma_core::login::{Reason, Stage};
        for language in Language::ALL {
            let texts = Texts::load(language).unwrap();
            let has = |part: &str, word: &str| texts.of("common")[part][word].is_string();
            assert!(Stage::ALL.iter().all(|stage| has("stages", stage.as_str())));
            assert!(Reason::ALL.iter().all(|reason| has("reasons", reason.as_str())));
        }
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
            for (page, texts) in Texts::load(language).unwrap().0 {
                paths(&texts, page, &mut all);
            }
            all.sort();
            all
        });
        assert_eq!(english, chinese);
    }
}
