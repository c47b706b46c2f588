//! How a call to WeChat can fail, which failures a second try may cure, and what the engine hears.
//!
//! What a code means is data (`errcode`); this file only turns that data into core's error.

use super::errcode::{self, Action};
use saoma_core::provider::{CallError, Kind, ProviderError, Step, Upstream};

/// A call that brought nothing usable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No answer at all.
    Call(CallError),
    /// An HTTP status that the API itself never uses.
    Status(u16),
    /// An answer that makes no sense.
    Garbage,
    /// WeChat said no.
    Refused(Refusal),
}

/// What WeChat said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The errcode.
    pub(crate) code: i64,
    /// Its own id of the call.
    pub(crate) trace_id: Option<String>,
    /// The address it does not let in.
    pub(crate) address: Option<String>,
}

/// What a second try might do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The same again.
    Harmless,
    /// Spend something that can be spent once; so only where the vendor says that it failed.
    OneUse,
    /// Spend something that is lost for its owner anyway unless this works: one more try, whose
    /// refusal then tells that the first had worked.
    OnceMore,
}

impl Repeat {
    /// How many more tries there may be.
    pub(crate) const fn retries(self) -> u32 {
        match self {
            Self::Harmless | Self::OneUse => 2,
            Self::OnceMore => 1,
        }
    }
}

impl Failure {
    /// Whether the same call may be made once more.
    pub(crate) fn may_repeat(&self, repeat: Repeat) -> bool {
        match self {
            Self::Refused(refusal) => refusal.code == errcode::BUSY,
            Self::Status(status) => *status >= 500 && repeat != Repeat::OneUse,
            Self::Call(CallError::Unreachable) => repeat != Repeat::OneUse,
            // A call that ran into its time limit has used up the patience for another.
            Self::Call(CallError::Timeout | CallError::Forbidden | CallError::TooLarge) | Self::Garbage => {
                false
            }
        }
    }

    /// Whether WeChat refused the app token that came with the call.
    pub(crate) fn is_about_the_token(&self) -> bool {
        let Self::Refused(refusal) = self else { return false };
        errcode::find(refusal.code).is_some_and(|entry| entry.action == Action::RefreshToken)
    }

    /// The same, as the engine hears it.
    pub(crate) fn at(self, step: Step) -> ProviderError {
        let kind = match self {
            Self::Refused(refusal) => return refusal.at(step),
            Self::Call(CallError::Timeout) => Kind::Timeout,
            Self::Call(CallError::Forbidden) => Kind::Misconfigured,
            Self::Call(CallError::Unreachable | CallError::TooLarge) | Self::Status(_) | Self::Garbage => {
                Kind::Unavailable
            }
        };
        ProviderError::silent(step, kind)
    }
}

impl Refusal {
    fn at(self, step: Step) -> ProviderError {
        let entry = match step {
            Step::AppToken => errcode::find_for_token_call(self.code),
            Step::Begin | Step::ProveSubject | Step::LearnPerson | Step::Probe => errcode::find(self.code),
        };
        let entry = entry.unwrap_or(&errcode::UNKNOWN);
        let upstream = Upstream {
            code: self.code,
            finding: entry.finding(),
            meaning: entry.meaning,
            cure: entry.cure,
            trace_id: self.trace_id,
            address: self.address,
        };
        ProviderError { step, kind: entry.kind(), upstream: Some(Box::new(upstream)) }
    }
}
