//! The renderer of `/oauth2`: errors as RFC 6749 section 5.2 and RFC 6750 section 3.1 have them.

use crate::http::code::Code;
use crate::http::problem::{BASIC, BEARER, Problem};
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON as _, Type as _};
use poem_openapi::{ApiResponse, Enum, Object};
use saoma_core::StoreError;
use saoma_core::signing::SigningError;

/// The standard's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum OAuthCode {
    /// Something is missing, twice there, or malformed.
    InvalidRequest,
    /// The client is unknown or did not prove itself.
    InvalidClient,
    /// The code is not valid (any more), or something with it is wrong.
    InvalidGrant,
    /// Another grant type.
    UnsupportedGrantType,
    /// Nothing that can be granted is asked for.
    InvalidScope,
    /// Another response type.
    UnsupportedResponseType,
    /// A request object.
    RequestNotSupported,
    /// A request by reference that is none of our own.
    RequestUriNotSupported,
    /// A client that registers itself.
    RegistrationNotSupported,
    /// The access token is not valid.
    InvalidToken,
    /// This client may not ask for this.
    UnauthorizedClient,
    /// Nobody has decided about the device yet.
    AuthorizationPending,
    /// The person said no to the device.
    AccessDenied,
    /// The device's code is over.
    ExpiredToken,
    /// Too many failed attempts from this address, or a device that asks too often.
    SlowDown,
    /// Try again soon.
    TemporarilyUnavailable,
    /// We made a mistake.
    ServerError,
}

impl OAuthCode {
    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnsupportedGrantType
            | Self::InvalidScope
            | Self::UnsupportedResponseType
            | Self::RequestNotSupported
            | Self::RequestUriNotSupported
            | Self::RegistrationNotSupported
            | Self::UnauthorizedClient
            | Self::AuthorizationPending
            | Self::AccessDenied
            | Self::ExpiredToken => StatusCode::BAD_REQUEST,
            Self::InvalidClient | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidRequest => "A parameter is missing, malformed or sent twice.",
            Self::InvalidClient => "Client authentication failed.",
            Self::InvalidGrant => {
                "The code or token is not valid: unknown, used, expired, or issued for other values."
            }
            Self::UnsupportedGrantType => {
                "Only grant_type=authorization_code, refresh_token and the device code are supported."
            }
            Self::InvalidScope => "The scope names nothing that can be granted.",
            Self::UnsupportedResponseType => "Only response_type=code is supported.",
            Self::RequestNotSupported => "Request objects are not supported.",
            Self::RequestUriNotSupported => "Only a request_uri of our own pushed requests is supported.",
            Self::RegistrationNotSupported => "Clients are registered by an admin.",
            Self::InvalidToken => "The access token is missing, unknown or expired.",
            Self::UnauthorizedClient => "This client has no devices.",
            Self::AuthorizationPending => "Nobody has decided yet. Ask again after the interval.",
            Self::AccessDenied => "The person said no.",
            Self::ExpiredToken => "The device code is over. Begin anew.",
            Self::SlowDown => "Too many failed attempts. Wait as long as Retry-After says.",
            Self::TemporarilyUnavailable => "The server cannot store anything just now. Try again soon.",
            Self::ServerError => "The server made a mistake. It has been logged; try again.",
        }
    }
}

/// The standard's error document.
#[derive(Debug, Object)]
pub(crate) struct OAuthErrorBody {
    /// The standard's word.
    error: OAuthCode,
    /// A fixed sentence for the developer.
    error_description: String,
}

/// An OAuth call's failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OAuthError {
    /// The standard's word.
    pub(crate) code: OAuthCode,
    /// What says more than the word's own sentence.
    more: More,
    /// To whom it is said.
    to: To,
}

/// What is said to the developer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    /// The word's own sentence.
    Nothing,
    /// This one.
    Sentence(&'static str),
    /// That the parameter of this name is missing.
    Missing(&'static str),
}

/// Who hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// Anybody.
    Anybody,
    /// A device that asked for its answer: always 400, as its standard wants it (RFC 8628 section 3.5).
    Device,
    /// Whoever showed no token: the challenge names no error (RFC 6750 section 3.1).
    Stranger,
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        // Problem's renderer logs the cause; both surfaces log it the same way.
        match Problem::from(error).code {
            Code::StorageUnavailable => Self::of(OAuthCode::TemporarilyUnavailable),
            _ => Self::of(OAuthCode::ServerError),
        }
    }
}

impl From<SigningError> for OAuthError {
    fn from(error: SigningError) -> Self {
        tracing::error!(%error, "an id token cannot be signed");
        Self::of(OAuthCode::ServerError)
    }
}

impl OAuthError {
    /// With the word's own sentence.
    pub(crate) const fn of(code: OAuthCode) -> Self {
        Self { code, more: More::Nothing, to: To::Anybody }
    }

    /// With a sentence that says more.
    pub(crate) const fn saying(code: OAuthCode, sentence: &'static str) -> Self {
        Self { code, more: More::Sentence(sentence), to: To::Anybody }
    }

