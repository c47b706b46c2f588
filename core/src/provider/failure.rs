//! How a vendor's part can fail: at which step, in which way, and what the vendor said.
//!
//! The kind decides what the outside hears; the upstream part is for the admin only.

use super::LocalText;

/// Where it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Making the challenge.
    Begin,
    /// Minting an app token.
    AppToken,
    /// Proving who somebody is.
    ProveSubject,
    /// Asking what else there is to know of a proven person.
    LearnPerson,
    /// Testing the configuration.
    Probe,
}

impl Step {
    /// The word used in logs and audit rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::AppToken => "app_token",
            Self::ProveSubject => "prove_subject",
            Self::LearnPerson => "learn_person",
            Self::Probe => "probe",
        }
    }
}

/// In which way it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The one-time proof is used, expired or of another app: the person must try again.
    ProofInvalid,
    /// The vendor blocks this person.
    PersonBlocked,
    /// The vendor shows a preview of the page to somebody who is nobody yet.
    PersonUnreal,
    /// The app credentials or the account's permissions are not right.
    Misconfigured,
    /// A quota is used up.
    Quota {
        /// Seconds after which trying again makes sense.
        retry_after: u32,
    },
    /// The vendor did not answer in time.
    Timeout,
    /// The vendor cannot be reached, is busy or answers nonsense.
    Unavailable,
}

impl Kind {
    /// The stable code of the problem that the outside sees.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ProofInvalid => "js_code_invalid",
            Self::PersonBlocked => "user_refused",
            Self::PersonUnreal => "user_unreal",
            Self::Misconfigured => "vendor_misconfigured",
            Self::Quota { .. } => "vendor_quota",
            Self::Timeout => "vendor_timeout",
            Self::Unavailable => "vendor_unavailable",
        }
    }
}

/// What the vendor said, for the admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// The vendor's code, e.g. an errcode.
    pub code: i64,
    /// What this is to whoever looks for a cure, e.g. `ip_not_allowed`: the code of its finding.
    pub finding: &'static str,
    /// What the code means.
    pub meaning: LocalText,
    /// What to do about it.
    pub cure: LocalText,
    /// The vendor's own trace id, when it gave one.
    pub trace_id: Option<String>,
    /// An address the vendor named, e.g. the one it does not let in.
    pub address: Option<String>,
}

/// A vendor's part failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the vendor's part failed at {}: {}", step.as_str(), kind.code())]
pub struct ProviderError {
    /// Where.
    pub step: Step,
    /// In which way.
    pub kind: Kind,
    /// What the vendor said, if it spoke at all.
    pub upstream: Option<Box<Upstream>>,
}

impl ProviderError {
    /// A failure without a word from the vendor.
    pub const fn silent(step: Step, kind: Kind) -> Self {
        Self { step, kind, upstream: None }
    }
}
