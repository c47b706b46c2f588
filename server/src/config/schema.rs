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
    let schema = config_schema(catalogue)?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| broken(&error))?;
    let mut problems: Vec<_> =
        validator.iter_errors(document).flat_map(|error| problems_of(&error, &schema)).collect();
    problems.sort();
    problems.dedup();
    Ok(problems)
}

/// The document without the values of these problems. Items of lists stay: without one, the places of
/// those behind it would be other ones.
pub(super) fn without(mut document: Value, problems: &[ConfigProblem]) -> Value {
    for problem in problems {
        let Some((parent, name)) = problem.pointer.rsplit_once('/') else { continue };
        if let Some(parent) = document.pointer_mut(parent).and_then(Value::as_object_mut) {
            parent.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
    }
    document
}

fn problems_of(error: &jsonschema::ValidationError<'_>, schema: &Value) -> Vec<ConfigProblem> {
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
        _ => {
            let message = described(error, schema)
                .map_or_else(|| error.masked_with("the value").to_string(), |is| format!("is not {is}"));
            vec![ConfigProblem::new("config_invalid", pointer, message)]
        }
    }
}

/// What a text must be, in the schema's own words, where it has any: they say more than a pattern.
fn described<'a>(error: &jsonschema::ValidationError<'_>, schema: &'a Value) -> Option<&'a str> {
    if !matches!(error.kind(), ValidationErrorKind::Pattern { .. }) {
        return None;
    }
    let (place, _keyword) = error.schema_path().as_str().rsplit_once('/')?;
    schema.pointer(place)?.get("description")?.as_str()
}

fn broken(error: &impl std::fmt::Display) -> ConfigFailure {
    ConfigFailure::one("config_schema_broken", "", format!("a schema of this program is broken: {error}"))
}
