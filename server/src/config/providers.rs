//! `[[provider]]`: each opened by its kind, on trial, so that its own rules are checked too.

use super::problem::Problems;
use super::raw::RawProvider;
use super::{Catalogue, ConfiguredProvider, ProviderConfig};
use saoma_core::provider::{Assurance, Instance, Provider, ProviderSlug};
use std::collections::BTreeMap;
use url::Url;

/// The file's Providers.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) configured: Vec<ConfiguredProvider>,
    /// Every slug in the file, even of a Provider that has problems of its own.
    pub(super) slugs: Vec<String>,
    pub(super) assurances: BTreeMap<ProviderSlug, Assurance>,
    /// What the kinds think their operator should know.
    pub(super) warnings: Vec<String>,
}

pub(super) fn check(
    raw: Vec<RawProvider>,
    catalogue: &Catalogue,
    trusted_bases: &[Url],
    loopback: bool,
    problems: &mut Problems,
) -> Checked {
    let mut checked = Checked::default();
    for (index, raw) in raw.into_iter().enumerate() {
        let pointer = format!("/provider/{index}");
        if checked.slugs.contains(&raw.slug) {
            problems.add(
                "provider_slug_twice",
                format!("{pointer}/slug"),
                "is used by another provider above",
            );
            continue;
        }
        checked.slugs.push(raw.slug.clone());
        let Ok(slug) = raw.slug.parse::<ProviderSlug>() else { continue };
        let Some(factory) = catalogue.iter().find(|f| f.descriptor().kind == raw.kind) else { continue };
        let instance = Instance { slug: slug.clone(), trusted_bases: trusted_bases.to_vec() };
        match factory.open(&instance, &raw.config) {
            Ok(provider) => {
                check_vendor(&*provider, loopback, &pointer, problems);
                checked.assurances.insert(slug.clone(), provider.assurance());
                let warnings = provider.warnings().into_iter();
                checked.warnings.extend(warnings.map(|warning| format!("provider {slug}: {}", warning.en)));
            }
            Err(errors) => {
                for error in errors.0 {
                    let place = format!("{pointer}/config{}", error.pointer);
                    problems.add("provider_config_invalid", place, error.message);
                }
                continue;
            }
        }
        let title = raw.title.unwrap_or_else(|| factory.descriptor().title.zh.to_owned());
        checked.configured.push(ConfiguredProvider {
            slug,
            kind: raw.kind,
            title,
            config: ProviderConfig(raw.config),
        });
    }
    checked
}

/// A stand-in for the vendor names nobody real, so it must not stand behind a public address.
fn check_vendor(provider: &dyn Provider, loopback: bool, pointer: &str, problems: &mut Problems) {
    if !loopback && !provider.vendor_is_trusted() {
        let message = "is neither official nor in [security] trusted_vendor_bases; such a base is accepted only \
                       while public_url is on this machine";
        problems.add("vendor_base_not_trusted", format!("{pointer}/config"), message);
    }
}
