//! The one JSON Schema of the whole configuration: ours, with each kind's own in its place.

use super::Catalogue;
use super::problem::{ConfigFailure, ConfigProblem};
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

const OWN: &str = include_str!("schema.json");

/// The schema, with every kind's configuration in it.
pub fn config_schema(catalogue: &Catalogue) -> Result<Value, ConfigFailure> {
    let mut schema: Value = serde_json::from_str(OWN).map_err(|error| broken(&error))?;
    let kinds: Vec<Value> = catalogue.iter().map(|f| Value::from(f.descriptor().kind)).collect();
    let cases: Vec<Value> = catalogue
        .iter()
        .map(|factory| {
            let kind = factory.descriptor().kind;
            json!({
                "if": { "properties": { "kind": { "const": kind } }, "required": ["kind"] },
                "then": { "properties": { "config": factory.config_schema() } }
            })
        })
        .collect();
    if let Some(provider) = schema.pointer_mut("/properties/provider/items").and_then(Value::as_object_mut) {
        provider.insert("allOf".to_owned(), Value::Array(cases));
    }
    if let Some(kind) = schema.pointer_mut("/properties/provider/items/properties/kind") {
        *kind = json!({ "enum": kinds });
    }
    Ok(schema)
}

/// Checks the document and gives every problem it has; none repeats a value.
pub(super) fn check(document: &Value, catalogue: &Catalogue) -> Result<Vec<ConfigProblem>, ConfigFailure> {
    let validator = jsonschema::validator_for(&config_schema(catalogue)?).map_err(|error| broken(&error))?;
    let mut problems: Vec<_> =
        validator.iter_errors(document).flat_map(|error| problems_of(&error)).collect();
    problems.sort();
    problems.dedup();
    Ok(problems)
}

fn problems_of(error: &jsonschema::ValidationError<'_>) -> Vec<ConfigProblem> {
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                ConfigProblem::new("config_unknown_key", format!("{pointer}/{name}"), "is not a setting")
            })
            .collect(),
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![ConfigProblem::new("config_missing", format!("{pointer}/{name}"), "is missing")]
        }
        _ => vec![ConfigProblem::new("config_invalid", pointer, error.masked_with("the value").to_string())],
    }
}

fn broken(error: &impl std::fmt::Display) -> ConfigFailure {
    ConfigFailure::one("config_schema_broken", "", format!("a schema of this program is broken: {error}"))
}
