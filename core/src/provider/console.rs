//! What goes into the vendor's console: our addresses, and the secrets it must hold as well. One list for
//! the command line, the API and the pages.

use super::{DomainProof, Fact, FactName, OpenProvider, ProviderSlug};
use crate::Secret;
use serde_json::Value;
use url::Url;

/// Our addresses that are no secret, as far as this Provider needs them.
pub fn open_addresses(public_url: &str, open: &OpenProvider) -> Vec<Fact> {
    let slug = &open.record.slug;
    let host = Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let companion = open.descriptor.companion.then(|| Fact::new(FactName::RequestDomain, public_url));
    let redirects = open.descriptor.redirects.then(|| {
        let address = format!("{public_url}/callback/{slug}");
        [
            Fact::new(FactName::CallbackDomain, host.unwrap_or_default()),
            Fact::new(FactName::CallbackAddress, address),
        ]
    });
    let proof = open.provider.domain_proof().map(|proof: &DomainProof| {
        let address = format!("{public_url}/{}", proof.file);
        Fact::new(FactName::ProofAddress, address)
    });
    companion.into_iter().chain(redirects.into_iter().flatten()).chain(proof).collect()
}

/// Where the vendor's servers send messages; its end is a secret.
pub fn push_address(public_url: &str, slug: &ProviderSlug, end: &Secret) -> Secret {
    Secret::new(format!("{public_url}/push/{slug}/{}", end.expose()))
}

/// A secret that the vendor's console must hold as well.
#[derive(Debug, Clone)]
pub struct SharedSecret {
    /// The setting's name.
    pub name: String,
    /// What people call it in English: the schema's label.
    pub label_en: String,
    /// The same in Chinese.
    pub label_zh: String,
    /// The value.
    pub value: Secret,
}

/// Those of a configuration, by the schema's mark `x-shared`.
pub(super) fn shared_secrets(schema: &Value, config: &Value) -> Vec<SharedSecret> {
    let label = |name: &str, tongue: &str| {
        let pointer = format!("/properties/{name}/x-ui/label/{tongue}");
        schema.pointer(&pointer).and_then(Value::as_str).unwrap_or(name).to_owned()
    };
    let shared = super::vault::shared_names(schema).into_iter();
    let found = shared.filter_map(|name| {
        let value = Secret::new(config.get(&name)?.as_str()?);
        Some(SharedSecret { label_en: label(&name, "en"), label_zh: label(&name, "zh"), name, value })
    });
    found.collect()
}
