//! Values that open doors: never printed, never stored in clear, compared in constant time.
//!
//! `Secret` holds such a value in memory; `SecretHash` is what may be stored of one. Our
//! secrets are 256 random bits, so a plain SHA-256 is enough; passwords are not made here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::Entropy;

/// A text that must not be seen: `Debug` prints `***`, memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// A fresh secret of 32 random bytes, 43 characters of base64url.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self::new(entropy.base64url::<32>())
    }

    /// The text itself; call it where it is sent, nowhere earlier.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether both hold the same text, in time that does not depend on where they differ.
    pub fn same_as(&self, other: &str) -> bool {
        SecretHash::of(self.expose()).matches(other)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of a secret, as base64url; the only form in which our own secrets are stored.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretHash(String);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &str) -> Self {
        Self::of_parts(&[secret])
    }

    /// The hash of a secret bound to a context: the same secret elsewhere gives another hash.
    ///
    /// Parts are joined with NUL, which none of them can contain.
    pub fn of_parts(parts: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                hasher.update([0]);
            }
            hasher.update(part.as_bytes());
        }
        Self(URL_SAFE_NO_PAD.encode(hasher.finalize()))
    }

    /// A hash that was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first characters: enough to tell two apart, of no use for anything else.
    pub fn fingerprint(&self) -> String {
        self.0.chars().take(8).collect()
    }

    /// Whether `secret` has this hash.
    pub fn matches(&self, secret: &str) -> bool {
        self.equals(&Self::of(secret))
    }

    /// Whether both hashes are equal, in constant time.
    pub fn equals(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hash:***")
    }
}

/// `code_challenge` of a `code_verifier` by method S256 (RFC 7636 section 4.6).
pub fn pkce_s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether a text can be such a challenge: 43 characters of base64url.
pub fn is_s256(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?} {:?}", Secret::new("hunter2"), SecretHash::of("hunter2")), "*** hash:***");
    }

    #[test]
    fn hashes_tell_secrets_and_contexts_apart() {
        assert!(SecretHash::of("a").matches("a"));
        assert!(!SecretHash::of("a").matches("b"));
        assert_ne!(SecretHash::of_parts(&["a", "b"]), SecretHash::of_parts(&["ab"]));
    }

    #[test]
    fn pkce_gives_the_value_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(pkce_s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
