//! The settings of the kind: their types, their JSON Schema, and how a form shows them.

use crate::wechat::push_settings::{self, PushSettings};
use crate::wechat::settings::{self, AppSettings};
use serde::Deserialize;
use serde_json::{Value, json};

/// How a scan becomes a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Confirm {
    /// The answer in the chat links to our page.
    #[default]
    Page,
    /// The person sends back the number on the web page.
    Number,
    /// The scan is enough.
    Scan,
}

/// The file that proves the domain.
#[derive(Deserialize)]
pub(super) struct MpVerify {
    pub(super) file: String,
    pub(super) content: String,
}

/// What a person in WeChat's own browser grants.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum Scope {
    /// Nothing but the openid, without being asked.
    #[default]
    #[serde(rename = "snsapi_base")]
    Silent,
    /// Name and picture, after being asked.
    #[serde(rename = "snsapi_userinfo")]
    Named,
}

/// The settings, checked by the schema before.
#[derive(Deserialize)]
pub(super) struct Settings {
    #[serde(flatten)]
    pub(super) app: AppSettings,
    #[serde(flatten)]
    pub(super) push: PushSettings,
    #[serde(default)]
    pub(super) confirm: Confirm,
    #[serde(default)]
    pub(super) oauth_scope: Scope,
    pub(super) mp_verify: Option<MpVerify>,
    #[serde(default = "settings::default_open_base")]
    pub(super) open_base: String,
}

/// The JSON Schema 2020-12 of the settings.
pub(super) fn schema() -> Value {
    let mut properties = json!({
        "appid": settings::appid("设置与开发 → 开发接口管理 → 开发者ID(AppID)"),
        "secret": settings::secret("设置与开发 → 开发接口管理 → 开发者密码(AppSecret)"),
        "confirm": confirm(),
        "oauth_scope": oauth_scope(),
        "mp_verify": mp_verify(),
        "open_platform_account": settings::open_platform_account(),
        "api_base": settings::api_base(),
        "open_base": settings::open_base(),
    });
    push_settings::extend(&mut properties);
    settings::object(&["appid", "secret", "push_token"], &properties)
}

fn confirm() -> Value {
    json!({
        "type": "string",
        "enum": ["page", "number", "scan"],
        "default": "page",
        "x-ui": {
            "order": 20, "group": "login", "widget": "select",
            "label": { "en": "How people confirm", "zh": "确认方式" },
            "help": {
                "en": "page: on a page the chat links to. number: by sending back the number shown on the web page. \
                    scan: by the scan alone, which a picture of the code is enough for.",
                "zh": "page：在聊天回复链接的页面上确认；number：在聊天中回复网页上的两位数字；scan：扫码即登录，\
                    他人转发二维码即可骗取登录，不建议使用。",
            },
        },
    })
}

fn oauth_scope() -> Value {
    json!({
        "type": "string",
        "enum": ["snsapi_base", "snsapi_userinfo"],
        "default": "snsapi_base",
        "x-ui": {
            "order": 21, "group": "login", "widget": "select",
            "label": { "en": "Permission asked in WeChat's browser", "zh": "微信内网页授权范围" },
            "help": {
                "en": "snsapi_base asks nothing; snsapi_userinfo asks for name and picture.",
                "zh": "snsapi_base 静默授权；snsapi_userinfo 会请用户授权昵称与头像。",
            },
        },
    })
}

fn mp_verify() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["file", "content"],
        "properties": {
            "file": {
                "type": "string",
                "pattern": "^MP_verify_[A-Za-z0-9]{1,64}\\.txt$",
                "description": "a file name like MP_verify_ABCdef123.txt",
                "x-ui": {
                    "shape": { "zh": " MP_verify_ABCdef123.txt 这样的文件名" },
                    "label": { "en": "Name of the file", "zh": "文件名" },
                },
            },
            "content": {
                "type": "string",
                "pattern": "^[!-~]{1,64}$",
                "description": "1 to 64 printable characters of ASCII without blanks",
                "x-ui": {
                    "shape": { "zh": " 1 到 64 个可见的 ASCII 字符，不含空格" },
                    "label": { "en": "What it contains", "zh": "文件内容" },
                },
            },
        },
        "x-ui": {
            "order": 22, "group": "login", "widget": "parts",
            "label": { "en": "Domain proof", "zh": "网页授权域名校验文件" },
            "help": {
                "en": "Name and content of the file that WeChat's console offers for the web authorization domain; \
                    this server then shows it.",
                "zh": "公众号后台设置网页授权域名时下载的校验文件：文件名与内容，由本服务提供访问。",
            },
            "paste": "设置与开发 → 账号设置 → 功能设置 → 网页授权域名",
        },
    })
}
