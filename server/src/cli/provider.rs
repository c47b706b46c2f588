//! `saoma provider show|check`: how a Provider is set up, and whether the vendor agrees.

use crate::config::{Config, ConfiguredProvider, Source, secret_names};
use crate::process::{self, Failed, outside};
use crate::wire::{catalogue, open_one};
use saoma_core::provider::{Hosts as _, Instance, ProbeDepth};
use saoma_host::{EgressOptions, VendorHosts};
use std::fmt::Write as _;
use std::sync::Arc;

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
    if open.descriptor.companion {
        writeln!(
            text,
            "server address for the mini-program's settings and its request domain: {public_url}"
        )?;
    }
    if open.descriptor.redirects {
        writeln!(text, "callback domain: {}", host_of(public_url))?;
        writeln!(text, "callback address: {public_url}/callback/{slug}")?;
    }
    if let Some(secret) = open.provider.push_secret() {
        writeln!(text, "push address (URL): {public_url}/push/{slug}/{}", secret.expose())?;
    }
    if let Some(proof) = open.provider.domain_proof() {
        writeln!(text, "domain proof: {public_url}/{}", proof.file)?;
    }
    Ok(text)
}

fn host_of(public_url: &str) -> String {
    let url = url::Url::parse(public_url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) async fn check(source: Source, slug: String) -> Result<(), Failed> {
    let catalogue = catalogue();
    let config = Config::load(&source, &catalogue)?;
    let configured = find(&config, &slug)?;
    let instance =
        Instance { slug: configured.slug.clone(), trusted_bases: config.trusted_vendor_bases.clone() };
    let factory = catalogue.iter().find(|f| f.descriptor().kind == configured.kind).ok_or("no such kind")?;
    let provider = factory.open(&instance, &configured.config.0)?;
    let outside = outside();
    let options = EgressOptions { egress_allow: config.egress_allow.clone(), ..EgressOptions::default() };
    let hosts = VendorHosts::new(options, Arc::clone(&outside.clock), Arc::clone(&outside.entropy))?;
    let host = hosts.host_for(&slug, &provider.egress());
    let report = provider.probe(&*host, ProbeDepth::Credentials).await;
    for line in &report.0 {
        let mark = if line.ok { "ok    " } else { "FAILED" };
        process::print(&format!("{mark} {}: {}\n", line.check, line.finding));
    }
    if report.ok() { Ok(()) } else { Err("the provider is not ready".into()) }
}
