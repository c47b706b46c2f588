//! `saoma config …` and `saoma openapi`.

use super::ApiName;
use crate::config::{Config, Source, config_schema, redacted};
use crate::process::{self, Failed};
use crate::wire::catalogue;

pub(super) fn check(source: &Source) -> Result<(), Failed> {
    let config = Config::load(source, &catalogue())?;
    for warning in &config.warnings {
        process::print(&format!("warning: {warning}\n"));
    }
    let (clients, providers) = (config.clients.len(), config.providers.len());
    process::print(&format!("ok: {clients} client(s), {providers} provider(s)\n"));
    Ok(())
}

pub(super) fn print(source: &Source) -> Result<(), Failed> {
    process::print(&toml::to_string_pretty(&redacted(source)?)?);
    Ok(())
}

pub(super) fn schema() -> Result<(), Failed> {
    process::print(&format!("{}\n", serde_json::to_string_pretty(&config_schema(&catalogue())?)?));
    Ok(())
}

pub(super) fn openapi(api: ApiName) -> Result<(), Failed> {
    let document = match api {
        ApiName::Login => crate::http::login_document()?,
        ApiName::Admin => crate::http::admin_document()?,
    };
    process::print(&document);
    Ok(())
}
