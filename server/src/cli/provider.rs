//! `saoma provider show|check`: how a Provider is set up, and whether the vendor agrees.

use crate::config::{Config, ConfiguredProvider, Source, secret_names};
use crate::process::{self, Failed, outside};
use crate::wire::catalogue;
use saoma_core::provider::{Hosts as _, Instance, ProbeDepth};
use saoma_host::{EgressOptions, VendorHosts};
use std::fmt::Write as _;
use std::sync::Arc;

fn find<'a>(config: &'a Config, slug: &str) -> Result<&'a ConfiguredProvider, Failed> {
    let found = config.providers.iter().find(|provider| provider.slug.as_str() == slug);
    found.ok_or_else(|| format!("there is no [[provider]] with slug = \"{slug}\"").into())
}

pub(super) fn show(source: &Source, slug: &str) -> Result<(), Failed> {
    let catalogue = catalogue();
    let config = Config::load(source, &catalogue)?;
    let provider = find(&config, slug)?;
    let secrets = secret_names(&catalogue, &provider.kind);
    let mut text = format!("slug   {}\nkind   {}\ntitle  {}\n", provider.slug, provider.kind, provider.title);
    for (name, value) in provider.config.0.as_object().into_iter().flatten() {
        let shown = if secrets.contains(name) { "set".to_owned() } else { value.to_string() };
        writeln!(text, "  {name} = {shown}")?;
    }
    writeln!(
        text,
        "server address for the mini-program's settings and its request domain: {}",
        config.public_url
    )?;
    process::print(&text);
    Ok(())
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
