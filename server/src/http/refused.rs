//! What the framework refuses, in the words of our APIs; what handlers refuse is a problem already.

use super::body::BodyError;
use super::problem::{CodeSet, Common, ProblemOf};
use poem::Error;
use poem::error::{MethodNotAllowedError, NotFoundError, ParsePathError as UnreadablePathError};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError};

/// The problem that an error of the framework is.
pub(crate) fn refused_by_framework<K: CodeSet>(error: &Error) -> ProblemOf<K> {
    if let Some(body) = error.downcast_ref::<BodyError>() {
        return match body {
            BodyError::NotJson => ProblemOf::common(Common::InvalidJson),
            BodyError::Misfits(errors) => ProblemOf::fields(errors.clone()),
        };
    }
    if let Some(param) = error.downcast_ref::<ParseParamError>() {
        return refused_parameter(param.name, &param.reason);
    }
    if let Some(path) = error.downcast_ref::<ParsePathError>() {
        return refused_parameter(path.name, &path.reason);
    }
    if error.is::<ContentTypeError>() {
        return ProblemOf::common(Common::UnsupportedMediaType);
    }
    if error.is::<MethodNotAllowedError>() {
        return ProblemOf::common(Common::MethodNotAllowed);
    }
    // Bytes that are no text are no address of ours either.
    if error.is::<NotFoundError>() || error.is::<UnreadablePathError>() {
        return ProblemOf::common(Common::NotFound);
    }
    tracing::error!(status = error.status().as_u16(), "an error without a code");
    ProblemOf::common(Common::Internal)
}

/// What the framework says of a parameter follows the name of its type; it repeats no value.
fn refused_parameter<K: CodeSet>(name: &str, reason: &str) -> ProblemOf<K> {
    // What its parsers say by themselves names its own types, and means this.
    let said = reason.split_once(": ").map(|(_, message)| message);
    let message = said.filter(|said| !said.starts_with("occurred while")).unwrap_or("is not acceptable");
    ProblemOf::sent(Common::InvalidParameter.into(), name, message)
}
