//! Authorizations: what a website asks for by OpenID Connect, from the address it sends the browser to, through
//! our login page, to the answer it gets (RFC 6749 section 4.1, OpenID Connect Core section 3.1).
//!
//! Owns which requests are refused and how, when somebody must log in or consent, and the code. Refuses every
//! flow but that of the code. How somebody logs in is a Login's affair.

mod answer;
mod code;
mod decide;
mod device;
mod linking;
mod logout;
mod model;
mod open;
mod own_page;
mod pushed;
mod request;
mod service;
mod store;

pub use answer::{ResponseMode, SiteAnswer};
pub(crate) use code::is_marked;
pub use device::{DeviceCodes, DeviceError, DeviceRequest, INTERVAL_SECONDS, Polled, TypedError};
pub use logout::LoggedOut;
pub use model::{Authorization, AuthorizationRequest, Prompt, SignedOn};
pub use open::{OpenError, Opened, Step};
pub use own_page::OwnAsk;
pub use pushed::{Pushed, PushedError, PushedRequest};
pub use request::{Parameters, RequestRefusal, Said, TextRefusal};
pub use service::{AuthorizationParts, AuthorizationService, AuthorizeError, Authorized, Browser};
pub use store::{AuthorizationStore, EndOf, SignOn};
