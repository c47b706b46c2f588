//! Where in the world an address is, roughly enough for a person to recognise it.
//!
//! The interface is final, the knowledge is not: until an address database is configured the
//! answer is "unknown", and the phone says so instead of guessing.

use std::net::IpAddr;

/// Tells regions of addresses.
pub trait Regions: Send + Sync {
    /// A short name for a person to read, e.g. `Zhejiang, China`; none when not known.
    fn region(&self, address: IpAddr) -> Option<String>;
}

/// Knows no region at all.
#[derive(Debug, Default, Clone, Copy)]
pub struct UnknownRegions;

impl Regions for UnknownRegions {
    fn region(&self, _address: IpAddr) -> Option<String> {
        None
    }
}
