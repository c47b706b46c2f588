//! The signatures of pushes: SHA-1 over sorted parts, as the vendor prescribes.
//!
//! It is no MAC: parts cut at another place give the same signature. So every part has a fixed
//! shape (`query`), and what is spent by a message is the signature, not its parts.

use bytes::Bytes;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

/// The signature of these parts, in whatever order they come.
pub(super) fn sign<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    let mut hasher = Sha1::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    format!("{:x}", Bytes::copy_from_slice(&hasher.finalize()))
}

/// Whether this is their signature, in time that does not depend on where it differs.
pub(super) fn holds<const N: usize>(signature: &str, parts: [&str; N]) -> bool {
    sign(parts).as_bytes().ct_eq(signature.as_bytes()).into()
}
