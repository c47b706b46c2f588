//! What several resources answer with.

use super::code::AdminCode;
use crate::http::problem::Codes;
use poem_openapi::ApiResponse;

/// Codes of calls that read one thing.
pub(super) struct ReadCodes;

impl Codes for ReadCodes {
    type Set = AdminCode;
    const OWN: &'static [AdminCode] = &[AdminCode::UnknownResource];
}

/// Codes of calls that make something.
pub(super) struct CreateCodes;

impl Codes for CreateCodes {
    type Set = AdminCode;
    const OWN: &'static [AdminCode] = &[
        AdminCode::InvalidJson,
        AdminCode::InvalidField,
        AdminCode::UnsupportedMediaType,
        AdminCode::PayloadTooLarge,
        AdminCode::UnknownResource,
        AdminCode::Conflict,
    ];
}

/// Codes of calls that change what was read.
pub(super) struct ChangeCodes;

impl Codes for ChangeCodes {
    type Set = AdminCode;
    const OWN: &'static [AdminCode] = &[
        AdminCode::InvalidJson,
        AdminCode::InvalidField,
        AdminCode::UnsupportedMediaType,
        AdminCode::PayloadTooLarge,
        AdminCode::UnknownResource,
        AdminCode::Conflict,
        AdminCode::VersionChanged,
        AdminCode::VersionRequired,
    ];
}

/// It is gone.
#[derive(ApiResponse)]
pub(super) enum Gone {
    /// Done.
    #[oai(status = 204)]
    Done,
}
