//! WeChat: its calls, its error codes, and the login methods built on them.
//!
//! Everything here follows the wire as the real servers speak it; no test double is known to it.

mod api;
mod base;
pub mod errcode;
mod failure;
mod mini_program;
mod reply;
#[cfg(test)]
mod testing;

pub use base::VendorBase;
pub use mini_program::MiniProgramFactory;
