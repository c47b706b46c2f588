//! Why a change of a User is refused. Each says what to do next; no openid is in one.

use crate::StoreError;
use crate::id::UserId;

/// Why it is not done; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserRefusal {
    /// There is no such User.
    #[error("there is no such user")]
    NotFound,
    /// The User became part of another one, which is to be worked with.
    #[error("the user has become part of another")]
    Merged(UserId),
    /// Somebody changed the User since it was read.
    #[error("the user was changed meanwhile")]
    Changed,
    /// There is no such Identity of this User.
    #[error("the user has no such identity")]
    NoSuchIdentity,
    /// It is the User's last Identity: merge or delete the User.
    #[error("it is the last identity of the user")]
    LastIdentity,
    /// Both are the same User.
    #[error("both are the same user")]
    SameUser,
    /// One is switched off: enable it first, or leave it as it is.
    #[error("a disabled user stays as it is")]
    Disabled,
    /// No Login has this id, or nothing is known any more of who it was.
    #[error("the login tells of nobody")]
    NobodyKnown,
    /// Whoever it was has this User already.
    #[error("the identity belongs to a user already")]
    BelongsTo(UserId),
    /// There is no such merge, or no such offer, any more.
    #[error("there is no such merge any more")]
    NoSuchMerge,
    /// The time for undoing is over.
    #[error("the merge is too old to be undone")]
    TooLate,
    /// What was moved is not where the merge had put it.
    #[error("what the merge had moved has been changed since")]
    Contradicted,
}

impl UserRefusal {
    /// The word that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Merged(_) => "merged",
            Self::Changed => "stale",
            Self::NoSuchIdentity => "no_such_identity",
            Self::LastIdentity => "last_identity",
            Self::SameUser => "same_user",
            Self::Disabled => "disabled",
            Self::NobodyKnown => "nobody_known",
            Self::BelongsTo(_) => "belongs_to_another",
            Self::NoSuchMerge => "no_such_merge",
            Self::TooLate => "too_late",
            Self::Contradicted => "contradicted",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] UserRefusal),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
