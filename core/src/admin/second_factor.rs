//! The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for when the app is lost.
//!
//! A step's code counts once: which step was used is kept, and an earlier or equal one is refused.

use super::AdminName;
use crate::{Entropy, Secret, SecretHash, Timestamp};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use totp_rs::{Algorithm, Builder, Totp};

/// What apps show as the account's house.
const ISSUER: &str = "Saoma";
/// RFC 4226 section 4 recommends 160 bits.
const KEY_BYTES: usize = 20;
/// RFC 6238 section 5.2: seconds of one step, and how many steps early or late are accepted.
const STEP_SECONDS: u64 = 30;
const SKEW: u16 = 1;
/// Letters and digits that are not taken for one another on paper: no 0 and o, no 1 and l.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How many recovery codes an admin gets.
pub const RECOVERY_CODES: usize = 10;

/// What an app and we share.
#[derive(Debug, Clone)]
pub struct TotpKey(Secret);

/// What an app needs to know.
#[derive(Debug, Clone)]
pub struct TotpSetup {
    /// To type, in base32.
    pub key: Secret,
    /// To scan: an `otpauth:` address.
    pub url: Secret,
}

impl TotpKey {
    /// A fresh one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::new(entropy.base64url::<KEY_BYTES>()))
    }

    /// As sealed and opened again.
    pub fn from_stored(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The text to seal.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    fn totp(&self, name: &str) -> Option<Totp> {
        let bytes = URL_SAFE_NO_PAD.decode(self.0.expose()).ok()?;
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(bytes)
            .with_issuer(Some(ISSUER))
            .with_account_name(name)
            .build()
            .ok()
    }

    /// What the app of this admin needs.
    pub fn setup(&self, name: &str) -> Option<TotpSetup> {
        let totp = self.totp(name)?;
        Some(TotpSetup { key: Secret::new(totp.secret().to_base32()), url: Secret::new(totp.to_url().ok()?) })
    }

    /// The step whose code this is, one early or late included.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.0 / 1000).ok()?;
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        i64::try_from(self.totp("")?.check(&digits, seconds)?).ok()
    }

    /// The code of this moment: for tests, and for the demo's pretend app.
    pub fn code_at(&self, now: Timestamp) -> Option<String> {
        let seconds = u64::try_from(now.0 / 1000).ok()?;
        Some(self.totp("")?.generate(seconds).to_string())
    }
}

/// A code on paper, in place of the app's, once.
#[derive(Debug, Clone)]
pub struct RecoveryCode(Secret);

impl RecoveryCode {
    /// A fresh one of 80 random bits, in four groups of four.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let bytes = entropy.bytes::<16>();
        let letters = bytes.iter().filter_map(|byte| READABLE.get(usize::from(byte % 32)));
        let text: Vec<char> = letters.map(|letter| char::from(*letter)).collect();
        let groups: Vec<String> = text.chunks(4).map(|group| group.iter().collect()).collect();
        Self(Secret::new(groups.join("-")))
    }

    /// As it is shown.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Its hash, bound to the admin.
    pub fn hash(&self, name: &AdminName) -> SecretHash {
        Self::hash_of(self.expose(), name)
    }

    /// The hash of what somebody typed, in either case, with the dash or without.
    pub fn hash_of(typed: &str, name: &AdminName) -> SecretHash {
        let kept: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
        SecretHash::of_parts(&["recovery code", name.as_str(), &kept.to_ascii_lowercase()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    /// RFC 6238 appendix B, the key `12345678901234567890`, the last six digits.
    fn rfc_key() -> TotpKey {
        TotpKey::from_stored(URL_SAFE_NO_PAD.encode(b"12345678901234567890"))
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Timestamp(seconds * 1000);
            assert_eq!(rfc_key().code_at(now).as_deref(), Some(code));
            assert_eq!(rfc_key().step_of(code, now), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_early_or_late_is_accepted_and_two_are_not() {
        let key = rfc_key();
        let now = Timestamp(1_111_111_109_000);
        for (away, accepted) in [(-60, false), (-30, true), (30, true), (60, false)] {
            let code = key.code_at(now.plus_seconds(away)).unwrap();
            assert_eq!(key.step_of(&code, now).is_some(), accepted, "{away}");
        }
        assert_eq!(key.step_of("081 804", now), Some(1_111_111_109 / 30));
        assert_eq!(key.step_of("81804", now), None);
    }

    #[test]
    fn an_app_can_read_the_setup() {
        let setup = rfc_key().setup("ann").unwrap();
        assert_eq!(setup.key.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(setup.url.expose().starts_with("otpauth://totp/Saoma:ann?secret=GEZDGNBVGY3T"));
    }

    #[test]
    fn a_recovery_code_is_read_as_people_type_it() {
        let (ann, bob): (AdminName, AdminName) = ("ann".parse().unwrap(), "bob".parse().unwrap());
        let code = RecoveryCode::generate(&SeededEntropy::new(1));
        assert_eq!(code.expose().len(), 19);
        let typed = format!(" {} ", code.expose().replace('-', " ").to_uppercase());
        assert!(code.hash(&ann).equals(&RecoveryCode::hash_of(&typed, &ann)));
        assert!(!code.hash(&ann).equals(&RecoveryCode::hash_of(&typed, &bob)));
    }
}
