//! Providers as the admin API says and takes them.

use poem_openapi::Object;
use poem_openapi::types::Any;
use saoma_core::provider::{
    self as core, LocalText, ProviderChange, ProviderDraft, ProviderFactory, ProviderSlug, Shown,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One text in the languages we speak.
#[derive(Debug, Object)]
pub(super) struct InBoth {
    /// English.
    en: String,
    /// Simplified Chinese.
    zh: String,
}

impl From<LocalText> for InBoth {
    fn from(text: LocalText) -> Self {
        Self { en: text.en.to_owned(), zh: text.zh.to_owned() }
    }
}

/// A kind of provider.
#[derive(Debug, Object)]
#[oai(rename = "ProviderKind")]
pub(super) struct KindView {
    /// Its name.
    kind: String,
    /// What people call it.
    title: InBoth,
    /// What the visitor does.
    hint: InBoth,
    /// JSON Schema 2020-12 of its settings, with `x-ui` hints for forms.
    config_schema: Any<Value>,
}

/// All of them.
#[derive(Debug, Object)]
pub(super) struct KindList {
    /// In our order.
    items: Vec<KindView>,
}

impl KindList {
    pub(super) fn new(kinds: &[Arc<dyn ProviderFactory>]) -> Self {
        let view = |factory: &Arc<dyn ProviderFactory>| {
            let descriptor = factory.descriptor();
            KindView {
                kind: descriptor.kind.to_owned(),
                title: descriptor.title.into(),
                hint: descriptor.hint.into(),
                config_schema: Any(factory.config_schema().clone()),
            }
        };
        Self { items: kinds.iter().map(view).collect() }
    }
}

/// A provider without its settings.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct ProviderLine {
    /// Its short name.
    slug: String,
    /// Its kind.
    kind: String,
    /// What visitors read.
    title: String,
    /// Whether it is offered at all.
    enabled: bool,
    /// Whether the configuration file owns it; then it is read-only here.
    managed_by_file: bool,
    /// Why it is not open although it is enabled.
    trouble: Option<String>,
    /// Grows with every change; the `ETag`.
    version: i64,
    /// RFC 3339.
    updated_at: String,
}

impl From<&Shown> for ProviderLine {
    fn from(shown: &Shown) -> Self {
        let record = &shown.record;
        Self {
            slug: record.slug.to_string(),
            kind: record.kind.clone(),
            title: record.title.clone(),
            enabled: record.enabled,
            managed_by_file: record.managed_by_file,
            trouble: shown.trouble.map(str::to_owned),
            version: record.version,
            updated_at: record.updated_at.to_rfc3339(),
        }
    }
}

/// A provider with its settings.
#[derive(Debug, Object)]
#[oai(rename = "Provider")]
pub(super) struct ProviderView {
    /// Without its settings.
    #[oai(flatten)]
    line: ProviderLine,
    /// The settings that are no secrets.
    config: Any<Value>,
    /// Secrets that are set, each with a fingerprint.
    secrets: BTreeMap<String, String>,
    /// What is allowed but should be known.
    warnings: Vec<InBoth>,
}

impl From<&Shown> for ProviderView {
    fn from(shown: &Shown) -> Self {
        Self {
            line: shown.into(),
            config: Any(shown.record.config.clone()),
            secrets: shown.secrets.clone(),
            warnings: shown.warnings.iter().copied().map(InBoth::from).collect(),
        }
    }
}

/// A provider to be set up.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewProvider {
    /// `[a-z0-9-]`, 1 to 40; never changes.
    slug: String,
    /// Its kind; never changes.
    kind: String,
    /// What visitors read; the kind's title when absent.
    title: Option<String>,
    /// Its settings, as the kind's schema says.
    config: BTreeMap<String, Any<Value>>,
}

impl From<NewProvider> for ProviderDraft {
    fn from(new: NewProvider) -> Self {
        let NewProvider { slug, kind, title, config } = new;
        Self { slug, kind, title: title.unwrap_or_default(), config: settings(config) }
    }
}

/// What shall be otherwise; what is absent stays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, rename = "ProviderChange")]
pub(super) struct ProviderChangeBody {
    /// What visitors read.
    title: Option<String>,
    /// Whether it is offered at all.
    enabled: Option<bool>,
    /// Settings by name; null takes one away.
    config: Option<BTreeMap<String, Any<Value>>>,
}

impl From<ProviderChangeBody> for ProviderChange {
    fn from(body: ProviderChangeBody) -> Self {
        let config = body.config.map(settings).unwrap_or_default();
        Self { title: body.title, enabled: body.enabled, config }
    }
}

fn settings(config: BTreeMap<String, Any<Value>>) -> Map<String, Value> {
    config.into_iter().map(|(name, value)| (name, value.0)).collect()
}

/// Secrets that the vendor's console holds as well.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct HandedOut {
    /// By setting's name.
    values: BTreeMap<String, String>,
    /// Where the vendor's servers send messages.
    push_address: Option<String>,
}

impl HandedOut {
    pub(super) fn new(handed: &core::HandedOut, public_url: &str, slug: &ProviderSlug) -> Self {
        let shared = handed.shared.iter();
        let values = shared.map(|secret| (secret.name.clone(), secret.value.expose().to_owned())).collect();
        let address = handed.push_end.as_ref().map(|end| core::push_address(public_url, slug, end));
        Self { values, push_address: address.map(|address| address.expose().to_owned()) }
    }
}
