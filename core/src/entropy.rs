//! Randomness as a capability: whoever needs it takes an `Entropy`.
//!
//! The operating system's generator in production, a seeded one in tests. Nothing else in
//! this workspace draws random numbers.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng as _, TryRng as _};
use std::sync::{Mutex, PoisonError};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, out: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0_u8; N];
        self.fill(&mut out);
        out
    }

    /// `N` fresh bytes as base64url without padding (16 bytes give 22 characters, 32 give 43).
    pub fn base64url<const N: usize>(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<N>())
    }

    /// `count` characters of `[0-9A-Za-z]`, each equally likely.
    pub fn base62(&self, count: usize) -> String {
        let mut out = String::with_capacity(count);
        while out.len() < count {
            // 248 = 4 × 62: bytes above it are thrown away, so that no character is favoured.
            let fresh = self.bytes::<32>();
            let usable = fresh.iter().filter(|b| **b < 248).filter_map(|b| BASE62.get(usize::from(b % 62)));
            out.extend(usable.take(count - out.len()).map(|b| char::from(*b)));
        }
        out
    }
}

/// The operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        // A system without working randomness must not run a login server: end the process
        // rather than go on with guessable secrets.
        if SysRng.try_fill_bytes(out).is_err() {
            std::process::abort();
        }
    }
}

/// A reproducible generator for tests; never wire it into a server.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    /// The same seed gives the same bytes.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base62_uses_every_character_about_equally() {
        let source: &dyn Entropy = &SeededEntropy::new(7);
        let text = source.base62(62_000);
        for c in BASE62 {
            let seen = text.bytes().filter(|b| b == c).count();
            assert!((800..1200).contains(&seen), "{} {seen}", char::from(*c));
        }
    }

    #[test]
    fn system_entropy_differs_each_time() {
        let source: &dyn Entropy = &SystemEntropy;
        assert_ne!(source.base64url::<32>(), source.base64url::<32>());
        assert_eq!(source.base64url::<16>().len(), 22);
    }
}
