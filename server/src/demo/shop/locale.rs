//! The two languages of the shop: which one a request wants, and the texts of each.
//!
//! `?lang=` wins and is remembered in a cookie, then the cookie, then `Accept-Language`.

use poem::Request;
use poem::http::header::ACCEPT_LANGUAGE;
use poem::web::cookie::{Cookie, SameSite};
use serde_json::Value;

const COOKIE: &str = "shop_lang";

/// A language that the shop speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locale {
    English,
    Chinese,
}

impl Locale {
    #[cfg(test)]
    pub(super) const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The BCP 47 tag, for `lang` attributes and for Saoma.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    /// What the visitor asked for with `?lang=`, if anything.
    pub(super) fn chosen(request: &Request) -> Option<Self> {
        let query = request.uri().query()?;
        let (_, tag) = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang")?;
        Self::from_tag(&tag)
    }

    /// The language to answer in.
    pub(super) fn of(request: &Request) -> Self {
        let remembered = || Self::from_tag(request.cookie().get(COOKIE)?.value_str());
        let header = || request.headers().get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Self::negotiate);
        Self::chosen(request).or_else(remembered).or_else(header).unwrap_or(Self::English)
    }

    /// The cookie that remembers a choice.
    pub(super) fn cookie(self) -> Cookie {
        let mut cookie = Cookie::new_with_str(COOKIE, self.tag());
        cookie.set_path("/");
        cookie.set_same_site(SameSite::Lax);
        cookie.set_http_only(true);
        cookie
    }

    /// The texts of this language.
    pub(super) fn texts(self) -> serde_json::Result<Value> {
        serde_json::from_str(match self {
            Self::English => include_str!("../../../web/shop/locales/en.json"),
            Self::Chinese => include_str!("../../../web/shop/locales/zh-CN.json"),
        })
    }

    fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The known language with the highest weight (RFC 9110, 12.5.4); the first of equals wins.
    fn negotiate(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',') {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            if weight > best.map_or(0.0, |(known, _)| known) {
                best = Some((weight, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_is_weighed() {
        let cases = [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Locale::Chinese)),
            ("en-GB, zh;q=0.5", Some(Locale::English)),
            ("fr, zh;q=0.2, en;q=0.7", Some(Locale::English)),
            ("zh;q=0, en;q=0.1", Some(Locale::English)),
            ("fr", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(Locale::negotiate(header), expected, "{header}");
        }
    }
}
