//! WeChat: its calls, its error codes, and the login methods built on them.
//!
//! Everything here follows the wire as the real servers speak it; no test double is known to it.

mod api;
mod base;
mod browser;
pub mod errcode;
mod failure;
mod ids;
pub mod mini_program;
mod names;
mod oauth;
pub mod open_platform;
mod picture;
mod probing;
mod push;
mod push_settings;
mod reply;
pub mod service_account;
mod settings;
#[cfg(test)]
mod testing;

pub use base::VendorBase;
