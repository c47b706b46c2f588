//! The plugin contract: what a login method is, what it may ask of its host, what it answers.
//!
//! Plugins own the meaning of a vendor's messages. State, expiry, single use, browser binding,
//! egress, tokens, secrets at rest and audit stay with the host and the engine. All types here
//! are owned and plain, so that the contract can later cross a process or WASM border.

mod challenge;
mod console;
mod contract;
mod descriptor;
mod failure;
mod finding;
mod host;
mod identity;
mod inbound;
mod model;
mod opener;
mod registry;
mod service;
mod sightings;
mod store;
mod trial;
mod vault;
mod workshop;

pub use challenge::{Begin, Challenge, Image, LoginStart, LoginView, SiteView};
pub use console::{SharedSecret, open_addresses, push_address};
pub use contract::{Instance, Provider, ProviderFactory};
pub use descriptor::{Assurance, ConfigError, ConfigErrors, Descriptor, LocalText};
pub use failure::{Kind, ProviderError, Step, Upstream};
pub use finding::{Fact, FactName, Finding, ProbeDepth, ProbeOrder, ProbeReport, Standing, Words};
pub use host::{AppToken, CallError, Host, Hosts, Method, Mint, Minted, VendorRequest, VendorResponse};
pub use identity::{Alias, Profile, VendorIdentity};
pub use inbound::{
    Advance, Correlation, DomainProof, Errand, Happened, Inbound, Outcome, PersonChange, Push, RawInbound,
    Reject, Reply,
};
pub use model::{InvalidSlug, ProviderRecord, ProviderSlug, SealedSecrets};
pub use opener::{OpenError, ProviderOpener};
pub use registry::{OpenProvider, Registry};
pub use service::{HandedOut, ProviderChange, ProviderDraft, ProviderParts, ProviderService, Shown};
pub use sightings::{PushSightings, Sighting};
pub use store::ProviderStore;
pub use trial::{OwnDoor, PushTrial, TrialOf, Tried};
pub use vault::{Vault, generated_names, secret_names};
pub use workshop::{Catalogue, NotOpened, Surroundings, Workshop};
