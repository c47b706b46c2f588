//! Admins' passwords by argon2id (ASVS 5.0 11.4.2: 19 MiB, two passes, one lane, or more).
//!
//! Two at a time on threads of their own: each takes memory and some tens of milliseconds on purpose,
//! and whoever tries many must not take both cores.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use async_trait::async_trait;
use saoma_core::admin::{HashedPassword, PasswordHasher};
use saoma_core::{Entropy, Secret};
use std::sync::Arc;
use tokio::sync::Semaphore;

const AT_ONCE: usize = 2;
const SALT_BYTES: usize = 16;

/// See the module.
pub(crate) struct Passwords {
    entropy: Arc<dyn Entropy>,
    places: Arc<Semaphore>,
    /// What a password is compared with when there is no such admin.
    nobody: HashedPassword,
}

/// The crate's own parameters are those of the rule; a test holds them to it.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hashed(password: &str, salt: &[u8]) -> HashedPassword {
    // It fails for parameters and salts of wrong sizes only, and these are fixed; an empty hash opens nothing.
    let hash = argon2().hash_password_with_salt(password.as_bytes(), salt);
    HashedPassword(hash.map(|hash| hash.to_string()).unwrap_or_default())
}

fn is_password(password: &str, hash: &str) -> bool {
    argon2().verify_password(password.as_bytes(), hash).is_ok()
}

impl Passwords {
    /// A hasher.
    pub(crate) fn new(entropy: Arc<dyn Entropy>) -> Self {
        let nobody = hashed(&entropy.base62(32), &entropy.bytes::<SALT_BYTES>());
        Self { entropy, places: Arc::new(Semaphore::new(AT_ONCE)), nobody }
    }

    /// Runs on a thread that may be busy for a while, when one of the places is free.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _place = self.places.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[async_trait]
impl PasswordHasher for Passwords {
    async fn hash(&self, password: &Secret) -> HashedPassword {
        let (password, salt) = (password.clone(), self.entropy.bytes::<SALT_BYTES>());
        let done = self.run(move || hashed(password.expose(), &salt)).await;
        done.unwrap_or_else(|| HashedPassword(String::new()))
    }

    async fn verify(&self, password: &Secret, known: Option<&HashedPassword>) -> bool {
        let is_known = known.is_some();
        let (password, hash) = (password.clone(), known.unwrap_or(&self.nobody).clone());
        let is_right = self.run(move || is_password(password.expose(), &hash.0)).await;
        is_right.unwrap_or(false) && is_known
    }

    fn is_outdated(&self, hash: &HashedPassword) -> bool {
        let parsed = PasswordHash::new(&hash.0).ok().and_then(|hash| Params::try_from(&hash).ok());
        let now = Params::DEFAULT;
        !parsed.is_some_and(|used| used.m_cost() >= now.m_cost() && used.t_cost() >= now.t_cost())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saoma_core::entropy::SeededEntropy;

    fn hasher() -> Passwords {
        Passwords::new(Arc::new(SeededEntropy::new(1)))
    }

    #[tokio::test]
    async fn adm_02_a_stored_password_is_argon2id_with_the_parameters_of_the_rule() {
        let stored = hasher().hash(&Secret::new("correct-horse-battery")).await;
        assert!(stored.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.0);
        assert!(!hasher().is_outdated(&stored));
    }

    #[tokio::test]
    async fn a_password_is_recognised_and_others_and_nobodys_are_not() {
        let hasher = hasher();
        let stored = hasher.hash(&Secret::new("correct-horse-battery")).await;
        assert!(hasher.verify(&Secret::new("correct-horse-battery"), Some(&stored)).await);
        assert!(!hasher.verify(&Secret::new("correct-horse-batterz"), Some(&stored)).await);
        assert!(!hasher.verify(&Secret::new("correct-horse-battery"), None).await);
    }

    #[test]
    fn adm_02_weaker_parameters_are_outdated() {
        let weak = Params::new(8192, 1, 1, None).unwrap();
        let hash = Argon2::from(weak).hash_password_with_salt(b"x", b"0123456789abcdef").unwrap();
        assert!(hasher().is_outdated(&HashedPassword(hash.to_string())));
        assert!(hasher().is_outdated(&HashedPassword("rubbish".to_owned())));
    }
}
