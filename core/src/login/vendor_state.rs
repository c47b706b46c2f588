//! The value that goes to a vendor's page with a browser and comes back with it: 32 letters and
//! digits, which every vendor's grammar allows. Of a redirect's only the hash is stored.

use crate::{Entropy, Secret};

const LENGTH: usize = 32;

/// A `state` of ours.
#[derive(Debug, Clone)]
pub struct VendorState(Secret);

/// The text is not a state of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state is 32 letters and digits")]
pub struct InvalidVendorState;

impl VendorState {
    /// A fresh one, of 190 random bits.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::new(entropy.base62(LENGTH)))
    }

    /// The text, where it is sent.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl PartialEq for VendorState {
    fn eq(&self, other: &Self) -> bool {
        self.0.same_as(other.expose())
    }
}

impl Eq for VendorState {}

impl std::str::FromStr for VendorState {
    type Err = InvalidVendorState;
    fn from_str(text: &str) -> Result<Self, InvalidVendorState> {
        let shaped = text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if shaped { Ok(Self(Secret::new(text))) } else { Err(InvalidVendorState) }
    }
}
