//! WeChat: its calls, its error codes, and the login methods built on them.
//!
//! Everything here follows the wire as the real servers speak it; no test double is known to it.

mod api;
mod base;
pub mod errcode;
mod failure;
mod ids;
mod mini_program;
mod names;
mod oauth;
mod open_platform;
mod picture;
mod probing;
mod push;
mod push_settings;
mod reply;
mod service_account;
mod settings;
#[cfg(test)]
mod testing;

pub use base::VendorBase;
pub use mini_program::MiniProgramFactory;
pub use open_platform::OpenPlatformFactory;
pub use service_account::ServiceAccountFactory;
