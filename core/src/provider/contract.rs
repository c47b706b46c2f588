//! The two traits every login method implements.
//!
//! A factory describes a kind and opens configured instances of it; a provider is one such
//! instance. Methods that a kind has no use for keep their default, which says so truthfully.

use super::{
    Advance, Assurance, Begin, ConfigErrors, Correlation, Descriptor, DomainProof, Errand, Finding, Host,
    Image, Inbound, Kind, LocalText, LoginStart, LoginView, Outcome, ProbeOrder, ProbeReport, ProviderError,
    ProviderSlug, PushTrial, RawInbound, Reject, Reply, Step, VendorIdentity,
};
use crate::Secret;
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

    /// What is allowed here but should be known, in a sentence each; told at every start.
    fn warnings(&self) -> Vec<LocalText> {
        Vec::new()
    }

    /// Whether a browser of this `User-Agent` needs no other screen here: such ways come first on our own page.
    fn is_at_hand(&self, _user_agent: &str) -> bool {
        false
    }

    /// What the visitor does here, in one sentence, where that differs within the kind.
    fn hint(&self) -> Option<LocalText> {
        None
    }

    /// Makes what the page will show. The vendor has been asked when this returns.
    async fn begin(&self, host: &dyn Host, login: &LoginStart) -> Result<Begin, ProviderError>;

    /// The vendor's picture of a `qr_image`; may be called again at any time, as a cache may forget.
    async fn render(&self, _host: &dyn Host, _login: &LoginView) -> Result<Image, ProviderError> {
        Err(ProviderError::silent(Step::Begin, Kind::Unavailable))
    }

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

    /// The answer a push gets. What a person reads depends on nothing but the arguments, so that a
    /// retry reads the same; the host lends randomness for its wrapping. None is an empty answer.
    fn reply(
        &self,
        _host: &dyn Host,
        _login: Option<&LoginView>,
        _inbound: &Inbound,
        _outcome: &Outcome,
    ) -> Option<Reply> {
        None
    }

    /// Whether whoever scanned is sent to our confirm page, where `prove` has its say.
    fn asks_on_page(&self) -> bool {
        false
    }

    /// Where the phone's browser must go to prove the subject; none when this kind has no such way.
    /// It comes back with a message that `parse` takes as a callback.
    fn prove(&self, _login: &LoginView, _errand: &Errand) -> Option<Url> {
        None
    }

    /// Whether the vendor has told all that an account is made of.
    ///
    /// What is missing (e.g. a unionid) is asked for before a first account is made, never after.
    fn is_complete(&self, _identity: &VendorIdentity) -> bool {
        true
    }

    /// Asks the vendor for what is missing. An identity that stays without it is complete as it is.
    async fn complete(
        &self,
        _host: &dyn Host,
        identity: VendorIdentity,
    ) -> Result<VendorIdentity, ProviderError> {
        Ok(identity)
    }

    /// Whose subjects its persons are, e.g. `wechat:<appid>`; only to tell admins by which way somebody is
    /// known.
    fn namespace(&self) -> Option<&str> {
        None
    }

    /// The unguessable part of the address that the vendor's servers push to; none when it has none.
    fn push_secret(&self) -> Option<&Secret> {
        None
    }

    /// The file by which the vendor checks that the domain is ours.
    fn domain_proof(&self) -> Option<&DomainProof> {
        None
    }

    /// Tests the configuration as deep as asked, without a user.
    async fn probe(&self, host: &dyn Host, order: &ProbeOrder) -> ProbeReport;

    /// Messages as the vendor's servers would send them to our push address, harmless ones, each with
    /// what must come back. The host sends them: a plugin reaches nobody but its vendor.
    fn push_trials(&self, _host: &dyn Host) -> Vec<PushTrial> {
        Vec::new()
    }

    /// What a rehearsed login has shown of this configuration beyond that it works, e.g. whether a
    /// unionid came. Never says who it was.
    fn judge(&self, _proven: &VendorIdentity) -> Vec<Finding> {
        Vec::new()
    }
}
