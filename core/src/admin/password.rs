//! Passwords of admins: what is accepted, and how they are hashed by somebody else.
//!
//! Rules of ASVS 5.0 6.2: twelve characters at least, no rule about kinds of characters, nothing that
//! is guessed easily, no truncation.

use crate::Secret;
use async_trait::async_trait;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters.
pub const MIN_PASSWORD: usize = 12;
/// The most: hashing takes longer the longer it is.
const MAX_PASSWORD: usize = 256;
/// How much of it the estimate reads; it takes longer the longer it is, too.
const ESTIMATED: usize = 72;

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too short.
    #[error("has fewer than 12 characters")]
    TooShort,
    /// Too long.
    #[error("has more than 256 characters")]
    TooLong,
    /// On a list of common ones, a row of keys, the name again.
    #[error("is easily guessed")]
    Guessable,
}

/// Whether somebody of this name may have this password.
pub fn check_password(password: &Secret, name: &str) -> Result<(), PasswordProblem> {
    let text = password.expose();
    match text.chars().count() {
        0..MIN_PASSWORD => return Err(PasswordProblem::TooShort),
        count if count > MAX_PASSWORD => return Err(PasswordProblem::TooLong),
        _ => {}
    }
    let start: String = text.chars().take(ESTIMATED).collect();
    let estimate = zxcvbn(&start, &[name, "saoma", "扫码", "admin"]);
    if estimate.score() < Score::Three { Err(PasswordProblem::Guessable) } else { Ok(()) }
}

/// A hash in PHC string format, salt and parameters inside.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedPassword(pub String);

impl std::fmt::Debug for HashedPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("password:***")
    }
}

/// Hashes and compares, a few at a time: each takes memory and time on purpose.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password.
    async fn hash(&self, password: &Secret) -> HashedPassword;

    /// Whether this is the password. `None` takes as long and is never right, so that the time does not
    /// tell whether there is such an admin.
    async fn verify(&self, password: &Secret, known: Option<&HashedPassword>) -> bool;

    /// Whether it was hashed with weaker parameters than are used now.
    fn is_outdated(&self, hash: &HashedPassword) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_unguessable_ones_are_accepted() {
        for good in [
            "correct-horse-battery",
            "扫码登录真的很方便的呀我喜欢",
            "seven violet lighthouses argue with a copper owl about the kettle, twice on Sundays and never in March",
        ] {
            assert_eq!(check_password(&Secret::new(good), "ann"), Ok(()), "{good}");
        }
    }

    #[test]
    fn short_long_common_and_borrowed_ones_are_told_apart() {
        for (bad, problem) in [
            ("Tr0ub4dor&3", PasswordProblem::TooShort),
            (&*"a".repeat(257), PasswordProblem::TooLong),
            ("password1234", PasswordProblem::Guessable),
            ("qwertyuiop12", PasswordProblem::Guessable),
            ("aaaaaaaaaaaaaaaa", PasswordProblem::Guessable),
            ("annabellelee", PasswordProblem::Guessable),
        ] {
            assert_eq!(check_password(&Secret::new(bad), "annabellelee"), Err(problem), "{bad}");
        }
    }
}
