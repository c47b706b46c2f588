//! What a plugin may use: calls to its own vendor, an app token, kept pictures, time.
//!
//! The only room with an HTTP client; the doctor's way to our own address is here too. It refuses every address a plugin did not declare, every
//! place inside our own network, redirects, proxies and answers without end (NET-01).

mod address;
mod egress;
mod hosts;
mod image;
mod own_address;
mod permit;
mod resolver;
#[cfg(test)]
mod testing;
mod token;

pub use egress::{EgressClient, EgressOptions, Limits};
pub use hosts::VendorHosts;
pub use image::ImageCache;
pub use own_address::OwnAddress;
pub use permit::Permit;
pub use resolver::{Resolve, SystemResolver};

/// The TLS set-up of this machine is not usable.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for vendors cannot be set up")]
pub struct SetupError(#[source] reqwest::Error);
