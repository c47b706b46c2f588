//! Every problem the API can answer with: one closed list of stable codes.
//!
//! A code fixes the status and the sentence; nothing a person or a vendor sent is repeated in it.

use super::problem::{BASIC, BEARER, CodeSet, Common, ProblemDocument};
use poem::http::StatusCode;
use poem_openapi::Enum;
use poem_openapi::types::ToJSON as _;

/// What went wrong, as a word that never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum Code {
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
    /// No credential was sent where one is needed.
    CredentialRequired,
    /// No `Origin`, so a back end must say who it is.
    ClientAuthenticationRequired,
    /// The client's secret is wrong, or it has none.
    ClientAuthenticationFailed,
    /// The page's origin does not belong to the client.
    OriginNotAllowed,
    /// The provider is not offered to this client.
    ProviderNotOffered,
    /// No client has this id.
    UnknownClient,
    /// No provider has this slug.
    UnknownProvider,
    /// No such login, or not this browser's.
    UnknownLogin,
    /// No picture has this address.
    UnknownImage,
    /// No login has this scene.
    UnknownScene,
    /// No login has this companion token.
    UnknownCompanionToken,
    /// No such address.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// The request does not ask for a WebSocket.
    NotAWebSocket,
    /// The login has not come so far.
    LoginNotConfirmed,
    /// The login does not wait for digits.
    DigitsNotAwaited,
    /// These are not the digits on the phone.
    WrongDigits,
    /// The login is over.
    LoginEnded,
    /// A redirect login answers the website itself.
    AnsweredByRedirect,
    /// What was sent is no picture, or too large a one.
    PictureNotReadable,
    /// The one-time proof of the phone is not valid (any more).
    JsCodeInvalid,
    /// The vendor does not let this person in.
    UserRefused,
    /// Too many requests.
    RateLimited,
    /// The vendor's quota is used up.
    VendorQuota,
    /// The vendor refuses our app credentials or settings.
    VendorMisconfigured,
    /// The vendor cannot be reached or is busy.
    VendorUnavailable,
    /// The vendor did not answer in time.
    VendorTimeout,
    /// Our database cannot be asked.
    StorageUnavailable,
    /// We made a mistake.
    Internal,
}

impl Code {
    /// The word itself.
    pub(crate) fn word(self) -> String {
        self.to_json_string().trim_matches('"').to_owned()
    }

    /// Its HTTP status.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::InvalidJson | Self::InvalidParameter => StatusCode::BAD_REQUEST,
            Self::InvalidField | Self::WrongDigits | Self::PictureNotReadable | Self::JsCodeInvalid => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::CredentialRequired
            | Self::ClientAuthenticationRequired
            | Self::ClientAuthenticationFailed => StatusCode::UNAUTHORIZED,
            Self::OriginNotAllowed | Self::ProviderNotOffered | Self::UserRefused => StatusCode::FORBIDDEN,
            Self::UnknownClient
            | Self::UnknownProvider
            | Self::UnknownLogin
            | Self::UnknownImage
            | Self::UnknownScene
            | Self::UnknownCompanionToken
            | Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::LoginNotConfirmed | Self::DigitsNotAwaited | Self::AnsweredByRedirect => {
                StatusCode::CONFLICT
            }
            Self::LoginEnded => StatusCode::GONE,
            Self::NotAWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::RateLimited | Self::VendorQuota => StatusCode::TOO_MANY_REQUESTS,
            Self::VendorMisconfigured => StatusCode::BAD_GATEWAY,
            Self::VendorUnavailable | Self::StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::VendorTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened and what to do next, in one or two sentences.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidJson => "The body is not valid JSON in UTF-8.",
            Self::InvalidField => "A field is not acceptable; `errors` says which and why.",
            Self::InvalidParameter => "A parameter is not acceptable; `errors` says which.",
            Self::UnsupportedMediaType => {
                "Send the body in the media type of this call, mostly application/json."
            }
            Self::PayloadTooLarge => "The body is larger than this call takes.",
            Self::BodyTooSlow => "The body did not arrive in time. Send it in one go.",
            Self::CredentialRequired => {
                "Send the browser secret, or on the phone the companion token, as a bearer token."
            }
            Self::ClientAuthenticationRequired => {
                "A call without Origin must carry the client's id and secret by HTTP Basic authentication."
            }
            Self::ClientAuthenticationFailed => "The client id or secret is wrong.",
            Self::OriginNotAllowed => "Add this page's origin to the client's `origins`.",
            Self::ProviderNotOffered => "This client does not offer that way to log in. Choose another.",
            Self::UnknownClient => "No client has this id.",
            Self::UnknownProvider => "No provider has this slug.",
            Self::UnknownLogin => "There is no such login for this browser. Begin a new one.",
            Self::UnknownImage => "There is no such picture, or its login is over.",
            Self::UnknownScene => "This code is not known. Ask the page for a new one and scan again.",
            Self::UnknownCompanionToken => {
                "This confirmation is not known, or the code was scanned again. Scan again."
            }
            Self::NotFound => "There is nothing at this address.",
            Self::MethodNotAllowed => "This address does not take that method.",
            Self::NotAWebSocket => "Ask for a WebSocket of version 13, or read the events by fetch.",
            Self::LoginNotConfirmed => "The login is not confirmed; `stage` says where it stands.",
            Self::DigitsNotAwaited => "This login does not wait for digits, or not yet.",
            Self::WrongDigits => {
                "These are not the digits on the phone. After three wrong ones the login is over."
            }
            Self::LoginEnded => "This login is over. Begin a new one.",
            Self::AnsweredByRedirect => "This login answers the website itself; the browser gets no code.",
            Self::PictureNotReadable => {
                "This is not a picture that can be read. Send a JPEG, PNG, GIF or WebP of at most 4096 by 4096 pixels."
            }
            Self::JsCodeInvalid => "The phone's proof is used up or too old. Fetch a new one and try again.",
            Self::UserRefused => "WeChat does not let this account log in. Use another way.",
            Self::RateLimited => "Too many requests. Wait as long as Retry-After says.",
            Self::VendorQuota => "The vendor's quota is used up. Wait, or choose another way.",
            Self::VendorMisconfigured => {
                "This way to log in is not set up correctly. The site's operator must act."
            }
            Self::VendorUnavailable => {
                "The vendor cannot be reached just now. Try again soon, or choose another way."
            }
            Self::VendorTimeout => "The vendor did not answer in time. Try again, or choose another way.",
            Self::StorageUnavailable => "The server cannot store anything just now. Try again soon.",
            Self::Internal => "The server made a mistake. It has been logged; try again.",
        }
    }
}

impl From<Common> for Code {
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

impl CodeSet for Code {
    type Document = ProblemDocument;
    const SHARED: &'static [Self] =
        &[Self::BodyTooSlow, Self::RateLimited, Self::StorageUnavailable, Self::Internal];

    fn status(self) -> StatusCode {
        self.status()
    }

    fn challenge(self) -> &'static str {
        if self == Self::CredentialRequired { BEARER } else { BASIC }
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
        Code::register(&mut registry);
        let items = registry.schemas[Code::name().as_ref()].enum_items.clone();
        let line =
            |code: Code| format!("{:<30} {} {}\n", code.word(), code.status().as_u16(), code.sentence());
        let table: String =
            items.into_iter().map(|item| line(Code::parse_from_json(Some(item)).unwrap())).collect();
        assert!(
            table == include_str!("codes.txt"),
            "codes.txt must read, after thinking about clients:\n{table}"
        );
    }
}