    /// A parameter that must be there is not.
    pub(crate) const fn missing(parameter: &'static str) -> Self {
        Self { code: OAuthCode::InvalidRequest, more: More::Missing(parameter), to: To::Anybody }
    }

    /// What is said to whoever wants something for a token and shows none.
    pub(crate) const fn without_token() -> Self {
        Self { code: OAuthCode::InvalidToken, more: More::Nothing, to: To::Stranger }
    }

    /// What a device hears that asks.
    pub(crate) const fn polled(code: OAuthCode) -> Self {
        let more = match code {
            OAuthCode::SlowDown => {
                More::Sentence("This device asks too often. Wait five seconds longer each time.")
            }
            _ => More::Nothing,
        };
        Self { code, more, to: To::Device }
    }

    /// What is wrong with an authorization request, by the standard's word.
    pub(crate) fn of_request((word, sentence): (&str, &'static str)) -> Self {
        let code = match word {
            "invalid_scope" => OAuthCode::InvalidScope,
            "unsupported_response_type" => OAuthCode::UnsupportedResponseType,
            "request_not_supported" => OAuthCode::RequestNotSupported,
            "request_uri_not_supported" => OAuthCode::RequestUriNotSupported,
            "registration_not_supported" => OAuthCode::RegistrationNotSupported,
            _ => OAuthCode::InvalidRequest,
        };
        Self::saying(code, sentence)
    }

    /// The document with this sentence.
    fn answer(self, sentence: &str) -> Response {
        let body = OAuthErrorBody { error: self.code, error_description: sentence.to_owned() };
        let response = Response::builder()
            .status(if self.to == To::Device { StatusCode::BAD_REQUEST } else { self.code.status() })
            .content_type("application/json")
            .header(header::CACHE_CONTROL, "no-store");
        let response = match self.code {
            OAuthCode::InvalidClient => response.header(header::WWW_AUTHENTICATE, BASIC),
            OAuthCode::InvalidToken if self.to == To::Stranger => {
                response.header(header::WWW_AUTHENTICATE, BEARER)
            }
            OAuthCode::InvalidToken => {
                response.header(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
            }
            OAuthCode::TemporarilyUnavailable => response.header(header::RETRY_AFTER, "5"),
            OAuthCode::SlowDown if self.to != To::Device => response.header(header::RETRY_AFTER, "60"),
            _ => response,
        };
        response.body(body.to_json_string())
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        match self.more {
            More::Nothing => self.answer(self.code.sentence()),
            More::Sentence(sentence) => self.answer(sentence),
            More::Missing(parameter) => self.answer(&format!("{parameter} is missing.")),
        }
    }
}

impl From<OAuthError> for poem::Error {
    fn from(error: OAuthError) -> Self {
        Self::from_response(error.into_response())
    }
}

impl ApiResponse for OAuthError {
    fn meta() -> MetaResponses {
        let document = |status, description| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: OAuthErrorBody::schema_ref(),
            }],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![
                document(
                    400,
                    "`invalid_request`, `invalid_grant`, `unsupported_grant_type`, `invalid_scope`, `unsupported_response_type` and other words of RFC 6749, 9126 and OpenID Connect Core",
                ),
                document(401, "`invalid_client`, `invalid_token`"),
                document(413, "`invalid_request`: the body is too large"),
                document(415, "`invalid_request`: the body has another media type"),
                document(
                    429,
                    "`slow_down`: too many failed attempts; a device that asks too often hears it with 400",
                ),
                document(500, "`server_error`"),
                document(503, "`temporarily_unavailable`"),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        OAuthErrorBody::register(registry);
    }
}

/// What the framework refused, in this surface's words.
pub(crate) fn oauth_problem(problem: &Problem) -> Response {
    match problem.code {
        Code::NotFound | Code::MethodNotAllowed | Code::PayloadTooLarge | Code::UnsupportedMediaType => {
            let mut response = OAuthError::of(OAuthCode::InvalidRequest).answer(sentence_for(problem.code));
            response.set_status(problem.code.status());
            response
        }
        Code::Internal => OAuthError::of(OAuthCode::ServerError).into_response(),
        Code::StorageUnavailable => OAuthError::of(OAuthCode::TemporarilyUnavailable).into_response(),
        Code::RateLimited => OAuthError::of(OAuthCode::SlowDown).into_response(),
        _ => OAuthError::of(OAuthCode::InvalidRequest).into_response(),
    }
}

/// What a developer did who met the framework and not a handler.
fn sentence_for(code: Code) -> &'static str {
    match code {
        Code::UnsupportedMediaType => "Send the parameters as application/x-www-form-urlencoded.",
        Code::NotFound => {
            "There is no such endpoint. A login begins at /api/v1/logins and ends at /oauth2/token; OpenID Connect: /.well-known/openid-configuration."
        }
        other => other.sentence(),
    }
}
