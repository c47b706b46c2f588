//! The egress client: one call to a vendor, within its permit, its time and its size (NET-01).
//!
//! Refuses redirects and proxies. Logs where a call went and how it ended, never a query or a
//! body: WeChat's queries carry the app secret and its bodies carry tokens.

use crate::address::AddressPolicy;
use crate::permit::names_loopback;
use crate::resolver::{CheckedResolver, ForbiddenAddress, Resolve, SystemResolver};
use crate::{Permit, SetupError};
use bytes::{Bytes, BytesMut};
use ipnet::IpNet;
use reqwest::{Client, ClientBuilder, Request, Response};
use saoma_core::provider::{CallError, Method, VendorRequest, VendorResponse};
use saoma_core::{Secret, Timestamp};
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// An idle connection is given up before any usual server closes it: a call written to one that is just being closed
/// would fail, and is not safe to repeat.
const KEPT: Duration = Duration::from_secs(4);
/// What a website may answer to a form; nobody reads it.
const FORM_ANSWER_BYTES: usize = 64 * 1024;
/// The largest picture of a person that is fetched.
const PICTURE_BYTES: usize = 1024 * 1024;

/// How long and how much.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the last byte of the answer.
    pub total: Duration,
    /// Bytes of the answer, decoded. The largest code pictures fit.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(5), body: 256 * 1024 }
    }
}

/// What the egress client is told.
#[derive(Clone)]
pub struct EgressOptions {
    /// Ranges that may be reached although they are not public.
    pub egress_allow: Vec<IpNet>,
    /// Finds addresses.
    pub resolver: Arc<dyn Resolve>,
    /// How long and how much.
    pub limits: Limits,
}

impl Default for EgressOptions {
    fn default() -> Self {
        Self { egress_allow: Vec::new(), resolver: Arc::new(SystemResolver), limits: Limits::default() }
    }
}

/// The client. One serves all instances, so that connections are kept and used again.
#[derive(Clone)]
pub struct EgressClient {
    client: Client,
    policy: Arc<AddressPolicy>,
    body_limit: usize,
}

impl EgressClient {
    /// A client with these options.
    pub fn new(options: EgressOptions) -> Result<Self, SetupError> {
        let policy = Arc::new(AddressPolicy::new(options.egress_allow));
        let resolver = CheckedResolver::new(options.resolver, Arc::clone(&policy));
        let builder = || configured(options.limits, resolver.clone());
        let client = builder().build().or_else(|error| {
            // A machine without root certificates can still be tried out against loopback.
            tracing::warn!(%error, "no usable root certificates: calls over https will fail");
            builder().tls_certs_only([]).build().map_err(SetupError)
        })?;
        Ok(Self { client, policy, body_limit: options.limits.body })
    }

    /// Makes the call, if the permit and the policy let it.
    pub async fn call(&self, permit: &Permit, request: VendorRequest) -> Result<VendorResponse, CallError> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let path = request.url.path().to_owned();
        let answer = self.attempt(permit, request, self.body_limit).await;
        match &answer {
            Ok(response) => tracing::debug!(%host, %path, status = response.status, "vendor answered"),
            Err(error) => tracing::debug!(%host, %path, %error, "vendor call failed"),
        }
        answer
    }

    /// Fetches a person's picture, likewise. Its path names the person, so it is not logged.
    pub async fn fetch_picture(&self, permit: &Permit, url: Url) -> Result<VendorResponse, CallError> {
        let request = VendorRequest { method: Method::Get, url, query: Vec::new(), json: None };
        self.attempt(permit, request, PICTURE_BYTES).await
    }

    /// Posts a form to a website, likewise; the answer's status is all that counts.
    pub async fn post_form(
        &self,
        permit: &Permit,
        url: Url,
        form: &[(&str, &Secret)],
    ) -> Result<u16, CallError> {
        let fields: Vec<_> = form.iter().map(|(name, value)| (name, value.expose())).collect();
        let request = self.client.post(url).form(&fields).build().map_err(|error| call_error(&error))?;
        Ok(self.send(permit, request, FORM_ANSWER_BYTES).await?.status)
    }

    async fn attempt(
        &self,
        permit: &Permit,
        request: VendorRequest,
        limit: usize,
    ) -> Result<VendorResponse, CallError> {
        let request = self.build(request)?;
        self.send(permit, request, limit).await
    }

    async fn send(
        &self,
        permit: &Permit,
        request: Request,
        limit: usize,
    ) -> Result<VendorResponse, CallError> {
        if !permit.allows(request.url()) || !self.literal_permitted(request.url()) {
            return Err(CallError::Forbidden);
        }
        let response = self.client.execute(request).await.map_err(|error| call_error(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(CallError::Unreachable);
        }
        let date = date_of(&response);
        Ok(VendorResponse { status: status.as_u16(), body: read(response, limit).await?, date })
    }

    /// The client's resolver never sees an address written as a number, so it is checked here.
    fn literal_permitted(&self, url: &Url) -> bool {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return true,
            None => return false,
        };
        names_loopback(url) || self.policy.permits(address)
    }

    fn build(&self, request: VendorRequest) -> Result<Request, CallError> {
        let mut url = request.url;
        if !request.query.is_empty() {
            url.query_pairs_mut()
                .extend_pairs(request.query.iter().map(|(key, value)| (key, value.expose())));
        }
        let builder = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
        };
        let builder = match &request.json {
            Some(json) => builder.json(json),
            None => builder,
        };
        builder.build().map_err(|error| call_error(&error))
    }
}

/// What the `Date` header says; it has one format (RFC 9110 section 5.6.7).
fn date_of(response: &Response) -> Option<Timestamp> {
    let text = response.headers().get(reqwest::header::DATE)?.to_str().ok()?;
    Timestamp::from_rfc2822(text)
}

async fn read(mut response: Response, limit: usize) -> Result<Bytes, CallError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |length| length > limit) {
        return Err(CallError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| call_error(&error))? {
        if body.len() + chunk.len() > limit {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn configured(limits: Limits, resolver: CheckedResolver) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("saoma/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .pool_idle_timeout(KEPT)
        .dns_resolver(resolver)
}

// A reqwest error prints its URL, and with it the query: only its sort leaves this function.
fn call_error(error: &reqwest::Error) -> CallError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if this.is::<ForbiddenAddress>() {
            return CallError::Forbidden;
        }
        cause = this.source();
    }
    if error.is_timeout() { CallError::Timeout } else { CallError::Unreachable }
}

#[cfg(test)]
mod tests;
