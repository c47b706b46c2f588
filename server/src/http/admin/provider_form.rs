//! A Provider's form, drawn from the JSON Schema of its kind, and read back by it. Every kind alike:
//! nothing here knows one.

use super::form::Form;
use saoma_admin_ui::Language;
use saoma_admin_ui::views::{Choice, Condition, Entry, Part, Setting, SettingGroup};
use saoma_core::{ChangeError, FieldProblem};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the fields' names begin with.
const PREFIX: &str = "set.";
/// Before the name of a secret that is to be taken away.
const TAKEN: &str = "take.";
/// Where a setting stands whose schema names no group.
const ELSEWHERE: &str = "login";

/// The settings of a schema in their groups, filled with these values.
pub(super) fn groups(
    schema: &Value,
    values: &Value,
    secrets: &BTreeMap<String, String>,
    language: Language,
) -> Vec<SettingGroup> {
    let mut settings: Vec<_> = properties(schema).collect();
    settings.sort_by_key(|(_, setting)| setting.pointer("/x-ui/order").and_then(Value::as_u64));
    let mut groups: Vec<SettingGroup> = Vec::new();
    for (name, property) in settings {
        let group = property.pointer("/x-ui/group").and_then(Value::as_str).unwrap_or(ELSEWHERE);
        let is_required = required(schema).any(|required| required == name);
        let mut setting =
            setting(name, property, (values.get(name), secrets.get(name)), (is_required, language));
        setting.when = condition(schema, property, language);
        if let Some(known) = groups.iter_mut().find(|known| known.name == group) {
            known.settings.push(setting);
        } else {
            let (name, settings) = (group.to_owned(), vec![setting]);
            groups.push(SettingGroup { name, folded: false, settings });
        }
    }
    // What nobody has to enter is out of the way.
    for group in &mut groups {
        group.folded = !group.settings.iter().any(|setting| setting.required);
    }
    groups
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn setting(
    name: &str,
    property: &Value,
    (value, secret): (Option<&Value>, Option<&String>),
    (required, language): (bool, Language),
) -> Setting {
    let ui = |path: &str| property.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let tongue = tongue(language);
    let usual = property.get("default");
    let shown = value.or(usual);
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let is_secret = property.get("writeOnly") == Some(&Value::Bool(true));
    let entry = match (is_secret, property.get("enum").and_then(Value::as_array), property.get("type")) {
        (true, _, _) => Entry::Secret { set: secret.cloned() },
        (_, Some(options), _) => Entry::Select { choices: choices(options, shown) },
        (_, _, Some(kind)) if kind == "boolean" => Entry::Switch { on: shown == Some(&Value::Bool(true)) },
        (_, _, Some(kind)) if kind == "object" && ui("/x-ui/widget").as_deref() == Some("parts") => {
            Entry::Parts { parts: parts(property, shown, tongue) }
        }
        (_, _, Some(kind)) if kind == "object" || kind == "array" => Entry::Json { value: text(value) },
        _ => Entry::Text { value: text(value) },
    };
    Setting {
        name: name.to_owned(),
        label: label(name, property, tongue),
        help: ui(&format!("/x-ui/help/{tongue}")).unwrap_or_default(),
        paste: ui("/x-ui/paste"),
        required,
        when: None,
        usual: usual.map(|usual| text(Some(usual))),
        entry,
    }
}

/// The lines of a setting that is several.
fn parts(property: &Value, shown: Option<&Value>, tongue: &str) -> Vec<Part> {
    let part = |(name, part): (&String, &Value)| Part {
        name: name.clone(),
        label: label(name, part, tongue),
        value: shown.and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    properties(property).map(part).collect()
}

fn label(name: &str, property: &Value, tongue: &str) -> String {
    let label = property.pointer(&format!("/x-ui/label/{tongue}")).and_then(Value::as_str);
    label.unwrap_or(name).to_owned()
}

/// `x-ui.when`: the other setting, and the values with which this one is of use.
fn condition(schema: &Value, property: &Value, language: Language) -> Option<Condition> {
    let (name, values) = property.pointer("/x-ui/when")?.as_object()?.iter().next()?;
    let other = schema.get("properties")?.get(name)?;
    let values = values.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Some(Condition { name: name.clone(), label: label(name, other, tongue(language)), values })
}

const fn tongue(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh",
        Language::English => "en",
    }
}

fn choices(options: &[Value], shown: Option<&Value>) -> Vec<Choice> {
    let choice = |option: &Value| {
        let text = option.as_str().map_or_else(|| option.to_string(), str::to_owned);
        Choice { label: text.clone(), value: text, chosen: Some(option) == shown }
    };
    options.iter().map(choice).collect()
}

/// What a form says, as a change: empty secrets stay as they are unless they are taken away, other empty settings go away.
pub(super) fn read(schema: &Value, form: &Form) -> Result<Map<String, Value>, ChangeError> {
    let mut change = Map::new();
    let mut problems = Vec::new();
    for (name, property) in properties(schema) {
        let field = format!("{PREFIX}{name}");
        let kind = property.get("type").and_then(Value::as_str).unwrap_or("string");
        if kind == "boolean" {
            change.insert(name.clone(), Value::Bool(form.is_on(&field)));
            continue;
        }
        if let Some(parts) = sent_parts(property, form, &field) {
            let whole = parts.is_empty().then_some(Value::Null);
            change.insert(name.clone(), whole.unwrap_or(Value::Object(parts)));
            continue;
        }
        let Some(text) = form.sent(&field).map(str::trim) else { continue };
        let is_secret = property.get("writeOnly") == Some(&Value::Bool(true));
        if text.is_empty() {
            if !is_secret || form.is_on(&format!("{TAKEN}{name}")) {
                change.insert(name.clone(), Value::Null);
            }
            continue;
        }
        match kind {
            "string" => drop(change.insert(name.clone(), Value::from(text))),
            _ => match serde_json::from_str(text) {
                Ok(value) => drop(change.insert(name.clone(), value)),
                Err(_) => {
                    problems.push(FieldProblem::new(format!("/config/{name}"), "not_json", "is no JSON"));
                }
            },
        }
    }
    if problems.is_empty() { Ok(change) } else { Err(ChangeError::Invalid(problems)) }
}

/// The parts of a setting that were filled in; none when the form does not have them.
fn sent_parts(property: &Value, form: &Form, field: &str) -> Option<Map<String, Value>> {
    let sent =
        properties(property).map(|(name, _)| Some((name, form.sent(&format!("{field}.{name}"))?.trim())));
    let sent: Vec<_> = sent.collect::<Option<_>>()?;
    let filled = sent.iter().filter(|(_, text)| !text.is_empty());
    let filled = filled.map(|(name, text)| ((*name).clone(), Value::from(*text))).collect();
    (!sent.is_empty()).then_some(filled)
}

/// The values a form holds, to be shown again beside what is wrong with them; never a secret.
pub(super) fn typed(schema: &Value, form: &Form) -> Value {
    let open =
        properties(schema).filter(|(_, property)| property.get("writeOnly") != Some(&Value::Bool(true)));
    let values = open.filter_map(|(name, property)| {
        let field = format!("{PREFIX}{name}");
        if property.get("type").and_then(Value::as_str) == Some("boolean") {
            return Some((name.clone(), Value::Bool(form.is_on(&field))));
        }
        if let Some(parts) = sent_parts(property, form, &field) {
            return Some((name.clone(), Value::Object(parts)));
        }
        let text = form.sent(&field).filter(|text| !text.is_empty())?;
        Some((name.clone(), Value::from(text)))
    });
    Value::Object(values.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Short name and title of a new Provider.
    const OF_EVERY_KIND: usize = 2;

    #[test]
    fn no_kind_opens_with_more_than_eight_fields_and_no_group_has_more() {
        for factory in saoma_providers::catalogue() {
            let kind = factory.descriptor().kind;
            let groups = groups(factory.config_schema(), &Value::Null, &BTreeMap::new(), Language::English);
            let open = groups.iter().filter(|group| !group.folded).map(|group| group.settings.len());
            assert!(open.sum::<usize>() + OF_EVERY_KIND <= 8, "{kind}");
            assert!(groups.iter().all(|group| group.settings.len() <= 8), "{kind}");
        }
    }
}
