//! Renders the shop's pages: embedded templates, the texts of one language, and what a handler adds.
//!
//! Undefined variables are errors in the template engine, so a test renders every page in every language.

use poem::http::StatusCode;
use poem::web::Html;
use poem::{IntoResponse, Request, Response};
use serde_json::{Map, Value, json};
use tera::{Context, Tera};

use super::ShopError;
use super::assets::ShopFiles;
use super::locale::Locale;
use super::sessions::User;

/// A page of the shop.
#[derive(Clone, Copy, Debug)]
pub(super) enum Page {
    Home,
    Login,
    Account,
    Message,
}

impl Page {
    fn template(self) -> &'static str {
        match self {
            Self::Home => "home.html",
            Self::Login => "login.html",
            Self::Account => "account.html",
            Self::Message => "message.html",
        }
    }

    /// Where the language switch leads. The callback has no address worth repeating.
    fn path(self) -> &'static str {
        match self {
            Self::Home | Self::Message => "/",
            Self::Login => "/login",
            Self::Account => "/account",
        }
    }
}

/// The compiled templates and all texts.
pub(super) struct Pages {
    tera: Tera,
    english: Value,
    chinese: Value,
}

impl Pages {
    pub(super) fn load() -> Result<Self, ShopError> {
        let mut templates = Vec::new();
        for path in ShopFiles::iter() {
            if let (Some(name), Some(file)) = (path.strip_prefix("templates/"), ShopFiles::get(&path)) {
                templates.push((name.to_owned(), String::from_utf8_lossy(&file.data).into_owned()));
            }
        }
        let mut tera = Tera::default();
        tera.add_raw_templates(templates)?;
        Ok(Self { tera, english: Locale::English.texts()?, chinese: Locale::Chinese.texts()? })
    }

    fn texts(&self, locale: Locale) -> &Value {
        match locale {
            Locale::English => &self.english,
            Locale::Chinese => &self.chinese,
        }
    }

    /// The shop's words for the ways, by slug; a way that is newer than the shop has none.
    pub(super) fn ways(&self, locale: Locale) -> &Value {
        self.texts(locale).pointer("/login/ways").unwrap_or(&Value::Null)
    }

    /// Answers a request with a page; a language chosen in the address is remembered.
    pub(super) fn answer(
        &self,
        request: &Request,
        (page, status): (Page, StatusCode),
        user: Option<&User>,
        more: &Map<String, Value>,
    ) -> Response {
        let html = match self.render(page, Locale::of(request), user, more) {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, ?page, "a page of the shop cannot be rendered");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        if let Some(choice) = Locale::chosen(request) {
            request.cookie().add(choice.cookie());
        }
        Html(html).with_status(status).into_response()
    }

    fn render(
        &self,
        page: Page,
        locale: Locale,
        user: Option<&User>,
        more: &Map<String, Value>,
    ) -> tera::TeraResult<String> {
        let texts = self.texts(locale);
        let user = user.map(|user| {
            let way = self.ways(locale).get(&user.way).cloned().unwrap_or(json!(user.way));
            json!({ "sub": user.subject.sub, "name": user.name, "way": way })
        });
        let mut context = Context::new();
        context.insert("t", texts);
        context.insert("lang", locale.tag());
        context.insert("other_lang", locale.other().tag());
        context.insert("path", page.path());
        context.insert("user", &user);
        for (key, value) in more {
            context.insert(key.clone(), value);
        }
        self.tera.render(page.template(), &context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::shop::handlers::Trouble;
    use crate::demo::shop::tokens::Subject;

    fn keys(value: &Value, prefix: &str, into: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| keys(value, &format!("{prefix}/{key}"), into));
            }
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(n, value)| keys(value, &format!("{prefix}/{n}"), into));
            }
            leaf => {
                assert!(leaf.as_str().is_some_and(|text| !text.trim().is_empty()), "{prefix} is empty");
                into.push(prefix.to_owned());
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let [english, chinese] = Locale::ALL.map(|locale| {
            let mut found = Vec::new();
            keys(&locale.texts().unwrap(), "", &mut found);
            found.sort();
            found
        });
        assert_eq!(english, chinese);
    }

    #[test]
    fn every_page_renders_in_every_language_and_escapes() {
        let pages = Pages::load().unwrap();
        let user = User {
            subject: Subject { sub: "usr_1".into(), sid: None },
            name: Some("<b>Mei".into()),
            way: "newer-W&W".into(),
        };
        for locale in Locale::ALL {
            for user in [None, Some(&user)] {
                let login = json!({ "saoma": "http://127.0.0.1:1",
                    "kit": { "path": "/kit/1/saoma-login.js", "integrity": "sha384-x" },
                    "redirect_uri": "http://localhost:1/callback", "phone": "http://127.0.0.1:2/phone" });
                let login = login.as_object().unwrap();
                pages.render(Page::Login, locale, user, login).unwrap();
                let html = pages.render(Page::Home, locale, user, &Map::new()).unwrap();
                assert!(html.contains(&format!("lang=\"{}\"", locale.tag())));
            }
            let html = pages.render(Page::Account, locale, Some(&user), &Map::new()).unwrap();
            assert!(html.contains("&lt;b&gt;Mei") && html.contains("newer-W&amp;W"), "{html}");
            for trouble in Trouble::ALL {
                pages.render(Page::Message, locale, None, &trouble.context()).unwrap();
            }
        }
    }
}
