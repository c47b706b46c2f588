//! Calls our own public address as somebody outside would, for the doctor.
//!
//! Reaches nothing but the origin of `public_url`, which is the operator's own word: it may lead to a
//! private address here and to a public one outside, so the rule about private networks does not hold
//! for it. Redirects are told, not followed.

use crate::SetupError;
use crate::egress::Limits;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::Client;
use saoma_core::provider::{CallError, OwnDoor, Tried};
use url::{Origin, Url};

/// What a problem, a challenge or a verification file needs, several times over.
const BODY_BYTES: usize = 16 * 1024;

/// The way to our own address.
pub struct OwnAddress {
    client: Client,
    origin: Origin,
}

impl OwnAddress {
    /// A way to this address and no other.
    pub fn new(public_url: &Url, limits: Limits) -> Result<Self, SetupError> {
        let builder = || {
            Client::builder()
                .user_agent(concat!("saoma-doctor/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .connect_timeout(limits.connect)
                .timeout(limits.total)
                .pool_max_idle_per_host(0)
        };
        let client = builder().build().or_else(|error| {
            // As for the vendors' client: loopback works without root certificates.
            tracing::warn!(%error, "no usable root certificates: our own https address cannot be called");
            builder().tls_certs_only([]).build().map_err(SetupError)
        })?;
        Ok(Self { client, origin: public_url.origin() })
    }
}

#[async_trait]
impl OwnDoor for OwnAddress {
    async fn knock(
        &self,
        address: Url,
        query: &[(&'static str, String)],
        body: Option<Bytes>,
    ) -> Result<Tried, CallError> {
        if address.origin() != self.origin {
            return Err(CallError::Forbidden);
        }
        let request = match body {
            None => self.client.get(address),
            Some(body) => self.client.post(address).header("content-type", "text/xml").body(body),
        };
        // The error is not kept: it would print the address, which has a secret part.
        let sent = request.query(query).build().map_err(|_| CallError::Unreachable)?;
        let mut response = self.client.execute(sent).await.map_err(|error| sort(&error))?;
        let mut read = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| sort(&error))? {
            if read.len() + chunk.len() > BODY_BYTES {
                break;
            }
            read.extend_from_slice(&chunk);
        }
        Ok(Tried { status: response.status().as_u16(), body: read.freeze() })
    }
}

fn sort(error: &reqwest::Error) -> CallError {
    if error.is_timeout() { CallError::Timeout } else { CallError::Unreachable }
}
