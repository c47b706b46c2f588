//! The settings that WeChat's kinds share: types, JSON Schema, how a form shows them.
//!
//! The schema is the only source for checks, forms and documents. `x-ui.paste` says where in
//! WeChat's console a value is found, `x-generated` that the server makes one when none is given,
//! `x-shared` that the console must hold the same secret, so that it can be handed out.

use super::base::VendorBase;
use crate::fault::Fault;
use saoma_core::provider::{ConfigError, ConfigErrors, Instance};
use serde::Deserialize;
use serde_json::{Value, json};

/// What every app has.
#[derive(Deserialize)]
pub(super) struct AppSettings {
    pub(super) appid: String,
    pub(super) secret: String,
    pub(super) open_platform_account: Option<String>,
    #[serde(default = "default_api_base")]
    pub(super) api_base: String,
}

fn default_api_base() -> String {
    "https://api.weixin.qq.com".to_owned()
}

pub(super) fn default_open_base() -> String {
    "https://open.weixin.qq.com".to_owned()
}

impl AppSettings {
    /// The API's address, or what is wrong with it.
    pub(super) fn base(&self, instance: &Instance, problems: &mut Problems) -> Option<VendorBase> {
        problems.keep("/api_base", VendorBase::parse(&self.api_base, &instance.trusted_bases))
    }
}

/// What is wrong with a configuration beyond its schema; all of it is told at once.
#[derive(Default)]
pub(super) struct Problems(Vec<ConfigError>);

impl Problems {
    /// Notes a problem.
    pub(super) fn add(&mut self, pointer: &str, fault: &Fault) {
        self.0.push(fault.at(pointer));
    }

    /// The value, or its problem noted.
    pub(super) fn keep<T>(&mut self, pointer: &str, checked: Result<T, Fault>) -> Option<T> {
        checked.map_err(|fault| self.add(pointer, &fault)).ok()
    }

    /// All problems in the order of their pointers.
    pub(super) fn into_errors(mut self) -> ConfigErrors {
        self.0.sort();
        ConfigErrors(self.0)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A schema of these settings.
pub(super) fn object(required: &[&str], properties: &Value) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

pub(super) fn appid(paste: &str) -> Value {
    json!({
        "type": "string",
        "pattern": "^wx[0-9a-f]{16}$",
        "description": "wx and 16 characters of 0-9 and a-f",
        "x-ui": {
            "shape": { "zh": " wx 加 16 位 0-9、a-f 字符" },
            "order": 1, "group": "app", "widget": "text",
            "label": { "en": "AppID", "zh": "AppID" },
            "help": { "en": "The app's id.", "zh": "应用的唯一标识。" },
            "paste": paste,
        },
    })
}

pub(super) fn secret(paste: &str) -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9a-f]{32}$",
        "description": "32 characters of 0-9 and a-f",
        "writeOnly": true,
        "x-ui": {
            "shape": { "zh": " 32 位 0-9、a-f 字符" },
            "order": 2, "group": "app", "widget": "text",
            "label": { "en": "AppSecret", "zh": "AppSecret" },
            "help": {
                "en": "Shown once when it is reset. Where the console has an IP list, add this server's address as well.",
                "zh": "仅在重置时显示一次；控制台有 IP 白名单的，请同时加入本服务器的地址。",
            },
            "paste": paste,
        },
    })
}

pub(super) fn open_platform_account() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z_-]{1,40}$",
        "description": "1 to 40 characters of letters, digits, - and _",
        "x-ui": {
            "shape": { "zh": " 1 到 40 个字母、数字、- 或 _" },
            "order": 40, "group": "people", "widget": "text",
            "label": { "en": "Open-platform account", "zh": "开放平台账号" },
            "help": {
                "en": "A name of your choice. Providers with the same name share their users by unionid, \
                    so all their apps must be bound to one open-platform account.",
                "zh": "自定义名称。同名的登录方式按 UnionID 共享用户，须绑定在同一个开放平台账号下。",
            },
        },
    })
}

pub(super) fn api_base() -> Value {
    base_setting(
        &json!({ "order": 41, "label": { "en": "API address", "zh": "接口地址" } }),
        &default_api_base(),
    )
}

pub(super) fn open_base() -> Value {
    base_setting(
        &json!({ "order": 42, "label": { "en": "Address of the login pages", "zh": "授权页地址" } }),
        &default_open_base(),
    )
}

fn base_setting(words: &Value, default: &str) -> Value {
    json!({
        "type": "string",
        "maxLength": 200,
        "default": default,
        "x-ui": {
            "order": words["order"], "group": "network", "widget": "text",
            "label": words["label"],
            "help": {
                "en": "WeChat's own, or a relay with a fixed address.",
                "zh": "微信官方地址，或出口 IP 固定的中转地址。",
            },
        },
    })
}
