//! What a configuration can get wrong: for each fault a code that never changes and a sentence in both
//! languages. Every sentence completes "this setting …" and repeats no value.

use saoma_core::provider::{ConfigError, ConfigErrors};

/// One way to be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Required,
    /// There is no such setting.
    Unknown,
    /// It is of another type than this.
    Type(String),
    /// It is none of these.
    OneOf(String),
    /// It has fewer characters than this.
    TooShort(u64),
    /// It has more characters than this.
    TooLong(u64),
    /// It does not look like this, in English and in Chinese.
    Shape(Option<(String, String)>),
    /// Something else that the schema refuses.
    Invalid,
    /// The type is stricter than its schema.
    Unreadable,
    /// The kind itself is broken.
    BrokenKind,
    /// An address that is none.
    NotAbsolute,
    /// An address without a host.
    NoHost,
    /// An address with another scheme.
    NotHttps,
    /// Plain http to elsewhere.
    HttpElsewhere,
    /// An address with a user in it.
    Credentials,
    /// An address with a query or a fragment.
    Query,
    /// Only what is encrypted is known to come from the vendor as it is.
    ConfirmNeedsSafe,
    /// A key for messages, and no token.
    TokenMissing,
    /// Encrypted messages, and no key.
    KeyMissing,
}

impl Fault {
    /// The word that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Required => "setting_required",
            Self::Unknown => "setting_unknown",
            Self::Type(_) => "setting_type",
            Self::OneOf(_) => "setting_one_of",
            Self::TooShort(_) => "setting_too_short",
            Self::TooLong(_) => "setting_too_long",
            Self::Shape(_) => "setting_shape",
            Self::Invalid => "setting_invalid",
            Self::Unreadable => "setting_unreadable",
            Self::BrokenKind => "setting_kind_broken",
            Self::NotAbsolute => "base_not_absolute",
            Self::NoHost => "base_without_host",
            Self::NotHttps => "base_not_https",
            Self::HttpElsewhere => "base_http_elsewhere",
            Self::Credentials => "base_credentials",
            Self::Query => "base_query",
            Self::ConfirmNeedsSafe => "confirm_needs_safe_mode",
            Self::TokenMissing => "push_token_missing",
            Self::KeyMissing => "push_aes_key_missing",
        }
    }

    fn english(&self) -> String {
        let text = match self {
            Self::Required => "is required",
            Self::Unknown => "is not a setting",
            Self::Type(wanted) => return format!("must be of type {wanted}"),
            Self::OneOf(options) => return format!("must be one of {options}"),
            Self::TooShort(limit) => return format!("must have at least {limit} characters"),
            Self::TooLong(limit) => return format!("must have at most {limit} characters"),
            Self::Shape(Some((shape, _))) => return format!("must be {shape}"),
            Self::Shape(None) => "has the wrong shape",
            Self::Invalid => "is not valid",
            Self::Unreadable => "cannot be read",
            Self::BrokenKind => "has a kind whose schema is broken",
            Self::NotAbsolute => "must be an absolute address",
            Self::NoHost => "must name a host",
            Self::NotHttps => "must use https",
            Self::HttpElsewhere => "must use https; http is for loopback only",
            Self::Credentials => "must not contain a user or a password",
            Self::Query => "must not contain a query or a fragment",
            Self::ConfirmNeedsSafe => "must be page unless push_mode is safe",
            Self::TokenMissing => "is required when there is a push_aes_key",
            Self::KeyMissing => "is required unless push_mode is plain",
        };
        text.to_owned()
    }

    fn chinese(&self) -> String {
        let text = match self {
            Self::Required => "必填。",
            Self::Unknown => "没有这项设置。",
            Self::Type(wanted) => return format!("类型应为 {wanted}。"),
            Self::OneOf(options) => return format!("只能是 {options} 之一。"),
            Self::TooShort(limit) => return format!("至少 {limit} 个字符。"),
            Self::TooLong(limit) => return format!("最多 {limit} 个字符。"),
            Self::Shape(Some((_, shape))) => return format!("格式应为{shape}。"),
            Self::Shape(None) => "格式不正确。",
            Self::Invalid => "内容无效。",
            Self::Unreadable => "无法读取。",
            Self::BrokenKind => "该类型的设置定义有误。",
            Self::NotAbsolute => "应为完整地址。",
            Self::NoHost => "地址中缺少主机名。",
            Self::NotHttps => "必须使用 https。",
            Self::HttpElsewhere => "必须使用 https；http 只能用于本机。",
            Self::Credentials => "地址中不能带用户名或密码。",
            Self::Query => "地址中不能带查询参数或 # 片段。",
            Self::ConfirmNeedsSafe => "消息加解密方式不是安全模式时，只能选 page。",
            Self::TokenMissing => "填写了 EncodingAESKey 时，Token 必填。",
            Self::KeyMissing => "除明文模式外，EncodingAESKey 必填。",
        };
        text.to_owned()
    }

    /// The error at a place.
    pub fn at(&self, pointer: impl Into<String>) -> ConfigError {
        ConfigError {
            pointer: pointer.into(),
            code: self.code(),
            message: self.english(),
            chinese: self.chinese(),
        }
    }

    /// Nothing else is wrong.
    pub fn alone(&self, pointer: &str) -> ConfigErrors {
        ConfigErrors(vec![self.at(pointer)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn all() -> Vec<Fault> {
        let word = || "x".to_owned();
        let plain = [
            Fault::Required,
            Fault::Unknown,
            Fault::Type(word()),
            Fault::OneOf(word()),
            Fault::TooShort(1),
            Fault::TooLong(1),
            Fault::Shape(None),
            Fault::Invalid,
            Fault::Unreadable,
            Fault::BrokenKind,
            Fault::NotAbsolute,
            Fault::NoHost,
            Fault::NotHttps,
            Fault::HttpElsewhere,
            Fault::Credentials,
            Fault::Query,
            Fault::ConfirmNeedsSafe,
            Fault::TokenMissing,
            Fault::KeyMissing,
        ];
        plain.into()
    }

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
    }

    #[test]
    fn every_fault_has_a_code_of_its_own_and_a_sentence_in_both_languages() {
        let told: Vec<_> = all().iter().map(|fault| fault.at("/x")).collect();
        for error in &told {
            assert!(!error.message.is_empty() && !is_chinese(&error.message), "{error:?}");
            assert!(is_chinese(&error.chinese), "{error:?}");
        }
        let codes: BTreeSet<_> = told.iter().map(|error| error.code).collect();
        assert_eq!(codes.len(), told.len());
    }

    fn shapes(schema: &Value, found: &mut Vec<Value>) {
        for (_, setting) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if setting.get("pattern").is_some() {
                found.push(setting.clone());
            }
            shapes(setting, found);
        }
    }

    #[test]
    fn every_shape_of_every_kind_is_described_in_both_languages() {
        let mut found = Vec::new();
        for kind in crate::catalogue() {
            shapes(kind.config_schema(), &mut found);
        }
        assert!(!found.is_empty());
        for setting in found {
            assert!(setting["description"].is_string(), "{setting}");
            assert!(setting["x-ui"]["shape"]["zh"].as_str().is_some_and(is_chinese), "{setting}");
        }
    }
}
