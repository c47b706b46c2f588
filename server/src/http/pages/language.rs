//! The two languages of our pages, chosen by what the browser prefers.

use poem::Request;
use poem::http::header;
use saoma_core::provider::LocalText;
use serde_json::Value;

/// A language we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    #[cfg(test)]
    pub(super) const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Its BCP 47 tag.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// Its texts.
    pub(super) fn texts(self) -> Result<Value, serde_json::Error> {
        serde_json::from_str(match self {
            Self::English => include_str!("../../../web/pages/locales/en.json"),
            Self::Chinese => include_str!("../../../web/pages/locales/zh-CN.json"),
        })
    }

    /// This text in it.
    pub(crate) const fn read(self, text: LocalText) -> &'static str {
        match self {
            Self::English => text.en,
            Self::Chinese => text.zh,
        }
    }

    /// What a request prefers.
    pub(crate) fn of(request: &Request) -> Self {
        Self::of_either(request, None)
    }

    /// What a request prefers; where it does not say, the language of the page that it is about.
    pub(crate) fn of_either(request: &Request, page: Option<&str>) -> Self {
        let own = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::accepted(own.or(page))
    }

    /// The first language of `Accept-Language` that we speak; English when there is none.
    pub(crate) fn accepted(header: Option<&str>) -> Self {
        let mut tags = header.unwrap_or_default().split(',').filter_map(|part| part.split(';').next());
        tags.find_map(Self::of_tag).unwrap_or(Self::English)
    }

    /// The first of a website's `ui_locales` that we speak (OpenID Connect Core section 3.1.2.1), else this one.
    pub(crate) fn wanted(self, locales: Option<&str>) -> Self {
        locales.unwrap_or_default().split(' ').find_map(Self::of_tag).unwrap_or(self)
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.trim().get(..2)? {
            "zh" | "ZH" | "Zh" => Some(Self::Chinese),
            "en" | "EN" | "En" => Some(Self::English),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_first_language_we_speak_counts() {
        for (header, tag) in [
            (Some("zh-CN,zh;q=0.9,en;q=0.8"), "zh-CN"),
            (Some("fr-FR, en;q=0.5, zh;q=0.3"), "en"),
            (Some("de, zh"), "zh-CN"),
            (Some(""), "en"),
            (None, "en"),
        ] {
            assert_eq!(Language::accepted(header).tag(), tag, "{header:?}");
        }
        assert_eq!(Language::English.wanted(Some("fr zh-CN en")).tag(), "zh-CN");
        assert_eq!(Language::Chinese.wanted(Some("fr")).tag(), "zh-CN", "what the browser prefers");
        assert_eq!(Language::Chinese.wanted(None).tag(), "zh-CN");
    }
}
