//! Opens a Provider as it is kept, whether it is switched on or not, with a host of its own.
//!
//! The ones that visitors use are in the registry; this is for whoever only looks at one.

use super::{ConfigErrors, OpenProvider, ProviderSlug};
use crate::StoreError;
use async_trait::async_trait;

/// Why a Provider does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No Provider has this slug.
    #[error("no such provider")]
    Unknown,
    /// This version has no such kind.
    #[error("no such kind of provider")]
    UnknownKind(String),
    /// Its configuration is not valid.
    #[error("the configuration is not valid: {0}")]
    Invalid(ConfigErrors),
    /// Its secrets do not open with the keys there are.
    #[error("the secrets of the provider cannot be opened")]
    Sealed,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens kept Providers.
#[async_trait]
pub trait ProviderOpener: Send + Sync {
    /// The Provider of this slug, freshly opened: it shares no app token with the one that visitors use,
    /// so what a kept token hides comes to light.
    async fn open_kept(&self, slug: &ProviderSlug) -> Result<OpenProvider, OpenError>;
}
