//! The door: logging in, proving it again, enrolling.

use crate::View;
use serde::Serialize;

/// Why a log-in form comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum LogInProblem {
    /// Something is wrong; what is not told.
    Wrong,
    /// Too many tries; so many seconds to wait.
    Wait(u32),
    /// The passkey, in the word of its text.
    Passkey(&'static str),
}

/// The log-in form, and the form that asks again (step-up).
#[derive(Debug, Clone, Serialize)]
pub struct LogIn {
    /// Why it comes back.
    pub problem: Option<LogInProblem>,
    /// Who is asked again; none at the door.
    pub again: Option<String>,
    /// The name that was typed.
    pub name: String,
    /// Where to go then.
    pub next: String,
    /// Nobody has been enrolled: what to run on the server.
    pub nobody_yet: bool,
    /// Whether a passkey can be used.
    pub passkeys: bool,
    /// A form that goes on once they are proven, sealed.
    pub held: Option<String>,
}

impl View for LogIn {
    const NAME: &'static str = "log_in";

    fn samples() -> Vec<Self> {
        let plain = Self {
            problem: None,
            again: None,
            name: String::new(),
            next: "/websites".to_owned(),
            nobody_yet: false,
            passkeys: true,
            held: None,
        };
        vec![
            plain.clone(),
            Self { problem: Some(LogInProblem::Wrong), name: "ann<".to_owned(), ..plain.clone() },
            Self { problem: Some(LogInProblem::Wait(31)), again: Some("ann".to_owned()), ..plain.clone() },
            Self { problem: Some(LogInProblem::Passkey("passkey_unknown")), ..plain.clone() },
            Self { passkeys: false, ..plain.clone() },
            Self { held: Some("v1.k.x".to_owned()), again: Some("ann".to_owned()), ..plain.clone() },
            Self { nobody_yet: true, ..plain },
        ]
    }
}

/// Why an enrolment comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolProblem {
    /// The name is not one.
    Name,
    /// The name is somebody's.
    NameTaken,
    /// The password is too short.
    TooShort,
    /// The password is too long.
    TooLong,
    /// The password is easily guessed.
    Guessable,
    /// The app shows another code.
    Code,
}

impl EnrolProblem {
    /// The word of its text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameTaken => "name_taken",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Guessable => "guessable",
            Self::Code => "code",
        }
    }
}

/// The enrolment form.
#[derive(Debug, Clone, Serialize)]
pub struct Enrol {
    /// Why it comes back.
    pub problem: Option<EnrolProblem>,
    /// What is wrong with the passkey, in the word of its text.
    pub passkey_problem: Option<&'static str>,
    /// Whether a passkey can be used.
    pub passkeys: bool,
    /// Whose credentials are renewed; none for somebody new.
    pub known: Option<String>,
    /// The name that was typed.
    pub name: String,
    /// What they are, or will be, for.
    pub role: &'static str,
    /// For the app, to type.
    pub key: String,
    /// For the app, to scan: an SVG's address.
    pub code_image: String,
    /// For an app on this very device.
    pub app_url: String,
    /// Goes back with the form.
    pub sealed_key: String,
    /// Where the form goes.
    pub path: String,
}

impl View for Enrol {
    const NAME: &'static str = "enrol";

    fn samples() -> Vec<Self> {
        let plain = Self {
            problem: None,
            passkey_problem: None,
            passkeys: true,
            known: None,
            name: String::new(),
            role: "owner",
            key: "GEZD GNBV".to_owned(),
            code_image: "data:image/svg+xml;base64,PHN2Zy8+".to_owned(),
            app_url: "otpauth://totp/Saoma:ann?secret=GEZDGNBV".to_owned(),
            path: "/enrol/x".to_owned(),
            sealed_key: "v1.k.x".to_owned(),
        };
        let problems = [
            EnrolProblem::Name,
            EnrolProblem::NameTaken,
            EnrolProblem::TooShort,
            EnrolProblem::TooLong,
            EnrolProblem::Guessable,
            EnrolProblem::Code,
        ];
        let back = problems.map(|problem| Self { problem: Some(problem), ..plain.clone() });
        let known = Self { known: Some("ann".to_owned()), role: "support", ..plain.clone() };
        let passkey = Self { passkey_problem: Some("passkey_expired"), ..plain.clone() };
        let without = Self { passkeys: false, ..plain.clone() };
        back.into_iter().chain([plain, known, passkey, without]).collect()
    }
}

/// The recovery codes, shown once.
#[derive(Debug, Clone, Serialize)]
pub struct RecoveryCodes {
    /// As they are to be kept.
    pub codes: Vec<String>,
}

impl View for RecoveryCodes {
    const NAME: &'static str = "recovery_codes";

    fn samples() -> Vec<Self> {
        vec![Self { codes: vec!["abcde-12345".to_owned(), "fghij-67890".to_owned()] }]
    }
}
