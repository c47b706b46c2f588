//! Which code each error of the services becomes: exhaustive matches, no catch-all.

use super::code::Code;
use super::problem::{CodeSet, Common, Problem, ProblemOf};
use saoma_core::StoreError;
use saoma_core::login::{BeginError, CodeBackError, CompanionError, CompleteError, ImageError, ReadError};
use saoma_core::provider::{Kind, ProviderError};
use saoma_core::user::UploadError;

/// Seconds a caller waits before it asks an unavailable part again.
const TRY_AGAIN_SECONDS: u32 = 5;

impl<K: CodeSet> From<StoreError> for ProblemOf<K> {
    fn from(error: StoreError) -> Self {
        // The edge is the one place where the cause is logged; the caller reads a fixed sentence.
        match error {
            StoreError::Unavailable(source) => {
                tracing::error!(cause = %source, "storage unavailable");
                Self::wait(Common::StorageUnavailable.into(), TRY_AGAIN_SECONDS)
            }
            StoreError::Exists(what) => {
                tracing::error!(what, "a generated value exists already");
                Self::common(Common::Internal)
            }
            StoreError::Corrupt(what) => {
                tracing::error!(what, "a stored row cannot be read");
                Self::common(Common::Internal)
            }
        }
    }
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        let upstream = error.upstream.as_deref();
        tracing::warn!(
            step = error.step.as_str(),
            code = error.kind.code(),
            vendor_code = upstream.map(|u| u.code),
            vendor_meaning = upstream.map(|u| u.meaning.en),
            cure = upstream.map(|u| u.cure.en),
            trace_id = upstream.and_then(|u| u.trace_id.as_deref()),
            vendor_address = upstream.and_then(|u| u.address.as_deref()),
            "the vendor's part failed"
        );
        match error.kind {
            Kind::ProofInvalid => Code::JsCodeInvalid.into(),
            Kind::PersonBlocked | Kind::PersonUnreal => Code::UserRefused.into(),
            Kind::Misconfigured => Code::VendorMisconfigured.into(),
            Kind::Quota { retry_after } => Self::wait(Code::VendorQuota, retry_after),
            Kind::Timeout => Code::VendorTimeout.into(),
            Kind::Unavailable => Self::wait(Code::VendorUnavailable, TRY_AGAIN_SECONDS),
        }
    }
}

impl From<BeginError> for Problem {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::OriginNotAllowed => Code::OriginNotAllowed.into(),
            BeginError::UnknownProvider => Code::UnknownProvider.into(),
            BeginError::ProviderNotOffered => Code::ProviderNotOffered.into(),
            BeginError::RedirectUriNotRegistered => {
                Self::field("/redirect_uri", "is not one of the client's redirect_uris, byte for byte")
            }
            BeginError::RedirectUriRequired => Self::field("/redirect_uri", "is required for this provider"),
            BeginError::InvalidCodeChallenge => Self::field(
                "/code_challenge",
                "must be 43 characters of base64url: the S256 of a code_verifier",
            ),
            BeginError::Vendor(error) => error.into(),
            BeginError::Store(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound => Code::UnknownLogin.into(),
            ReadError::OriginNotAllowed => Code::OriginNotAllowed.into(),
            ReadError::Store(error) => error.into(),
        }
    }
}

impl From<ImageError> for Problem {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NotFound => Code::UnknownImage.into(),
            ImageError::Vendor(error) => error.into(),
            ImageError::Store(error) => error.into(),
        }
    }
}

impl From<CompleteError> for Problem {
    fn from(error: CompleteError) -> Self {
        match error {
            // 409 also for ends: the login is there, its stage is wrong, and `stage` says which.
            CompleteError::NotConfirmed(stage) => Self::because(Code::LoginNotConfirmed, stage.as_str()),
            CompleteError::AnsweredByRedirect => Code::AnsweredByRedirect.into(),
            CompleteError::Read(error) => error.into(),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::UnknownToken => Code::UnknownCompanionToken.into(),
            UploadError::NotConfirmed(stage) => Self::because(Code::LoginNotConfirmed, stage.as_str()),
            UploadError::Over(stage) => Self::because(Code::LoginEnded, stage.as_str()),
            UploadError::NotAPicture(_) => Code::PictureNotReadable.into(),
            UploadError::Store(error) => error.into(),
        }
    }
}

impl From<CodeBackError> for Problem {
    fn from(error: CodeBackError) -> Self {
        match error {
            CodeBackError::NotAwaited(stage) => Self::because(Code::DigitsNotAwaited, stage.as_str()),
            CodeBackError::Wrong => Code::WrongDigits.into(),
            CodeBackError::Read(error) => error.into(),
        }
    }
}

impl From<CompanionError> for Problem {
    fn from(error: CompanionError) -> Self {
        match error {
            CompanionError::UnknownScene => Code::UnknownScene.into(),
            CompanionError::UnknownToken => Code::UnknownCompanionToken.into(),
            CompanionError::Ended(stage) => Self::because(Code::LoginEnded, stage.as_str()),
            CompanionError::NumberMissing => {
                Self::field("/number", "must be one of the numbers that the scan offered")
            }
            CompanionError::TooManyScans { retry_after } => Self::wait(Code::RateLimited, retry_after),
            CompanionError::Vendor(error) => error.into(),
            CompanionError::Store(error) => error.into(),
        }
    }
}
