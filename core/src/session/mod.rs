//! A User's session: a browser in which somebody is logged in at Saoma itself, so that a second website needs
//! no second scan. Websites see its id as `sid`.
//!
//! Owns how long one lasts and what a browser holds of it. Refuses to know why somebody asks for it: that is
//! an authorization.

mod model;
mod service;
mod store;

pub use model::{NewSession, SessionRules, UserSession};
pub use service::UserSessions;
pub use store::SessionStore;
