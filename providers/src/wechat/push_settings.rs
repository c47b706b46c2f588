//! The settings of a push address, shared by the kinds that have one.
//!
//! Refuses an encrypted mode without a key, and keys without a token.

use super::push::{AesKey, PushDoor, PushMode};
use super::settings::Problems;
use crate::fault::Fault;
use saoma_core::Secret;
use saoma_core::provider::LocalText;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the console calls server configuration.
#[derive(Deserialize)]
pub(super) struct PushSettings {
    #[serde(rename = "push_token")]
    token: Option<String>,
    #[serde(rename = "push_aes_key")]
    aes_key: Option<String>,
    #[serde(rename = "push_aes_key_previous")]
    aes_key_previous: Option<String>,
    #[serde(rename = "push_mode", default = "default_mode")]
    pub(super) mode: PushMode,
    #[serde(rename = "push_path_secret")]
    path_secret: Option<String>,
}

const fn default_mode() -> PushMode {
    PushMode::Safe
}

/// A push address: the door, and the unguessable part of where it is.
pub(super) struct PushAddress {
    pub(super) door: PushDoor,
    pub(super) path_secret: Option<Secret>,
}

impl PushAddress {
    /// What its operator should know (PSH-02).
    pub(super) fn warning(&self) -> Option<LocalText> {
        (self.door.mode == PushMode::Plain).then_some(LocalText {
            en: "push_mode = \"plain\": WeChat's signature does not cover its messages, so whoever has seen one can \
                 write others in its name; set safe here and in WeChat's console",
            zh: "push_mode = \"plain\"：明文模式下，微信的签名不覆盖消息内容，见过一条消息的人就能冒充微信写出别的消息。\
                 请在这里和微信后台都改为安全模式。",
        })
    }
}

impl PushSettings {
    /// The address, if there is one; what is wrong with it is noted.
    pub(super) fn address(self, appid: &str, problems: &mut Problems) -> Option<PushAddress> {
        let keys: Vec<_> = [&self.aes_key, &self.aes_key_previous].into_iter().flatten().collect();
        let Some(token) = self.token else {
            if !keys.is_empty() {
                problems.add("/push_token", &Fault::TokenMissing);
            }
            return None;
        };
        if self.aes_key.is_none() && self.mode != PushMode::Plain {
            problems.add("/push_aes_key", &Fault::KeyMissing);
        }
        // The schema has let pass nothing but 43 letters and digits.
        let keys = keys.into_iter().filter_map(|text| AesKey::parse(text)).collect();
        let door = PushDoor { appid: appid.to_owned(), token: Secret::new(token), mode: self.mode, keys };
        Some(PushAddress { door, path_secret: self.path_secret.map(Secret::new) })
    }
}

/// Adds these settings to those of a kind.
pub(super) fn extend(properties: &mut Value) {
    let all: [(&str, Value); 5] = [
        ("push_token", token()),
        ("push_aes_key", aes_key()),
        ("push_aes_key_previous", aes_key_previous()),
        ("push_mode", mode()),
        ("push_path_secret", path_secret()),
    ];
    if let Some(properties) = properties.as_object_mut() {
        let all: Map<_, _> = all.into_iter().map(|(name, setting)| (name.to_owned(), setting)).collect();
        properties.extend(all);
    }
}

fn token() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z]{3,32}$",
        "description": "3 to 32 letters and digits",
        "writeOnly": true,
        "x-shared": true,
        "x-ui": {
            "shape": { "zh": " 3 到 32 个字母或数字" },
            "order": 10, "group": "push", "widget": "text",
            "label": { "en": "Push token", "zh": "Token（令牌）" },
            "help": {
                "en": "A random text of your choice; the same one goes into WeChat's console. WeChat signs its \
                    messages with it.",
                "zh": "自定义的随机字符，须与微信后台填写的一致，用于验证消息签名。",
            },
            "paste": "服务器配置 → 令牌(Token)",
        },
    })
}

fn aes_key() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z]{43}$",
        "description": "43 letters and digits",
        "writeOnly": true,
        "x-shared": true,
        "x-ui": {
            "shape": { "zh": " 43 个字母或数字" },
            "order": 12, "group": "push", "widget": "text", "when": { "push_mode": ["safe", "compatible"] },
            "label": { "en": "EncodingAESKey", "zh": "EncodingAESKey（消息加解密密钥）" },
            "help": {
                "en": "Let the console make it. Not needed in plain mode.",
                "zh": "可由微信后台随机生成；明文模式无需填写。",
            },
            "paste": "服务器配置 → 消息加解密密钥(EncodingAESKey)",
        },
    })
}

fn aes_key_previous() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z]{43}$",
        "description": "43 letters and digits",
        "writeOnly": true,
        "x-ui": {
            "shape": { "zh": " 43 个字母或数字" },
            "order": 13, "group": "push_more", "widget": "text",
            "label": { "en": "Previous EncodingAESKey", "zh": "上一个 EncodingAESKey" },
            "help": {
                "en": "Still accepted while the console changes over; remove it a day later.",
                "zh": "更换密钥期间仍可解密，建议一天后删除。",
            },
        },
    })
}

fn mode() -> Value {
    json!({
        "type": "string",
        "enum": ["safe", "compatible", "plain"],
        "default": "safe",
        "x-ui": {
            "order": 11, "group": "push", "widget": "select",
            "label": { "en": "Message mode", "zh": "消息加解密方式" },
            "help": {
                "en": "As in WeChat's console: 安全模式 safe, 兼容模式 compatible, 明文模式 plain. In plain mode \
                    WeChat's signature does not cover the message.",
                "zh": "须与微信后台一致：安全模式、兼容模式或明文模式。明文模式的签名不覆盖消息内容，不建议使用。",
            },
            "paste": "服务器配置 → 消息加解密方式",
        },
    })
}

fn path_secret() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Za-z_-]{16,128}$",
        "description": "16 to 128 characters of letters, digits, - and _",
        "writeOnly": true,
        "x-generated": true,
        "x-ui": {
            "shape": { "zh": " 16 到 128 个字母、数字、- 或 _" },
            "order": 14, "group": "push_more", "widget": "text",
            "label": { "en": "Secret part of the push address", "zh": "推送地址的保密部分" },
            "help": {
                "en": "Made by this server when it is left out.",
                "zh": "留空则由本服务生成。",
            },
        },
    })
}
