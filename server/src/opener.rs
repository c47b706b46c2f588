//! Opens one Provider as the database has it, switched on or not, with a host of its own.
//!
//! Nothing is kept: what is opened here ends with whoever asked.

use crate::apply::opened;
use crate::config::Catalogue;
use async_trait::async_trait;
use saoma_core::provider::{
    Hosts, Instance, OpenError, OpenProvider, ProviderOpener, ProviderSlug, ProviderStore,
};
use saoma_core::seal::Keyring;
use std::sync::Arc;
use url::Url;

/// See the module.
pub(crate) struct KeptProviders {
    pub(crate) store: Arc<dyn ProviderStore>,
    pub(crate) catalogue: Catalogue,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) hosts: Arc<dyn Hosts>,
    pub(crate) trusted_bases: Vec<Url>,
}

#[async_trait]
impl ProviderOpener for KeptProviders {
    async fn open_kept(&self, slug: &ProviderSlug) -> Result<OpenProvider, OpenError> {
        let all = self.store.list_providers().await?;
        let record = all.into_iter().find(|record| record.slug == *slug).ok_or(OpenError::Unknown)?;
        let factory = self.catalogue.iter().find(|factory| factory.descriptor().kind == record.kind);
        let factory = factory.ok_or_else(|| OpenError::UnknownKind(record.kind.clone()))?;
        let config = opened(&self.keyring, &record).map_err(|_| OpenError::Sealed)?;
        let instance = Instance { slug: slug.clone(), trusted_bases: self.trusted_bases.clone() };
        let provider = factory.open(&instance, &config).map_err(OpenError::Invalid)?;
        let host = self.hosts.host_for(slug.as_str(), &provider.egress());
        Ok(OpenProvider { record, descriptor: factory.descriptor().clone(), provider, host })
    }
}
