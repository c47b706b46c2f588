//! `openapi/admin.json`: the framework's document, mended as that of the login API, and with what each
//! call needs: a session of this ability, or a token with it in its scope.

use super::{admin_api, filtered};
use crate::http::document::{mended, operations};
use saoma_core::admin::{Rule, abilities};
use serde_json::{Value, json};

/// The document, as pretty JSON with a newline at its end.
pub fn admin_document() -> Result<String, serde_json::Error> {
    let mut document = mended(&admin_api().spec())?;
    if let Some(object) = document.as_object_mut() {
        object.insert("servers".to_owned(), json!([{ "url": "/" }]));
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), security_schemes());
    }
    for operation in operations(&mut document) {
        let rule = rule_of(operation);
        let Some(operation) = operation.as_object_mut() else { continue };
        filtered::mend(operation);
        let Some(rule) = rule else { continue };
        operation.insert("security".to_owned(), json!([{ "session": [] }, { "api_token": [] }]));
        operation.insert("x-ability".to_owned(), json!(rule.name));
        let roles: Vec<_> = rule.roles.iter().map(|role| role.as_str()).collect();
        operation.insert("x-roles".to_owned(), json!(roles));
        operation.insert("x-fresh".to_owned(), json!(rule.fresh));
    }
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The ability that the handler's own argument demands.
fn rule_of(operation: &Value) -> Option<&'static Rule> {
    let named = operation.pointer("/security/0").and_then(Value::as_object)?.keys().next()?;
    abilities::TABLE.iter().find(|rule| rule.name == named)
}

fn security_schemes() -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-saoma-admin-session",
            "description": "Of our own pages; under http the name has the port in it. Calls that change something also \
                            need Origin and X-CSRF-Token.",
        },
        "api_token": {
            "type": "http", "scheme": "bearer",
            "description": "An API token with the call's x-ability in its scope.",
        },
    })
}
