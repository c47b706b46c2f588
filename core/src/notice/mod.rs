//! Logout notices: back ends of websites are told that somebody is no longer logged in (OpenID Connect Back-Channel
//! Logout). What ends a session writes, in the same transaction, whom to tell; so none is forgotten by a crash.
//!
//! Owns what is told and how often it is tried. Refuses to know how it is carried there.

mod service;
mod store;
mod token;

pub use service::{BackChannel, LogoutNoticeParts, LogoutNotices};
pub use store::{LogoutNotice, LogoutNoticeStore};
