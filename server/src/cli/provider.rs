//! `saoma provider show`: how a Provider is set up, and what to enter at the vendor.

use crate::config::{Config, ConfiguredProvider, Source, secret_names};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_one};
use saoma_core::provider::{FactName, open_addresses, push_address};
use std::fmt::Write as _;

fn find<'a>(config: &'a Config, slug: &str) -> Result<&'a ConfiguredProvider, Failed> {
    let found = config.providers.iter().find(|provider| provider.slug.as_str() == slug);
    found.ok_or_else(|| format!("there is no [[provider]] with slug = \"{slug}\"").into())
}

pub(super) async fn show(source: Source, slug: String) -> Result<(), Failed> {
    let catalogue = catalogue();
    let config = Config::load(&source, &catalogue)?;
    let provider = find(&config, &slug)?;
    let secrets = secret_names(&catalogue, &provider.kind);
    let mut text = format!("slug   {}\nkind   {}\ntitle  {}\n", provider.slug, provider.kind, provider.title);
    for (name, value) in provider.config.0.as_object().into_iter().flatten() {
        let shown = if secrets.contains(name) { "set".to_owned() } else { value.to_string() };
        writeln!(text, "  {name} = {shown}")?;
    }
    text.push_str(&addresses(&config, provider).await?);
    process::print(&text);
    Ok(())
}

/// What to paste into the vendor's console.
async fn addresses(config: &Config, provider: &ConfiguredProvider) -> Result<String, Failed> {
    let (public_url, slug) = (&config.public_url, &provider.slug);
    // Part of an address may have been made by us and be in the database only; looking there makes it,
    // as a start would.
    let open = open_one(config, &outside(), slug).await?.ok_or("the provider cannot be opened")?;
    let mut text = String::new();
    for fact in open_addresses(public_url, &open) {
        writeln!(text, "{}: {}", fact.name.label().en, fact.value)?;
    }
    if let Some(end) = open.provider.push_secret() {
        let address = push_address(public_url, slug, end);
        writeln!(text, "{}: {}", FactName::PushAddress.label().en, address.expose())?;
    }
    Ok(text)
}
