//! The settings of the kind: their types, their JSON Schema, and how a form shows them.
//!
//! The schema is the only source for checks, forms and documents. `x-ui.paste` says where in
//! WeChat's console a value is found.

use serde::Deserialize;
use serde_json::{Value, json};

/// The settings, checked by the schema before.
#[derive(Deserialize)]
pub(super) struct Settings {
    pub(super) appid: String,
    pub(super) secret: String,
    #[serde(default = "default_page")]
    pub(super) page: String,
    #[serde(default = "default_env_version")]
    pub(super) env_version: String,
    #[serde(default = "default_check_path")]
    pub(super) check_path: bool,
    pub(super) open_platform_account: Option<String>,
    #[serde(default = "default_api_base")]
    pub(super) api_base: String,
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

fn default_api_base() -> String {
    "https://api.weixin.qq.com".to_owned()
}

/// The JSON Schema 2020-12 of the settings.
pub(super) fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["appid", "secret"],
        "properties": {
            "appid": appid(),
            "secret": secret(),
            "page": page(),
            "env_version": env_version(),
            "check_path": check_path(),
            "open_platform_account": open_platform_account(),
            "api_base": api_base(),
        },
    })
}

fn appid() -> Value {
    json!({
        "type": "string",
        "pattern": "^wx[0-9a-f]{16}$",
        "description": "wx and 16 characters of 0-9 and a-f",
        "x-ui": {
            "order": 1, "group": "app", "widget": "text",
            "label": { "en": "AppID", "zh": "AppID（小程序ID）" },
            "help": { "en": "The mini-program's id.", "zh": "小程序的唯一标识。" },
            "paste": "开发管理 → 开发设置 → AppID(小程序ID)",
        },
    })
}

fn secret() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9a-f]{32}$",
        "description": "32 characters of 0-9 and a-f",
        "writeOnly": true,
        "x-ui": {
            "order": 2, "group": "app", "widget": "text",
            "label": { "en": "AppSecret", "zh": "AppSecret（小程序密钥）" },
            "help": {
                "en": "Shown once when it is reset. Add this server's address to the IP list there as well.",
                "zh": "仅在重置时显示一次；请同时把本服务器的地址加入 IP 白名单。",
            },
            "paste": "开发管理 → 开发设置 → AppSecret(小程序密钥)",
        },
    })
}

fn page() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z_-]+(/[0-9A-Za-z_-]+)*$",
        "maxLength": 128,
        "description": "a page path without a slash in front and without a query",
        "default": default_page(),
        "x-ui": {
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

fn open_platform_account() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z_-]{1,40}$",
        "description": "1 to 40 characters of letters, digits, - and _",
        "x-ui": {
            "order": 6, "group": "people", "widget": "text",
            "label": { "en": "Open-platform account", "zh": "开放平台账号" },
            "help": {
                "en": "A name of your choice. Providers with the same name share their users by unionid, \
                    so all their apps must be bound to one open-platform account.",
                "zh": "自定义名称。同名的登录方式按 UnionID 共享用户，须绑定在同一个开放平台账号下。",
            },
        },
    })
}

fn api_base() -> Value {
    json!({
        "type": "string",
        "maxLength": 200,
        "default": default_api_base(),
        "x-ui": {
            "order": 7, "group": "network", "widget": "text",
            "label": { "en": "API address", "zh": "接口地址" },
            "help": {
                "en": "WeChat's own, or a relay with a fixed address.",
                "zh": "微信官方地址，或出口 IP 固定的中转地址。",
            },
        },
    })
}
