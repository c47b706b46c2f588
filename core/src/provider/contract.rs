//! The two traits every login method implements.
//!
//! A factory describes a kind and opens configured instances of it; a provider is one such
//! instance. Methods that a kind has no use for keep their default, which says so truthfully.

use super::{
    Advance, Assurance, Begin, ConfigErrors, Correlation, Descriptor, Host, Image, Inbound, LoginStart,
    LoginView, Outcome, ProbeDepth, ProbeReport, ProviderError, ProviderSlug, RawInbound, Reject, Reply,
};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

/// What an instance is told about its surroundings when it is opened.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The instance's slug.
    pub slug: ProviderSlug,
    /// Vendor base addresses whose answers may name real people although they are not official.
    pub trusted_bases: Vec<Url>,
}

/// A kind of login method.
pub trait ProviderFactory: Send + Sync {
    /// Name, titles and shape of the kind.
    fn descriptor(&self) -> &Descriptor;
    /// JSON Schema 2020-12 of the configuration with `x-ui` hints; `writeOnly` marks secrets.
    fn config_schema(&self) -> &Value;
    /// Checks a configuration and makes an instance of it; no I/O, all errors at once.
    fn open(&self, instance: &Instance, config: &Value) -> Result<Arc<dyn Provider>, ConfigErrors>;
}

/// A configured login method.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The best assurance a Login here can reach.
    fn assurance(&self) -> Assurance;

    /// The vendor addresses this instance calls; its host lets it call no other.
    fn egress(&self) -> Vec<Url>;

    /// Whether its vendor is the real one, or one the operator trusts to name real people.
    ///
    /// A stand-in's answers live in namespaces of their own and never behind a public address.
    fn vendor_is_trusted(&self) -> bool {
        true
    }

    /// Makes what the page will show. The vendor has been asked when this returns.
    async fn begin(&self, host: &dyn Host, login: &LoginStart) -> Result<Begin, ProviderError>;

    /// The picture of the code; may be called again at any time, as a cache may forget.
    async fn render(&self, host: &dyn Host, login: &LoginView) -> Result<Image, ProviderError>;

    /// Verifies and decodes a message once. Nothing after this looks at raw bytes.
    fn parse(&self, host: &dyn Host, raw: RawInbound) -> Result<Inbound, Reject>;

    /// Which Login the message is about.
    fn correlate(&self, inbound: &Inbound) -> Correlation;

    /// What the message means for that Login.
    async fn advance(
        &self,
        host: &dyn Host,
        login: &LoginView,
        inbound: &Inbound,
    ) -> Result<Advance, ProviderError>;

    /// The answer a message gets besides the engine's own; pure, so a retry gets the same one.
    fn reply(&self, _login: Option<&LoginView>, _inbound: &Inbound, _outcome: &Outcome) -> Option<Reply> {
        None
    }

    /// Where the phone's browser must go to prove the subject; none when the message proved it.
    async fn prove(&self, _host: &dyn Host, _login: &LoginView) -> Result<Option<Url>, ProviderError> {
        Ok(None)
    }

    /// Tests the configuration as deep as asked, without a user.
    async fn probe(&self, host: &dyn Host, depth: ProbeDepth) -> ProbeReport;
}
