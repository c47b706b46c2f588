//! What a plugin may ask of its host: calls to its vendor, app tokens, kept pictures, time.
//!
//! The host enforces where a plugin may call, how long and how much; a plugin has no other way
//! to the outside.

use super::{Image, ProviderError};
use crate::id::LoginId;
use crate::{Entropy, Secret, Timestamp};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

/// The HTTP methods vendors use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Send JSON.
    Post,
}

/// A call to the vendor.
#[derive(Clone)]
pub struct VendorRequest {
    /// The method.
    pub method: Method,
    /// The address without a query.
    pub url: Url,
    /// Query parameters; these carry secrets at WeChat, so they are never logged.
    pub query: Vec<(&'static str, Secret)>,
    /// A JSON body, sent as raw UTF-8.
    pub json: Option<Value>,
}

/// A vendor's answer: status and bytes, whatever the content type claims.
#[derive(Clone)]
pub struct VendorResponse {
    /// HTTP status.
    pub status: u16,
    /// The body, within its cap.
    pub body: Bytes,
    /// What time the vendor's server says it is, by its `Date` header.
    pub date: Option<Timestamp>,
}

/// A call that brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The address is not one this plugin may call, or resolves to a place it may not reach.
    #[error("the address may not be called")]
    Forbidden,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// No connection, a broken one, or a redirect.
    #[error("no usable connection")]
    Unreachable,
    /// The answer is larger than any answer should be.
    #[error("the answer is too large")]
    TooLarge,
}

/// An app token as the keeper holds it.
#[derive(Debug, Clone)]
pub struct AppToken {
    /// The token.
    pub value: Secret,
    /// Which of the keeper's tokens this is; a newer one has a higher number.
    pub generation: u64,
}

/// A fresh app token.
#[derive(Debug, Clone)]
pub struct Minted {
    /// The token.
    pub value: Secret,
    /// Seconds it lives from now.
    pub expires_in: u32,
}

/// Knows how to fetch an app token from the vendor.
#[async_trait]
pub trait Mint: Send + Sync {
    /// Fetches one.
    async fn mint(&self, host: &dyn Host) -> Result<Minted, ProviderError>;
}

/// A plugin's way to everything outside it; one per instance.
#[async_trait]
pub trait Host: Send + Sync {
    /// Calls the vendor.
    async fn call(&self, request: VendorRequest) -> Result<VendorResponse, CallError>;
    /// Fetches a picture from the vendor, which may be larger than other answers.
    async fn fetch_picture(&self, url: Url) -> Result<VendorResponse, CallError> {
        self.call(VendorRequest { method: Method::Get, url, query: Vec::new(), json: None }).await
    }
    /// The app token: from the cache, or minted once however many ask at the same time.
    async fn app_token(&self, mint: &dyn Mint) -> Result<AppToken, ProviderError>;
    /// The vendor refused this token: forget it, unless a newer one has taken its place.
    fn reject_app_token(&self, refused: &AppToken);
    /// A kept picture; a cache may forget at any time.
    fn image(&self, login: &LoginId) -> Option<Image>;
    /// Keeps a picture for as long as there is room.
    fn keep_image(&self, login: &LoginId, image: Image);
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// Waits a little before a retry.
    async fn pause(&self, millis: u32);
    /// Randomness.
    fn entropy(&self) -> &dyn Entropy;
}

/// Makes the host of an instance.
pub trait Hosts: Send + Sync {
    /// A host that lets this instance call these base addresses and no others.
    fn host_for(&self, slug: &str, egress: &[Url]) -> Arc<dyn Host>;
}
