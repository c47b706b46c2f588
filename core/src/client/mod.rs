//! Clients: the websites that let their visitors log in through us.

mod address;
mod assertion;
mod directory;
mod draft;
mod look_alike;
mod model;
mod openid;
mod ours;
mod service;
mod store;
mod subject;

pub use address::{AddressProblem, check_origin, check_redirect_uri, is_loopback_host};
use assertion::ClientKeys;
pub use assertion::{ASSERTION_TYPE, AssertionError, AssertionFault, ClientAssertions, KeysProblem};
pub use directory::{ClientAuthError, ClientDirectory};
pub use draft::{ClientDraft, Look, Wiring};
pub use look_alike::look_alike;
pub use model::{Client, ClientId, ClientType, InvalidClientId, Logo, LogoProblem, MAX_LOGO_BYTES};
pub use openid::{ConsentPolicy, OpenIdPolicy, Pkce, SubjectType};
pub(crate) use ours::own_page;
pub use service::{ClientParts, ClientService, Registered, Rewiring};
pub use store::ClientStore;
pub use subject::Subjects;
