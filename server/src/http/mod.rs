//! The public listener: parses, authenticates, calls a service, renders.
//!
//! API, OAuth endpoints and pages call the same services and never each other. No rule lives
//! here and nothing here imports the store.

mod address;
mod apis;
mod body;
mod browser;
mod client_auth;
mod code;
mod companion;
mod cors;
mod document;
mod edge;
mod failures;
mod headers;
mod limits;
mod login;
mod methods;
mod oauth;
mod pages;
mod panics;
mod pending;
mod problem;
mod public_state;
mod routes;
mod shared;
mod strict_json;
mod surface;

pub use document::login_document;
pub(crate) use headers::add_security_headers;
pub(crate) use limits::{LimitRules, Limits, SubjectLimit};
pub(crate) use pages::Pages;
pub(crate) use pages::PagesError;
pub(crate) use pending::PendingLogins;
pub(crate) use public_state::{Public, PublicSettings};
pub(crate) use routes::public_endpoint;
