//! Passkeys: what is kept of one, and what the library that checks them must answer.
//!
//! Core says whose a passkey is, when a ceremony is over and what may happen; it knows no curve and no
//! CBOR. A `PasskeyCheck` stands beside it (ADR 18).

use super::AdminName;
use crate::id::{AdminId, PasskeyId};
use crate::seal::Place;
use crate::{Secret, SecretHash, Timestamp};
use sha2::{Digest as _, Sha256};

/// Seconds that a ceremony waits for its answer.
pub const CEREMONY_SECONDS: i64 = 300;
/// The longest name, in characters.
const NAME_CHARS: usize = 60;

/// A passkey as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Names it in lists.
    pub id: PasskeyId,
    /// Whose.
    pub admin: AdminId,
    /// What its holder calls it.
    pub name: String,
    /// The credential as the library writes it, sealed for this admin and this passkey: a row that was
    /// moved to somebody else does not open.
    pub credential: String,
    /// How often it was used, as it counts itself; 0 for those that do not count.
    pub counter: u32,
    /// Whether it may be copied to other devices of its holder.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last let its holder in.
    pub last_used_at: Option<Timestamp>,
}

/// A passkey to keep.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// As it will be kept.
    pub passkey: Passkey,
    /// Hash of the credential's id, by which it is found.
    pub hash: SecretHash,
}

/// What a passkey's answer leaves behind.
#[derive(Debug, Clone)]
pub struct PasskeyUse {
    /// Which.
    pub id: PasskeyId,
    /// The credential as it is now, sealed.
    pub credential: String,
    /// What it counted.
    pub counter: u32,
    /// As it says now.
    pub backup_eligible: bool,
    /// As it says now.
    pub backed_up: bool,
}

/// What became of the wish to take one away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRemoval {
    /// It is gone.
    Done,
    /// There is no such.
    NotFound,
    /// Its holder would be left without a second factor.
    LastFactor,
}

/// What a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyKind {
    /// To become an admin.
    Enrol,
    /// One more passkey.
    Add,
    /// To get in.
    LogIn,
    /// To prove it again.
    Prove,
}

impl CeremonyKind {
    const ALL: [Self; 4] = [Self::Enrol, Self::Add, Self::LogIn, Self::Prove];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Add => "add",
            Self::LogIn => "log_in",
            Self::Prove => "prove",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What we asked an authenticator, until it answers. It stays here: a browser that held it could answer
/// one question twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// What for.
    pub kind: CeremonyKind,
    /// The link or session it belongs to; empty at the door.
    pub bound: String,
    /// Whose passkey must answer, or will be made; none for whoever holds one.
    pub admin: Option<AdminId>,
    /// The question, as the library writes it.
    pub state: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A ceremony that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Goes back with the answer.
    pub ceremony: Secret,
    /// What the page gives to the browser: a JSON document of WebAuthn.
    pub options: String,
}

/// Why an authenticator's answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyProblem {
    /// The house has no name that browsers allow passkeys for.
    #[error("passkeys need an admin_url with a name, by https or on localhost")]
    NotPossible,
    /// Nothing was asked, or it was answered before, or too long ago.
    #[error("this was answered before, or too long ago")]
    Expired,
    /// Nobody showed the authenticator who they are: no finger, no face, no PIN.
    #[error("the passkey did not check who uses it")]
    NotVerified,
    /// The answer was given to another website.
    #[error("the passkey answered to another address")]
    OtherOrigin,
    /// It has counted backwards: there may be a copy of it.
    #[error("the passkey's counter went back")]
    CounterBack,
    /// Nobody's here, or somebody else's.
    #[error("this passkey is not known here")]
    Unknown,
    /// It does not fit what was asked.
    #[error("the passkey's answer does not hold")]
    Invalid,
}

impl PasskeyProblem {
    /// The word in audit and pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotPossible => "passkey_not_possible",
            Self::Expired => "passkey_expired",
            Self::NotVerified => "passkey_not_verified",
            Self::OtherOrigin => "passkey_other_origin",
            Self::CounterBack => "passkey_counter_back",
            Self::Unknown => "passkey_unknown",
            Self::Invalid => "passkey_invalid",
        }
    }
}

