//! Where Providers are opened: at a start, and anew whenever one of them is changed.
//!
//! A Provider whose configuration this version cannot open is left out and said; the others go on.

use super::{
    ConfigError, ConfigErrors, Hosts, Instance, OpenError, OpenProvider, Provider, ProviderFactory,
    ProviderOpener, ProviderRecord, ProviderSlug, ProviderStore, Registry, Vault,
};
use crate::seal::{Keyring, SealError};
use crate::{Entropy, StoreError};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;
use url::Url;

/// Every kind there is.
pub type Catalogue = Vec<Arc<dyn ProviderFactory>>;

/// Why a Provider is not open.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// This version does not have the kind.
    #[error("there is no such kind of provider")]
    UnknownKind,
    /// Its configuration is not valid.
    #[error("the configuration is not valid: {0}")]
    Config(#[from] ConfigErrors),
    /// A secret cannot be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// See the module.
pub struct Workshop {
    catalogue: Catalogue,
    store: Arc<dyn ProviderStore>,
    registry: Arc<Registry>,
    hosts: Arc<dyn Hosts>,
    keyring: Arc<Keyring>,
    entropy: Arc<dyn Entropy>,
    surroundings: Surroundings,
    reading: Mutex<()>,
}

#[async_trait]
impl ProviderOpener for Workshop {
    async fn open_kept(&self, slug: &ProviderSlug) -> Result<OpenProvider, OpenError> {
        let record = self.store.find_provider(slug).await?.ok_or(OpenError::Unknown)?;
        let kind = record.kind.clone();
        self.open(record).map_err(|why| match why {
            NotOpened::UnknownKind => OpenError::UnknownKind(kind),
            NotOpened::Config(errors) => OpenError::Invalid(errors),
            NotOpened::Seal(_) => OpenError::Sealed,
        })
    }
}

/// What a Provider may not do where visitors come from outside.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Vendor base addresses whose answers may name real people although they are not official.
    pub trusted_bases: Vec<Url>,
    /// Whether a stand-in may be the vendor: only while visitors reach us on this machine alone.
    pub stand_ins: bool,
}

impl Workshop {
    /// A workshop of these parts.
    pub fn new(
        catalogue: Catalogue,
        (store, registry): (Arc<dyn ProviderStore>, Arc<Registry>),
        hosts: Arc<dyn Hosts>,
        (keyring, entropy): (Arc<Keyring>, Arc<dyn Entropy>),
        surroundings: Surroundings,
    ) -> Self {
        let reading = Mutex::new(());
        Self { catalogue, store, registry, hosts, keyring, entropy, surroundings, reading }
    }

    /// Every kind there is.
    pub fn kinds(&self) -> &[Arc<dyn ProviderFactory>] {
        &self.catalogue
    }

    /// The kind of this name.
    pub fn kind(&self, name: &str) -> Option<&Arc<dyn ProviderFactory>> {
        self.catalogue.iter().find(|factory| factory.descriptor().kind == name)
    }

    /// Seals and opens configurations.
    pub fn vault(&self) -> Vault<'_> {
        Vault { keyring: &self.keyring, entropy: &*self.entropy }
    }

    /// Opens a configuration on trial; everything that is wrong with it is told.
    pub fn try_open(
        &self,
        factory: &dyn ProviderFactory,
        slug: &ProviderSlug,
        config: &Value,
    ) -> Result<Arc<dyn Provider>, ConfigErrors> {
        let trusted_bases = self.surroundings.trusted_bases.clone();
        let provider = factory.open(&Instance { slug: slug.clone(), trusted_bases }, config)?;
        if provider.vendor_is_trusted() || self.surroundings.stand_ins {
            return Ok(provider);
        }
        // A stand-in for the vendor names nobody real, so it must not stand behind a public address.
        Err(ConfigErrors(vec![ConfigError {
            pointer: "/api_base".to_owned(),
            code: "base_not_trusted",
            chinese: "既不是微信官方地址，也不在 [security] trusted_vendor_bases 中；只有 public_url 在本机时才接受。"
                .to_owned(),
            message: "is neither official nor in [security] trusted_vendor_bases; such a base is accepted only while \
                      public_url is on this machine"
                .to_owned(),
        }]))
    }

    /// Opens a Provider as it is kept.
    pub fn open(&self, record: ProviderRecord) -> Result<OpenProvider, NotOpened> {
        let factory = self.kind(&record.kind).ok_or(NotOpened::UnknownKind)?;
        let config = self.vault().open(&record)?;
        let provider = self.try_open(&**factory, &record.slug, &config)?;
        let host = self.hosts.host_for(record.slug.as_str(), &provider.egress());
        Ok(OpenProvider { record, descriptor: factory.descriptor().clone(), provider, host })
    }

    /// Reads all enabled Providers and puts them in the place of those that were open; says which did not
    /// open. One after the
    /// other, so that what was read later is never replaced by what was read earlier.
    pub async fn reload(&self) -> Result<Vec<(ProviderSlug, NotOpened)>, StoreError> {
        let _turn = self.reading.lock().await;
        let mut closed = Vec::new();
        let records = self.store.list_providers().await?.into_iter().filter(|record| record.enabled);
        let opened = records.filter_map(|record| {
            // What did not change keeps its instance, and with it what its host knows.
            if let Some(open) = self.registry.find(&record.slug).filter(|open| open.record == record) {
                return Some(open);
            }
            let slug = record.slug.clone();
            let opened = self.open(record).map(Arc::new);
            opened.map_err(|why| closed.push((slug, why))).ok()
        });
        self.registry.replace(opened.collect());
        for (slug, why) in &closed {
            tracing::error!(%slug, %why, "a provider is not open");
        }
        Ok(closed)
    }
}
