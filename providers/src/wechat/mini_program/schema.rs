//! The settings of the kind: their types, their JSON Schema, and how a form shows them.

use crate::wechat::api::LinkForm;
use crate::wechat::settings::{self, AppSettings};
use serde::Deserialize;
use serde_json::{Value, json};

/// The settings, checked by the schema before.
#[derive(Deserialize)]
pub(super) struct Settings {
    #[serde(flatten)]
    pub(super) app: AppSettings,
    #[serde(default = "default_page")]
    pub(super) page: String,
    #[serde(default = "default_env_version")]
    pub(super) env_version: String,
    #[serde(default = "default_check_path")]
    pub(super) check_path: bool,
    #[serde(default)]
    pub(super) phone_link: PhoneLink,
}

/// How a phone's own browser opens the page.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PhoneLink {
    /// It does not: accounts of individuals may make no links.
    #[default]
    None,
    /// By this.
    #[serde(untagged)]
    By(LinkForm),
}

impl PhoneLink {
    pub(super) const fn form(self) -> Option<LinkForm> {
        match self {
            Self::None => None,
            Self::By(form) => Some(form),
        }
    }
}

fn default_page() -> String {
    "pages/login/index".to_owned()
}

fn default_env_version() -> String {
    "release".to_owned()
}

const fn default_check_path() -> bool {
    true
}

/// The JSON Schema 2020-12 of the settings.
pub(super) fn schema() -> Value {
    let properties = json!({
        "appid": settings::appid("开发管理 → 开发设置 → AppID(小程序ID)"),
        "secret": settings::secret("开发管理 → 开发设置 → AppSecret(小程序密钥)"),
        "page": page(),
        "env_version": env_version(),
        "check_path": check_path(),
        "phone_link": phone_link(),
        "open_platform_account": settings::open_platform_account(),
        "api_base": settings::api_base(),
    });
    settings::object(&["appid", "secret"], &properties)
}

fn page() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z_-]+(/[0-9A-Za-z_-]+)*$",
        "maxLength": 128,
        "description": "a page path without a slash in front and without a query",
        "default": default_page(),
        "x-ui": {
            "shape": { "zh": "页面路径，开头不加斜杠，也不带参数" },
            "order": 3, "group": "code", "widget": "text",
            "label": { "en": "Login page", "zh": "登录页面" },
            "help": {
                "en": "The page of the mini-program that the code opens.",
                "zh": "扫码后打开的小程序页面。",
            },
        },
    })
}

fn env_version() -> Value {
    json!({
        "type": "string",
        "enum": ["release", "trial", "develop"],
        "default": default_env_version(),
        "x-ui": {
            "order": 4, "group": "code", "widget": "select",
            "label": { "en": "Version", "zh": "小程序版本" },
            "help": {
                "en": "trial and develop open only for members of the mini-program's project.",
                "zh": "体验版与开发版仅项目成员可以打开。",
            },
        },
    })
}

fn phone_link() -> Value {
    json!({
        "type": "string",
        "enum": ["none", "scheme", "url_link"],
        "default": "none",
        "x-ui": {
            "order": 6, "group": "code", "widget": "select",
            "label": { "en": "From a phone's browser", "zh": "从手机浏览器打开" },
            "help": {
                "en": "A phone cannot scan its own screen: a button opens WeChat instead. scheme is one tap; url_link goes through a page of WeChat's and works in more browsers. Not for accounts of individuals.",
                "zh": "手机无法扫自己的屏幕，页面会改为提供“打开微信”按钮。scheme 一点即开；url_link 经由微信的网页，适用的浏览器更多。个人主体的小程序不支持。",
            },
        },
    })
}

fn check_path() -> Value {
    json!({
        "type": "boolean",
        "default": default_check_path(),
        "x-ui": {
            "order": 5, "group": "code", "widget": "switch",
            "label": { "en": "The page must be released", "zh": "检查页面是否已发布" },
            "help": {
                "en": "Switch it off while the page is not in the released version yet.",
                "zh": "页面尚未发布时请关闭。",
            },
        },
    })
}
