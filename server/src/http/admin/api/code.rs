//! Every problem the admin API can answer with: one closed list of stable codes, and the document a
//! problem becomes. The login API has its own.

use crate::http::problem::{CodeSet, Common, FieldError, ProblemOf};
use poem::http::StatusCode;
#[cfg(test)]
use poem_openapi::types::ToJSON as _;
use poem_openapi::{Enum, Object};

/// What went wrong, as a word that never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum AdminCode {
    /// The body is not JSON.
    InvalidJson,
    /// A field is missing, unknown, of the wrong type or not acceptable.
    InvalidField,
    /// A parameter of path, query or header is not acceptable.
    InvalidParameter,
    /// The body has a media type this call does not take.
    UnsupportedMediaType,
    /// The body is larger than this call takes.
    PayloadTooLarge,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// Neither session nor token, or none that lives.
    CredentialRequired,
    /// A session's call that does not come from our own pages.
    NotFromOwnPage,
    /// The role, or the token's scope, does not allow this.
    Forbidden,
    /// It is allowed after a fresh proof of who is there.
    ProofRequired,
    /// It is allowed after adding a passkey: owners need one here.
    PasskeyRequired,
    /// No such address.
    NotFound,
    /// No such thing, or out of reach.
    UnknownResource,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// As things stand it cannot be done; `obstacle` says why.
    Conflict,
    /// It was changed since it was read.
    VersionChanged,
    /// `If-Match` is missing.
    VersionRequired,
    /// Too many requests.
    RateLimited,
    /// Our database cannot be asked.
    StorageUnavailable,
    /// We made a mistake.
    Internal,
}

impl AdminCode {
    /// The word itself.
    #[cfg(test)]
    pub(crate) fn word(self) -> String {
        self.to_json_string().trim_matches('"').to_owned()
    }

    const fn http_status(self) -> StatusCode {
        match self {
            Self::InvalidJson | Self::InvalidParameter => StatusCode::BAD_REQUEST,
            Self::InvalidField => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::CredentialRequired => StatusCode::UNAUTHORIZED,
            Self::NotFromOwnPage | Self::Forbidden | Self::ProofRequired | Self::PasskeyRequired => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound | Self::UnknownResource => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::VersionChanged => StatusCode::PRECONDITION_FAILED,
            Self::VersionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened and what to do next.
    const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidJson => "The body is not valid JSON in UTF-8.",
            Self::InvalidField => "A field is not acceptable; `errors` says which and why.",
            Self::InvalidParameter => "A parameter is not acceptable; `errors` says which.",
            Self::UnsupportedMediaType => "Send the body as application/json.",
            Self::PayloadTooLarge => "The body is larger than this call takes.",
            Self::BodyTooSlow => "The body did not arrive in time. Send it in one go.",
            Self::CredentialRequired => "Log in, or send an API token as a bearer token.",
            Self::NotFromOwnPage => {
                "A call with a session must come from our own pages with X-CSRF-Token. Programs use an API token."
            }
            Self::Forbidden => {
                "Your role, or this token's scope, does not allow this. An owner can change that."
            }
            Self::ProofRequired => "Prove again who you are at /prove, then repeat this within five minutes.",
            Self::PasskeyRequired => "Owners need a passkey here. Add one at /account, then repeat this.",
            Self::NotFound => "There is nothing at this address.",
            Self::UnknownResource => "There is no such thing, or you may not see it.",
            Self::MethodNotAllowed => "This address does not take that method.",
            Self::Conflict => "As things stand this cannot be done; `obstacle` says why.",
            Self::VersionChanged => "It was changed since you read it. Read it again and repeat your change.",
            Self::VersionRequired => "Send If-Match with the ETag you read, so that nobody's change is lost.",
            Self::RateLimited => "Too many requests. Wait as long as Retry-After says.",
            Self::StorageUnavailable => "The server cannot store anything just now. Try again soon.",
            Self::Internal => "The server made a mistake. It has been logged; try again.",
        }
    }
}

impl From<Common> for AdminCode {
    fn from(common: Common) -> Self {
        match common {
            Common::InvalidJson => Self::InvalidJson,
            Common::InvalidField => Self::InvalidField,
            Common::InvalidParameter => Self::InvalidParameter,
            Common::UnsupportedMediaType => Self::UnsupportedMediaType,
            Common::PayloadTooLarge => Self::PayloadTooLarge,
            Common::BodyTooSlow => Self::BodyTooSlow,
            Common::NotFound => Self::NotFound,
            Common::MethodNotAllowed => Self::MethodNotAllowed,
            Common::StorageUnavailable => Self::StorageUnavailable,
            Common::Internal => Self::Internal,
        }
    }
}

impl CodeSet for AdminCode {
    type Document = AdminProblemDocument;
    const SHARED: &'static [Self] = &[
        Self::InvalidParameter,
        Self::BodyTooSlow,
        Self::CredentialRequired,
        Self::NotFromOwnPage,
        Self::Forbidden,
        Self::ProofRequired,
        Self::PasskeyRequired,
        Self::RateLimited,
        Self::StorageUnavailable,
        Self::Internal,
    ];

    fn status(self) -> StatusCode {
        self.http_status()
    }

    fn challenge(self) -> &'static str {
        "Bearer realm=\"saoma-admin\""
    }
}

/// A problem of the admin API.
pub(crate) type AdminProblem = ProblemOf<AdminCode>;

/// The document (RFC 9457 section 3).
#[derive(Debug, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
pub(crate) struct AdminProblemDocument {
    /// Always `about:blank`; `code` is what to match on.
    #[oai(rename = "type")]
    kind: String,
    /// The status' standard text.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What went wrong, as a word that never changes.
    code: AdminCode,
    /// What happened and what to do next.
    detail: String,
    /// Why it cannot be done as things stand, as a word that never changes.
    obstacle: Option<String>,
    /// Everything wrong with what was sent.
    errors: Option<Vec<FieldError>>,
}

impl From<AdminProblem> for AdminProblemDocument {
    fn from(problem: AdminProblem) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: problem.title(),
            status: problem.code.status().as_u16(),
            code: problem.code,
            detail: problem.code.sentence().to_owned(),
            obstacle: problem.circumstance().map(str::to_owned),
            errors: problem.into_errors(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem_openapi::registry::Registry;
    use poem_openapi::types::{ParseFromJSON as _, Type as _};

    /// The whole table, one code a line, as `codes.txt` has it: codes are part of the contract.
    #[test]
    fn codes_statuses_and_sentences_are_as_published() {
        let mut registry = Registry::new();
        AdminCode::register(&mut registry);
        let items = registry.schemas[AdminCode::name().as_ref()].enum_items.clone();
        let line =
            |code: AdminCode| format!("{:<24} {} {}\n", code.word(), code.status().as_u16(), code.sentence());
        let table: String =
            items.into_iter().map(|item| line(AdminCode::parse_from_json(Some(item)).unwrap())).collect();
        assert!(
            table == include_str!("codes.txt"),
            "codes.txt must read, after thinking about programs:\n{table}"
        );
    }
}