/// Who is to hold a new passkey.
#[derive(Debug, Clone)]
pub struct Holder {
    /// What authenticators know them by.
    pub handle: [u8; 16],
    /// What authenticators show.
    pub name: AdminName,
}

/// A question, for the browser and for us.
#[derive(Debug, Clone)]
pub struct Question {
    /// For the browser.
    pub options: String,
    /// For us.
    pub state: String,
}

/// A credential as the library writes it, and what we keep beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id, in base64url.
    pub id: String,
    /// The whole of it.
    pub document: String,
    /// See `Passkey`.
    pub counter: u32,
    /// See `Passkey`.
    pub backup_eligible: bool,
    /// See `Passkey`.
    pub backed_up: bool,
}

/// Which credential says it answers, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answerer {
    /// The credential's id, in base64url.
    pub credential: String,
    /// The handle it keeps, if it keeps one.
    pub handle: Option<Vec<u8>>,
}

/// Checks what authenticators say (WebAuthn), for one origin and one RP ID, user verification required.
/// It asks nobody; its challenges are its own randomness.
pub trait PasskeyCheck: Send + Sync {
    /// Whether browsers allow passkeys for the house's address at all.
    fn is_possible(&self) -> bool;

    /// Asks for a new passkey; those whose ids are `known` need not offer themselves.
    fn ask_new(&self, holder: &Holder, known: &[String]) -> Result<Question, PasskeyProblem>;

    /// Takes a new passkey.
    fn take_new(&self, state: &str, answer: &str) -> Result<Credential, PasskeyProblem>;

    /// Asks one of these to answer; none for any that its holder has.
    fn ask(&self, ids: &[String]) -> Result<Question, PasskeyProblem>;

    /// Who says to answer; proves nothing yet.
    fn read(&self, answer: &str) -> Result<Answerer, PasskeyProblem>;

    /// The credential after its answer, if it holds.
    fn take(&self, state: &str, answer: &str, document: &str) -> Result<Credential, PasskeyProblem>;
}

/// What authenticators know an admin by: nothing of it leads back to the admin.
pub(super) fn handle_of(admin: &AdminId) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(format!("passkey holder {admin}")).into();
    let mut handle = [0; 16];
    handle.copy_from_slice(hash.first_chunk::<16>().unwrap_or(&[0; 16]));
    handle
}

/// By what a credential is found.
pub(super) fn credential_hash(id: &str) -> SecretHash {
    SecretHash::of_parts(&["passkey", id])
}

/// The key of a credential's place: whose and which.
pub(super) fn place_key(admin: &AdminId, id: &PasskeyId) -> String {
    format!("{admin}/{id}")
}

/// Where a credential is sealed.
pub(super) fn credential_place(key: &str) -> Place<'_> {
    Place { table: "admin_passkeys", row: key, column: "credential" }
}

/// A name as it is kept, if it is one.
pub(super) fn passkey_name(text: &str) -> Option<String> {
    let name = text.trim();
    let shown = (1..=NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    shown.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_handle_belongs_to_one_admin_and_does_not_name_them() {
        let entropy = SeededEntropy::new(1);
        let [ann, bob] = [(); 2].map(|()| AdminId::generate(&entropy));
        assert_eq!(handle_of(&ann), handle_of(&ann));
        assert_ne!(handle_of(&ann), handle_of(&bob));
    }

    #[test]
    fn names_are_short_and_can_be_shown() {
        assert_eq!(passkey_name(" 我的手机 ").as_deref(), Some("我的手机"));
        for bad in ["", "  ", "a\u{7}b", &"x".repeat(61)] {
            assert_eq!(passkey_name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn kinds_round_trip() {
        for kind in CeremonyKind::ALL {
            assert_eq!(CeremonyKind::parse(kind.as_str()), Some(kind));
        }
    }
}
