//! Both listeners: the public one, and the admins' in its own folder. Each parses, authenticates, calls a service, renders.
//!
//! API, OAuth endpoints and pages call the same services and never each other. No rule lives
//! here and nothing here imports the store.

mod account;
mod address;
mod admin;
mod apis;
mod body;
mod browser;
mod callback;
mod client_auth;
mod code;
mod companion;
mod confirm;
mod cors;
mod document;
mod domain_proof;
mod drawn;
mod edge;
mod failures;
mod headers;
mod hosted;
mod images;
mod incoming;
mod kit;
mod limits;
mod login;
mod methods;
mod oauth;
mod pages;
mod panics;
mod parameters;
mod pending;
mod pictures;
mod problem;
mod public_state;
mod push;
mod push_tally;
mod refused;
mod routes;
mod shared;
mod strict_json;
mod surface;
mod upload;

pub(crate) use address::bucket;
pub use admin::admin_document;
pub(crate) use admin::{Admin, AdminSettings, ShownOnce, admin_endpoint};
pub use document::login_document;
pub(crate) use headers::add_security_headers;
pub(crate) use limits::{LimitRules, Limits, SubjectLimit};
pub(crate) use pages::Pages;
pub(crate) use pages::PagesError;
pub(crate) use pending::PendingLogins;
pub(crate) use problem::Problem;
pub(crate) use public_state::{OpenId, Public, PublicSettings};
pub(crate) use push_tally::PushTally;
pub(crate) use routes::public_endpoint;
