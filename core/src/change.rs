//! How a change that an admin wants can fail: one list for all features, so that API and pages say each
//! failure in one way.

use crate::StoreError;
use crate::seal::SealError;

/// One thing wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where, as a JSON pointer into what was sent.
    pub pointer: String,
    /// What, as a word that never changes; pages have its words in each language.
    pub code: &'static str,
    /// What, as a sentence that repeats no value.
    pub message: String,
    /// The same in Simplified Chinese, where whoever found it knows; else the pages' words are all there is.
    pub chinese: Option<String>,
}

impl FieldProblem {
    /// A problem at a place.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into(), chinese: None }
    }

    /// The same, told in Chinese as well.
    #[must_use]
    pub fn in_chinese(self, text: impl Into<String>) -> Self {
        Self { chinese: Some(text.into()), ..self }
    }
}

/// Why something cannot be done as things stand, although it was asked for correctly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The configuration file owns it.
    #[error("it is managed by the configuration file and can only be changed there")]
    ManagedByFile,
    /// A public Client keeps no secret.
    #[error("a public client cannot keep a secret")]
    PublicClient,
    /// Two secrets live already.
    #[error("there are two live secrets already; take one away first")]
    TwoSecrets,
    /// It is the only one.
    #[error("this is the last secret; add another first")]
    LastSecret,
    /// Nobody could get in any more.
    #[error("this is the last owner who can log in; make another one first")]
    LastOwner,
    /// Clients offer it.
    #[error("clients offer this provider; take it away from them first")]
    InUse,
}

impl Obstacle {
    /// The word that never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ManagedByFile => "managed_by_file",
            Self::PublicClient => "public_client",
            Self::TwoSecrets => "two_secrets",
            Self::LastSecret => "last_secret",
            Self::LastOwner => "last_owner",
            Self::InUse => "in_use",
        }
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such thing, or it is out of reach.
    #[error("there is no such thing")]
    NotFound,
    /// Somebody else changed it since it was read.
    #[error("it was changed meanwhile")]
    Stale,
    /// What was sent is not acceptable.
    #[error("what was sent is not acceptable")]
    Invalid(Vec<FieldProblem>),
    /// As things stand it cannot be done.
    #[error(transparent)]
    Obstacle(#[from] Obstacle),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl ChangeError {
    /// One thing is wrong.
    pub fn field(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem::new(pointer, code, message)])
    }
}
