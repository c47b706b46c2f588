//! A JSON body: read strictly, and when it does not fit, everything wrong with it is told at once.
//!
//! The framework's own reader stops at the first mistake, names no place, repeats what was sent
//! (which may be a secret), takes numbers for texts and lets a name stand twice. What fits is what
//! the OpenAPI document says: both come from one schema.

use super::problem::FieldError;
use super::strict_json;
use poem::http::StatusCode;
use poem::{Error, FromRequest, Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{Json, ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use serde_json::Value;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// More is not read by anybody.
const MOST_ERRORS: usize = 20;
/// A longer pointer names nothing of ours.
const LONGEST_POINTER: usize = 100;

/// Why a body is not what the call takes; each listener says it in the words of its API.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum BodyError {
    /// It is not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// It is JSON that does not fit.
    #[error("the body does not fit")]
    Misfits(Vec<FieldError>),
}

/// A JSON body of this type.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: Type> Payload for Body<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        Json::<T>::check_content_type(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON + 'static> ParsePayload for Body<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let bytes = Vec::<u8>::from_request(request, body).await?;
        read(&bytes).map(Self).map_err(|error| Error::new(error, StatusCode::BAD_REQUEST))
    }
}

impl_apirequest_for_payload!(Body<T>, T: ParseFromJSON + 'static);

fn read<T: ParseFromJSON + 'static>(bytes: &[u8]) -> Result<T, BodyError> {
    let (value, twice) = strict_json::read(bytes).map_err(|_| BodyError::NotJson)?;
    if !twice.is_empty() {
        let errors = twice.iter().map(|pointer| told(pointer, "stands there twice")).collect();
        return Err(refused(errors));
    }
    // Checked first, as the framework takes a number or a boolean for a string.
    let errors = misfits::<T>(&value);
    if !errors.is_empty() {
        return Err(refused(errors));
    }
    T::parse_from_json(Some(value)).map_err(|_| refused(vec![told("", "does not fit")]))
}

fn refused(mut errors: Vec<FieldError>) -> BodyError {
    errors.truncate(MOST_ERRORS);
    BodyError::Misfits(errors)
}

fn told(pointer: &str, message: impl Into<String>) -> FieldError {
    FieldError::new(pointer.chars().take(LONGEST_POINTER).collect::<String>(), message)
}

/// The schemas a `T` is made of; drawn up once for each type, as there are a handful of them.
fn registry_of<T: Type + 'static>() -> Arc<Registry> {
    static DRAWN_UP: LazyLock<Mutex<HashMap<TypeId, Arc<Registry>>>> = LazyLock::new(Mutex::default);
    let mut drawn_up = DRAWN_UP.lock().unwrap_or_else(PoisonError::into_inner);
    let registry = drawn_up.entry(TypeId::of::<T>()).or_insert_with(|| {
        let mut registry = Registry::new();
        T::register(&mut registry);
        Arc::new(registry)
    });
    Arc::clone(registry)
}

/// Everything that keeps a value from being a `T`.
fn misfits<T: Type + 'static>(value: &Value) -> Vec<FieldError> {
    let registry = registry_of::<T>();
    let mut errors = Vec::new();
    check(&registry, &T::schema_ref(), value, "", &mut errors);
    errors
}

fn check(registry: &Registry, schema: &MetaSchemaRef, value: &Value, at: &str, errors: &mut Vec<FieldError>) {
    let schema = match schema {
        MetaSchemaRef::Inline(schema) => Some(&**schema),
        MetaSchemaRef::Reference(name) => registry.schemas.get(name),
    };
    let Some(schema) = schema else { return };
    // A property with a description of its own wraps its type (OpenAPI 3.0 has no siblings of $ref).
    if !schema.all_of.is_empty() {
        schema.all_of.iter().for_each(|wrapped| check(registry, wrapped, value, at, errors));
    } else if !has_type(schema.ty, value) {
        errors.push(told(at, format!("must be of type {}", schema.ty)));
    } else if !schema.enum_items.is_empty() && !schema.enum_items.contains(value) {
        let known: Vec<_> = schema.enum_items.iter().map(ToString::to_string).collect();
        errors.push(told(at, format!("must be one of {}", known.join(", "))));
    } else if let Some(fields) = value.as_object()
        // A wrapper's second half is the description alone: it knows no fields.
        && !schema.properties.is_empty()
    {
        check_fields(registry, schema, fields, at, errors);
    }
}

fn check_fields(
    registry: &Registry,
    schema: &MetaSchema,
    fields: &serde_json::Map<String, Value>,
    at: &str,
    errors: &mut Vec<FieldError>,
) {
    let is_required = |name: &str| schema.required.contains(&name);
    for (name, property) in &schema.properties {
        let pointer = strict_json::below(at, name);
        match fields.get(*name) {
            None if is_required(name) => errors.push(told(&pointer, "is required")),
            Some(Value::Null) if !is_required(name) => {}
            Some(value) => check(registry, property, value, &pointer, errors),
            None => {}
        }
    }
    let unknown = fields.keys().filter(|name| !schema.properties.iter().any(|(known, _)| known == name));
    errors.extend(unknown.map(|name| told(&strict_json::below(at, name), "is not a field of this call")));
}

fn has_type(wanted: &str, value: &Value) -> bool {
    match wanted {
        "object" => value.is_object(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem_openapi::{Enum, Object};

    #[derive(Debug, Enum)]
    enum Colour {
        Red,
    }

    #[derive(Debug, Object)]
    #[oai(deny_unknown_fields)]
    struct Inner {
        depth: Option<u32>,
    }

    #[derive(Debug, Object)]
    #[oai(deny_unknown_fields)]
    struct Outer {
        name: String,
        /// With a description.
        colour: Option<Colour>,
        /// With one, too.
        inner: Option<Inner>,
    }

    fn refusal(text: &str) -> Vec<String> {
        match read::<Outer>(text.as_bytes()).unwrap_err() {
            BodyError::NotJson => vec!["not JSON".to_owned()],
            BodyError::Misfits(errors) => {
                errors.iter().map(|e| format!("{} {}", e.pointer, e.message)).collect()
            }
        }
    }

    #[test]
    fn what_fits_is_read() {
        let read = read::<Outer>(br#"{"name":"n","colour":null,"inner":{"depth":3}}"#).unwrap();
        assert_eq!((read.name.as_str(), read.inner.unwrap().depth), ("n", Some(3)));
    }

    #[test]
    fn everything_that_does_not_fit_is_told_by_its_place_and_nothing_is_repeated() {
        let told = refusal(r#"{"colour":"hunter2","inner":{"depth":"hunter2","a/b":1},"more":"hunter2"}"#);
        let expected = [
            "/name is required",
            "/colour must be one of \"Red\"",
            "/inner/depth must be of type integer",
            "/inner/a~1b is not a field of this call",
            "/more is not a field of this call",
        ];
        assert_eq!(told, expected);
        assert_eq!(refusal(r#"{"name":7}"#), ["/name must be of type string"]);
        assert_eq!(refusal("[]"), [" must be of type object"]);
        assert_eq!(refusal(r#"{"name":"n","name":"m"}"#), ["/name stands there twice"]);
    }

    #[test]
    fn what_is_no_json_is_told_so() {
        for text in ["", "{", "{}x", "{\"name\":\"\\ud800\"}", "nul", &"[".repeat(5000)] {
            assert_eq!(refusal(text), ["not JSON"], "{text:.20}");
        }
    }
}
