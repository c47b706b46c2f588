//! Signing keys: what id tokens and logout tokens are signed with, and by which everybody can check them.
//!
//! Owns how long a key is published, signs and stays, and JOSE itself (RFC 7515, 7517, 7518, 8037). Refuses to
//! give a private key out, and any algorithm that is not one of three.

mod algorithm;
mod jose;
mod model;
mod service;
mod store;

pub use algorithm::Algorithm;
pub use jose::{JoseError, MadeKey, make_key};
pub use model::{KEPT_SECONDS, KeyState, LIFE_SECONDS, PUBLISHED_SECONDS, SigningKey};
pub use service::{KeyMaker, SigningError, SigningKeys, SigningParts};
pub use store::SigningKeyStore;
