//! Puts the parts together: one host per instance, over one client and one shelf of pictures.
//!
//! A host knows its instance's origins and holds its app token; nothing else differs.

use crate::SetupError;
use crate::egress::{EgressClient, EgressOptions};
use crate::image::ImageCache;
use crate::permit::Permit;
use crate::token::TokenKeeper;
use async_trait::async_trait;
use saoma_core::id::LoginId;
use saoma_core::provider::{
    AppToken, CallError, Host, Hosts, Image, Mint, ProviderError, VendorRequest, VendorResponse,
};
use saoma_core::{Clock, Entropy, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Makes hosts.
pub struct VendorHosts {
    egress: EgressClient,
    images: Arc<ImageCache>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl VendorHosts {
    /// Hosts over one egress client with these options.
    pub fn new(
        options: EgressOptions,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, SetupError> {
        Ok(Self { egress: EgressClient::new(options)?, images: Arc::default(), clock, entropy })
    }
}

impl Hosts for VendorHosts {
    fn host_for(&self, slug: &str, egress: &[Url]) -> Arc<dyn Host> {
        Arc::new(InstanceHost {
            slug: slug.to_owned(),
            permit: Permit::new(egress),
            egress: self.egress.clone(),
            tokens: TokenKeeper::new(Arc::clone(&self.clock)),
            images: Arc::clone(&self.images),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        })
    }
}

struct InstanceHost {
    slug: String,
    permit: Permit,
    egress: EgressClient,
    tokens: TokenKeeper,
    images: Arc<ImageCache>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

#[async_trait]
impl Host for InstanceHost {
    async fn call(&self, request: VendorRequest) -> Result<VendorResponse, CallError> {
        let answer = self.egress.call(&self.permit, request).await;
        if matches!(answer, Err(CallError::Forbidden)) {
            tracing::warn!(provider = %self.slug, "a call to an address that may not be called was refused");
        }
        answer
    }

    async fn fetch_picture(&self, url: Url) -> Result<VendorResponse, CallError> {
        self.egress.fetch_picture(&self.permit, url).await
    }

    async fn app_token(&self, mint: &dyn Mint) -> Result<AppToken, ProviderError> {
        self.tokens.get(self, mint).await
    }

    fn reject_app_token(&self, refused: &AppToken) {
        self.tokens.reject(refused);
    }

    fn image(&self, login: &LoginId) -> Option<Image> {
        self.images.find(login)
    }

    fn keep_image(&self, login: &LoginId, image: Image) {
        self.images.keep(login, image);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn pause(&self, millis: u32) {
        tokio::time::sleep(Duration::from_millis(u64::from(millis))).await;
    }

    fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }
}

#[cfg(test)]
mod tests;
