//! `saoma provider show`: how a Provider is set up, and what to enter at the vendor. Those of the file and
//! those that admins have set up alike.

use crate::config::{Config, Source, secret_names};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_one};
use saoma_core::provider::{FactName, OpenProvider, ProviderRecord, open_addresses, push_address};
use std::fmt::Write as _;

pub(super) async fn show(source: Source, slug: String) -> Result<(), Failed> {
    let catalogue = catalogue();
    let config = Config::load(&source, &catalogue)?;
    let unknown = || format!("there is no provider with slug = \"{slug}\"");
    let parsed = slug.parse().map_err(|_| unknown())?;
    // Part of an address may have been made by us and be in the database only; looking there makes it, as a
    // start would.
    let (record, open) = open_one(&config, &outside(), &parsed).await?.ok_or_else(unknown)?;
    let mut text = settings(&record, &secret_names(&catalogue, &record.kind))?;
    match open {
        Some(open) => text.push_str(&addresses(&config.public_url, &record, &open)?),
        None if record.enabled => return Err("the provider cannot be opened".into()),
        None => text.push_str("It is switched off.\n"),
    }
    process::print(&text);
    Ok(())
}

fn settings(record: &ProviderRecord, secrets: &[String]) -> Result<String, Failed> {
    let mut text = format!("slug   {}\nkind   {}\ntitle  {}\n", record.slug, record.kind, record.title);
    for (name, value) in record.config.as_object().into_iter().flatten() {
        writeln!(text, "  {name} = {value}")?;
    }
    for name in secrets.iter().filter(|name| record.secrets.contains_key(*name)) {
        writeln!(text, "  {name} = set")?;
    }
    Ok(text)
}

/// What to paste into the vendor's console.
fn addresses(public_url: &str, record: &ProviderRecord, open: &OpenProvider) -> Result<String, Failed> {
    let mut text = String::new();
    for fact in open_addresses(public_url, open) {
        writeln!(text, "{}: {}", fact.name.label().en, fact.value)?;
    }
    if let Some(end) = open.provider.push_secret() {
        let address = push_address(public_url, &record.slug, end);
        writeln!(text, "{}: {}", FactName::PushAddress.label().en, address.expose())?;
    }
    Ok(text)
}
