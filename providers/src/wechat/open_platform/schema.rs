//! The settings of the kind: their types, their JSON Schema, and how a form shows them.

use crate::wechat::push_settings::{self, PushSettings};
use crate::wechat::settings::{self, AppSettings};
use serde::Deserialize;
use serde_json::{Value, json};

/// The languages of WeChat's page.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lang {
    /// Chinese.
    Cn,
    /// English.
    En,
}

impl Lang {
    /// The page's word.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Cn => "cn",
            Self::En => "en",
        }
    }

    /// For a visitor who speaks this language.
    pub(super) fn of(locale: Option<&str>) -> Self {
        let english =
            locale.and_then(|tag| tag.get(..2)).is_some_and(|start| start.eq_ignore_ascii_case("en"));
        if english { Self::En } else { Self::Cn }
    }
}

/// The settings, checked by the schema before.
#[derive(Deserialize)]
pub(super) struct Settings {
    #[serde(flatten)]
    pub(super) app: AppSettings,
    #[serde(flatten)]
    pub(super) push: PushSettings,
    pub(super) lang: Option<Lang>,
    #[serde(default = "settings::default_open_base")]
    pub(super) open_base: String,
}

/// The JSON Schema 2020-12 of the settings.
pub(super) fn schema() -> Value {
    let mut properties = json!({
        "appid": settings::appid("管理中心 → 网站应用 → 查看 → AppID"),
        "secret": settings::secret("管理中心 → 网站应用 → 查看 → AppSecret"),
        "lang": lang(),
        "open_platform_account": settings::open_platform_account(),
        "api_base": settings::api_base(),
        "open_base": settings::open_base(),
    });
    push_settings::extend(&mut properties);
    settings::object(&["appid", "secret"], &properties)
}

fn lang() -> Value {
    json!({
        "type": "string",
        "enum": ["cn", "en"],
        "x-ui": {
            "order": 20, "group": "login", "widget": "select",
            "label": { "en": "Language of WeChat's page", "zh": "授权页语言" },
            "help": {
                "en": "Left out: the language of the visitor's page.",
                "zh": "不填则跟随访客页面的语言。",
            },
        },
    })
}
