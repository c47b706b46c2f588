//! The open Providers by slug, ready to use; replaced as a whole when the configuration changes.

use super::{Descriptor, Host, Provider, ProviderRecord, ProviderSlug};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A Provider with its record, its descriptor and its host.
pub struct OpenProvider {
    /// As kept.
    pub record: ProviderRecord,
    /// What its kind says of itself.
    pub descriptor: Descriptor,
    /// The instance.
    pub provider: Arc<dyn Provider>,
    /// Its way to the outside.
    pub host: Arc<dyn Host>,
}

/// All open Providers.
#[derive(Default)]
pub struct Registry {
    open: RwLock<Arc<HashMap<ProviderSlug, Arc<OpenProvider>>>>,
}

impl Registry {
    /// A registry without Providers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts these in the place of all that were there.
    pub fn replace(&self, providers: Vec<Arc<OpenProvider>>) {
        let next = providers.into_iter().map(|p| (p.record.slug.clone(), p)).collect();
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    /// All of them.
    pub fn list(&self) -> Vec<Arc<OpenProvider>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The Provider of this slug, if it is enabled.
    pub fn find(&self, slug: &ProviderSlug) -> Option<Arc<OpenProvider>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }
}
