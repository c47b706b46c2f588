//! The layers: a file (or text), then `SAOMA__SECTION__KEY` from the environment.
//!
//! Two underscores also in the prefix, so that a `SAOMA_SERVICE_HOST` that a cluster sets by
//! itself is not taken for a setting.

use super::problem::ConfigFailure;
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where the configuration comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file, then the environment; relative paths in it start at its folder.
    File(PathBuf),
    /// Text, without the environment; relative paths start at the folder.
    Text {
        /// TOML.
        toml: String,
        /// The folder.
        folder: PathBuf,
    },
}

/// The merged document and the folder its relative paths start at.
pub(super) fn merge(source: &Source) -> Result<(Value, PathBuf), ConfigFailure> {
    let (figment, folder) = match source {
        Source::File(path) => {
            if !path.is_file() {
                let message = format!(
                    "there is no file {}; write one (see the README), name one with --config, or try `saoma demo`",
                    path.display()
                );
                return Err(ConfigFailure::one("config_not_found", "", message));
            }
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let layers =
                Figment::new().merge(Toml::file_exact(path)).merge(Env::prefixed("SAOMA__").split("__"));
            (layers, folder.to_owned())
        }
        Source::Text { toml, folder } => (Figment::new().merge(Toml::string(toml)), folder.clone()),
    };
    let merged = figment.extract::<Value>().map_err(|error| syntax(&error))?;
    Ok((merged, folder))
}

/// Parsers quote the line they stumble over, and that line may hold a secret: say where, not what.
fn syntax(error: &figment::Error) -> ConfigFailure {
    let text = error.to_string();
    let place = text.split("TOML parse error at ").nth(1).and_then(|rest| rest.lines().next());
    let message = format!("is not valid TOML{}", place.map(|p| format!(" at {p}")).unwrap_or_default());
    ConfigFailure::one("config_syntax", "", message)
}

/// The document with every secret hidden, for `config print`.
pub fn redacted(source: &Source) -> Result<Value, ConfigFailure> {
    let (mut merged, _) = merge(source)?;
    hide(&mut merged);
    Ok(merged)
}

const SECRET_WORDS: [&str; 4] = ["secret", "token", "key", "password"];

fn hide(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map.iter_mut() {
                let names_a_secret = SECRET_WORDS.iter().any(|word| name.contains(word));
                let is_reference = name.ends_with("_file") || name.ends_with("_env");
                if names_a_secret && !is_reference {
                    *inner = Value::String("***".to_owned());
                } else if name == "url" {
                    hide_password(inner);
                } else {
                    hide(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

fn hide_password(value: &mut Value) {
    let Some(mut url) = value.as_str().and_then(|text| url::Url::parse(text).ok()) else { return };
    if url.password().is_some() && url.set_password(Some("***")).is_ok() {
        *value = Value::String(url.to_string());
    }
}
