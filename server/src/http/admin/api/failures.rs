//! Which code each error of the services becomes: exhaustive matches, no catch-all.

use super::code::{AdminCode, AdminProblem};
use crate::http::problem::{Common, FieldError};
use saoma_core::admin::Refusal;
use saoma_core::{ChangeError, FieldProblem, StoreError};

impl From<Refusal> for AdminProblem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Forbidden => AdminCode::Forbidden.into(),
            Refusal::StepUp => AdminCode::ProofRequired.into(),
            Refusal::AddPasskey => AdminCode::PasskeyRequired.into(),
        }
    }
}

impl From<ChangeError> for AdminProblem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => AdminCode::UnknownResource.into(),
            ChangeError::Stale => AdminCode::VersionChanged.into(),
            ChangeError::Invalid(problems) => Self::fields(problems.into_iter().map(told).collect()),
            ChangeError::Obstacle(obstacle) => Self::because(AdminCode::Conflict, obstacle.code()),
            ChangeError::Store(error) => StoreError::into(error),
            ChangeError::Seal(error) => {
                tracing::error!(%error, "a secret could not be sealed or opened");
                Self::common(Common::Internal)
            }
        }
    }
}

fn told(problem: FieldProblem) -> FieldError {
    FieldError { pointer: problem.pointer, code: Some(problem.code.to_owned()), message: problem.message }
}
