//! Trials of our own address: what the vendor's servers would send us, sent by ourselves.
//!
//! A plugin writes the message, the doctor says where it goes, the host carries it. Only addresses
//! below `public_url` are ever called this way.

use super::CallError;
use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

/// What a trial shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialOf {
    /// That our address answers the vendor's check of it.
    Echo,
    /// That our door opens what is sealed with the key that is configured.
    Seal,
}

/// A message to our own push address.
#[derive(Debug, Clone)]
pub struct PushTrial {
    /// What it shows.
    pub of: TrialOf,
    /// Query parameters.
    pub query: Vec<(&'static str, String)>,
    /// The body of a POST; none makes it a GET.
    pub body: Option<Bytes>,
    /// The body that must come back; none when the status alone tells.
    pub answer: Option<Bytes>,
}

/// What came back from our own address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// HTTP status.
    pub status: u16,
    /// The body, within a cap.
    pub body: Bytes,
}

/// Calls our own public address as somebody outside would: by its name, through whatever stands in front.
#[async_trait]
pub trait OwnDoor: Send + Sync {
    /// Sends this there: a GET, or a POST when there is a body. Redirects are not followed, as vendors
    /// do not follow them either.
    async fn knock(
        &self,
        address: Url,
        query: &[(&'static str, String)],
        body: Option<Bytes>,
    ) -> Result<Tried, CallError>;
}
