//! What ways are called on a person's own page: as on the login page, by title, or by kind where the title is in
//! a script that the reader's language does not use.

use crate::http::pages::Language;
use saoma_core::provider::OpenProvider;
use serde::Serialize;

/// One way's name, and what else is to be said of it.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct WayName {
    /// Title or kind.
    pub name: String,
    /// The other of the two, where it is not the same.
    pub more: Option<String>,
}

impl WayName {
    /// Of an open way.
    pub(super) fn of(open: &OpenProvider, language: Language) -> Self {
        let called = open.descriptor.called;
        let kind = if language == Language::Chinese { called.zh } else { called.en };
        Self::choose(&open.record.title, kind, language)
    }

    fn choose(title: &str, kind: &str, language: Language) -> Self {
        let is_foreign = language == Language::English && title.chars().any(is_han);
        let (name, more) = if is_foreign { (kind, title) } else { (title, kind) };
        Self { name: name.to_owned(), more: (more != name).then(|| more.to_owned()) }
    }

    /// Both in one line.
    pub(super) fn whole(&self) -> String {
        self.more.as_ref().map_or_else(|| self.name.clone(), |more| format!("{} · {more}", self.name))
    }
}

fn is_han(letter: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_name_unless_its_reader_cannot_read_it() {
        use Language::{Chinese, English};
        for (title, kind, language, whole) in [
            ("小程序码", "Mini-program code", English, "Mini-program code · 小程序码"),
            ("小程序码", "小程序码", Chinese, "小程序码"),
            ("Our code", "Mini-program code", English, "Our code · Mini-program code"),
            ("我们的码", "小程序码", Chinese, "我们的码 · 小程序码"),
            ("Mini-program code", "Mini-program code", English, "Mini-program code"),
        ] {
            assert_eq!(WayName::choose(title, kind, language).whole(), whole);
        }
    }
}
