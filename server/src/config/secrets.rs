//! Secrets given as `x_file` (a path) or `x_env` (a variable's name) instead of `x`.
//!
//! Runs before the schema, which then only ever sees `x`.

use super::Catalogue;
use super::problem::ConfigProblem;
use saoma_core::provider;
use serde_json::{Map, Value};
use std::path::Path;

/// The document with references replaced by what they refer to, and the references that lead nowhere.
pub(super) fn fill_in(
    mut merged: Value,
    catalogue: &Catalogue,
    folder: &Path,
) -> (Value, Vec<ConfigProblem>) {
    let mut problems = Vec::new();
    if let Some(database) = merged.pointer_mut("/database").and_then(Value::as_object_mut) {
        fill_one(database, "url", "/database", folder, &mut problems);
    }
    for (index, client) in objects(&mut merged, "client") {
        let pointer = format!("/client/{index}");
        fill_one(client, "secrets", &pointer, folder, &mut problems);
        split_lines(client, "secrets");
    }
    for (index, provider) in objects(&mut merged, "provider") {
        let kind = provider.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        let names = secret_names(catalogue, &kind);
        let Some(config) = provider.get_mut("config").and_then(Value::as_object_mut) else { continue };
        for name in names {
            fill_one(config, &name, &format!("/provider/{index}/config"), folder, &mut problems);
        }
    }
    (merged, problems)
}

fn objects<'a>(
    merged: &'a mut Value,
    name: &str,
) -> impl Iterator<Item = (usize, &'a mut Map<String, Value>)> {
    let entries = merged.get_mut(name).and_then(Value::as_array_mut);
    entries
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(index, entry)| Some((index, entry.as_object_mut()?)))
}

/// Names of a kind's secrets.
pub(crate) fn secret_names(catalogue: &Catalogue, kind: &str) -> Vec<String> {
    let factory = catalogue.iter().find(|factory| factory.descriptor().kind == kind);
    factory.map(|factory| provider::secret_names(factory.config_schema())).unwrap_or_default()
}

fn fill_one(
    map: &mut Map<String, Value>,
    name: &str,
    parent: &str,
    folder: &Path,
    problems: &mut Vec<ConfigProblem>,
) {
    let from_file = map.remove(&format!("{name}_file"));
    let from_env = map.remove(&format!("{name}_env"));
    let pointer = format!("{parent}/{name}");
    let given = [map.contains_key(name), from_file.is_some(), from_env.is_some()];
    if given.iter().filter(|is| **is).count() > 1 {
        let message = format!("give only one of {name}, {name}_file and {name}_env");
        problems.push(ConfigProblem::new("secret_given_twice", pointer, message));
        return;
    }
    let found = match (&from_file, &from_env) {
        (Some(path), _) => read_file(path, folder),
        (None, Some(variable)) => read_env(variable),
        (None, None) => return,
    };
    match found {
        Ok(text) => {
            map.insert(name.to_owned(), Value::String(text));
        }
        Err(message) => problems.push(ConfigProblem::new("secret_unreadable", pointer, message)),
    }
}

fn read_file(path: &Value, folder: &Path) -> Result<String, String> {
    let path = path.as_str().ok_or("a _file is a path")?;
    let text = std::fs::read_to_string(folder.join(path))
        .map_err(|e| format!("cannot read {path}: {}", e.kind()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[expect(clippy::disallowed_methods, reason = "this is where settings come from the environment")]
fn read_env(variable: &Value) -> Result<String, String> {
    let name = variable.as_str().ok_or("an _env is the name of a variable")?;
    std::env::var(name).map_err(|_| format!("the variable {name} is not set, or is not UTF-8"))
}

/// Several secrets in one file or variable stand one a line.
fn split_lines(map: &mut Map<String, Value>, name: &str) {
    if let Some(Value::String(text)) = map.get(name) {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let list = lines.map(|line| Value::String(line.to_owned())).collect();
        map.insert(name.to_owned(), Value::Array(list));
    }
}
