//! `openapi/login.json`: the framework's document, mended where it cannot say what is true.
//!
//! The framework writes parameters into media types, says a described reference as an intersection
//! with nothing, which generators turn into odd types, and its security schemes would take the
//! place of our own reading of credentials: who may call what is added here.

use super::apis::login_api;
use serde_json::{Map, Value, json};

/// The document, as pretty JSON with a newline at its end.
pub fn login_document() -> Result<String, serde_json::Error> {
    let mut document = mended(&login_api().spec())?;
    if let Some(object) = document.as_object_mut() {
        object.insert("servers".to_owned(), json!([{ "url": "/" }]));
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), security_schemes());
    }
    for operation in operations(&mut document).filter_map(Value::as_object_mut) {
        let security = operation.get("operationId").and_then(Value::as_str).map(who_may);
        operation.insert("security".to_owned(), security.unwrap_or_default());
    }
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The framework's document, mended where both APIs need it.
pub(crate) fn mended(spec: &str) -> Result<Value, serde_json::Error> {
    let mut document: Value = serde_json::from_str(spec)?;
    mend_references(&mut document);
    operations(&mut document).for_each(mend_operation);
    Ok(document)
}

/// Every operation of a document.
pub(crate) fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let paths = paths.into_iter().flat_map(Map::values_mut);
    paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut)
}

fn security_schemes() -> Value {
    let scheme = |scheme: &str, what: &str| json!({"type": "http", "scheme": scheme, "description": what});
    json!({
        "browser_secret": scheme("bearer", "What the begin gave to this browser."),
        "browser_cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-saoma",
            "description": "The same for our own pages; under http the name is saoma- and the port.",
        },
        "client_secret": scheme("basic", "The client's id and secret, each form-urlencoded."),
        "access_token": scheme("bearer", "From redeem_code."),
        "companion_token": scheme("bearer", "From companion_scan."),
    })
}

/// Alternatives; an empty one means that the call may come without any of them.
fn who_may(operation_id: &str) -> Value {
    match operation_id {
        // A page says its Origin instead.
        "begin_login" => json!([{}, { "client_secret": [] }]),
        "read_login" | "follow_login" | "cancel_login" | "complete_login" | "give_digits_back" => {
            json!([{ "browser_secret": [] }, { "browser_cookie": [] }])
        }
        // A client may name itself in the form.
        "redeem_code" | "revoke_token" | "push_authorization_request" | "authorize_device" => {
            json!([{ "client_secret": [] }, {}])
        }
        "introspect_token" => json!([{ "client_secret": [] }]),
        "companion_picture" => json!([{ "companion_token": [] }]),
        "read_user_info" | "post_user_info" => json!([{ "access_token": [] }]),
        _ => json!([]),
    }
}

fn mend_operation(operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    let bodies = operation.get_mut("requestBody").into_iter();
    for holder in bodies {
        mend_content(holder);
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for response in responses.into_iter().flat_map(Map::values_mut) {
        mend_content(response);
    }
}

fn mend_content(holder: &mut Value) {
    let Some(content) = holder.get_mut("content").and_then(Value::as_object_mut) else { return };
    let mended = std::mem::take(content).into_iter().map(|(media_type, media)| {
        let bare = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        (bare, media)
    });
    *content = mended.collect();
}

/// `allOf: [{$ref}, {description}]` with the description beside it says the same without the second part.
fn mend_references(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mend_references),
        Value::Object(object) => {
            if object.contains_key("description")
                && let Some(parts) = object.get_mut("allOf").and_then(Value::as_array_mut)
            {
                parts.retain(|part| !is_only_a_description(part));
            }
            object.values_mut().for_each(mend_references);
        }
        _ => {}
    }
}

fn is_only_a_description(part: &Value) -> bool {
    part.as_object().is_some_and(|part| part.keys().all(|key| key == "description"))
}
