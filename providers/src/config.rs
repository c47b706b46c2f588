//! Checks a configuration against its kind's JSON Schema and tells everything that is wrong.
//!
//! Messages are our own sentences: those of the validator repeat the value, which may be a secret.

use crate::fault::Fault;
use jsonschema::error::ValidationErrorKind;
use saoma_core::provider::{ConfigError, ConfigErrors};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Checks a configuration and reads it.
pub fn read<T: DeserializeOwned>(schema: &Value, config: &Value) -> Result<T, ConfigErrors> {
    validate(schema, config)?;
    // The schema has let it pass; should the type be stricter, its message might hold a value.
    T::deserialize(config).map_err(|_| Fault::Unreadable.alone(""))
}

/// Checks a configuration; the errors come in the order of their pointers.
pub fn validate(schema: &Value, config: &Value) -> Result<(), ConfigErrors> {
    let validator = jsonschema::validator_for(schema).map_err(|_| Fault::BrokenKind.alone(""))?;
    let mut errors: Vec<_> = validator
        .iter_errors(config)
        .flat_map(|error| explain(schema, error.instance_path().as_str(), error.kind()))
        .collect();
    errors.sort();
    errors.dedup();
    if errors.is_empty() { Ok(()) } else { Err(ConfigErrors(errors)) }
}

/// The JSON pointers of all settings that must be kept secret (`writeOnly`).
pub fn secret_pointers(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_secrets(schema, "", &mut found);
    found
}

fn collect_secrets(schema: &Value, pointer: &str, found: &mut Vec<String>) {
    for (name, setting) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let here = below(pointer, name);
        if setting.get("writeOnly") == Some(&Value::Bool(true)) {
            found.push(here.clone());
        }
        collect_secrets(setting, &here, found);
    }
}

fn explain(schema: &Value, pointer: &str, kind: &ValidationErrorKind) -> Vec<ConfigError> {
    match kind {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![Fault::Required.at(below(pointer, name))]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let unknown = |name: &String| Fault::Unknown.at(below(pointer, name));
            unexpected.iter().map(unknown).collect()
        }
        other => vec![fault(schema, pointer, other).at(pointer)],
    }
}

fn fault(schema: &Value, pointer: &str, kind: &ValidationErrorKind) -> Fault {
    let told = |path: &str| setting(schema, pointer).and_then(|s| s.pointer(path)).and_then(Value::as_str);
    match kind {
        ValidationErrorKind::Type { .. } => Fault::Type(told("/type").unwrap_or("object").to_owned()),
        ValidationErrorKind::Enum { options } => Fault::OneOf(options.to_string()),
        ValidationErrorKind::MinLength { limit } => Fault::TooShort(*limit),
        ValidationErrorKind::MaxLength { limit } => Fault::TooLong(*limit),
        ValidationErrorKind::Pattern { .. } => {
            let english = told("/description");
            let both = |english: &str| {
                let chinese = told("/x-ui/shape/zh").unwrap_or(english);
                (english.to_owned(), chinese.to_owned())
            };
            Fault::Shape(english.map(both))
        }
        _ => Fault::Invalid,
    }
}

fn setting<'a>(schema: &'a Value, pointer: &str) -> Option<&'a Value> {
    let name = |step: &str| step.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).try_fold(schema, |at, step| at.get("properties")?.get(name(step)))
}

/// A pointer one step further down (RFC 6901 section 3).
fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["appid", "secret"],
            "additionalProperties": false,
            "properties": {
                "appid": { "type": "string", "pattern": "^wx", "description": "something with wx in front" },
                "secret": { "type": "string", "minLength": 8, "pattern": "^[0-9]+$", "writeOnly": true },
                "mode": { "enum": ["safe", "plain"] },
                "push": {
                    "type": "object",
                    "properties": { "aes/key": { "type": "string", "writeOnly": true } },
                },
            },
        })
    }

    fn errors(config: &Value) -> Vec<(String, String)> {
        let errors = validate(&schema(), config).unwrap_err().0;
        errors.into_iter().map(|e| (e.pointer, e.message)).collect()
    }

    fn told(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(pointer, message)| ((*pointer).to_owned(), (*message).to_owned())).collect()
    }

    #[test]
    fn all_errors_come_at_once_in_order() {
        let config = json!({ "appid": "gh_1", "mode": "loose", "a/b": 1, "push": { "aes/key": 5 } });
        let expected = [
            ("/appid", "must be something with wx in front"),
            ("/a~1b", "is not a setting"),
            ("/mode", "must be one of [\"safe\",\"plain\"]"),
            ("/push/aes~1key", "must be of type string"),
            ("/secret", "is required"),
        ];
        assert_eq!(errors(&config), told(&expected));
    }

    #[test]
    fn a_secret_is_never_repeated() {
        for secret in [json!("hunter2"), json!(["hunter2"]), json!({ "hunter2": "hunter2" })] {
            let told = format!("{:?}", errors(&json!({ "appid": "wx1", "secret": secret })));
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn something_else_than_an_object_is_one_error() {
        assert_eq!(errors(&json!(5)), told(&[("", "must be of type object")]));
        assert_eq!(errors(&json!(null)).len(), 1);
    }

    #[test]
    fn secrets_are_found_at_any_depth() {
        assert_eq!(secret_pointers(&schema()), ["/push/aes~1key", "/secret"]);
    }

    #[test]
    fn a_type_stricter_than_its_schema_is_an_error_without_values() {
        let config = json!({ "appid": "wx1", "secret": "12345678" });
        let error = read::<Vec<u8>>(&schema(), &config).unwrap_err();
        assert_eq!(error, Fault::Unreadable.alone(""));
    }
}
