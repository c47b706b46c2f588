//! A Login as its browser sees it. Before `confirmed` it learns the stage and nothing of the
//! person (LOG-08); after it, the person's data still goes to the website only.

use crate::http::code::Code;
use crate::http::problem::Codes;
use crate::http::public_state::Public;
use poem_openapi::{Enum, Object, Union};
use saoma_core::login::{Awaiting, Login, Stage};
use saoma_core::provider::Challenge;

/// What every call that shows a Login may answer with.
pub(super) struct ReadCodes;

impl Codes for ReadCodes {
    type Set = Code;
    const OWN: &'static [Code] =
        &[Code::InvalidParameter, Code::CredentialRequired, Code::OriginNotAllowed, Code::UnknownLogin];
}

/// Where a login stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "Stage", rename_all = "snake_case")]
pub(crate) enum StageDto {
    /// Begun; nobody has scanned.
    Pending,
    /// Scanned; the person is asked to confirm.
    Scanned,
    /// Confirmed; fetch the code with `complete`.
    Confirmed,
    /// The website has the user.
    Redeemed,
    /// The person declined.
    Denied,
    /// Time ran out.
    Expired,
    /// The browser cancelled.
    Cancelled,
    /// Two persons scanned the same code.
    Conflict,
    /// The vendor or the server could not finish it.
    Failed,
}

impl From<Stage> for StageDto {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Pending => Self::Pending,
            Stage::Scanned => Self::Scanned,
            Stage::Confirmed => Self::Confirmed,
            Stage::Redeemed => Self::Redeemed,
            Stage::Denied => Self::Denied,
            Stage::Expired => Self::Expired,
            Stage::Cancelled => Self::Cancelled,
            Stage::Conflict => Self::Conflict,
            Stage::Failed => Self::Failed,
        }
    }
}

/// What a login waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "Awaiting", rename_all = "snake_case")]
pub(crate) enum AwaitingDto {
    /// For the code to be scanned.
    Scan,
    /// For the person's decision on the phone.
    Phone,
    /// For the six digits that the phone shows now: post them to `code-back`.
    CodeBack,
}

/// A picture to show; fetch it from `image_url`.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct QrImage {
    /// Absolute address of the picture.
    pub(crate) image_url: String,
    /// Only for a phone's own browser, where the provider has it: opens the vendor's app on this phone, which asks
    /// there as if the code had been scanned. Lead to it by a link that the visitor taps.
    pub(crate) open_url: Option<String>,
}

/// A code to draw from `text`; `image_url` has it drawn already.
#[derive(Debug, Clone, Object)]
pub(crate) struct QrText {
    /// Content of the code.
    pub(crate) text: String,
    /// Absolute address of the picture.
    pub(crate) image_url: String,
}

/// An address the browser goes to.
#[derive(Debug, Clone, Object)]
pub(crate) struct RedirectTo {
    /// The address.
    pub(crate) url: String,
}

/// What the page shows.
#[derive(Debug, Clone, Union)]
#[oai(rename = "Challenge", discriminator_name = "type", one_of, rename_all = "snake_case")]
pub(crate) enum ChallengeDto {
    /// A picture made by the vendor.
    QrImage(QrImage),
    /// A text to draw.
    QrText(QrText),
    /// An address to go to.
    Redirect(RedirectTo),
}

/// A login.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct LoginView {
    /// Its id.
    pub(crate) login_id: String,
    /// Only in the answer to a begin, and only to another origin: keep it, it is this browser's proof.
    pub(crate) browser_secret: Option<String>,
    /// Where it stands.
    pub(crate) stage: StageDto,
    /// What it waits for.
    pub(crate) awaiting: Option<AwaitingDto>,
    /// Grows by one at each change.
    pub(crate) version: i64,
    /// Why it ended, as a stable code.
    pub(crate) reason: Option<String>,
    /// When it ends by itself, RFC 3339.
    #[oai(validator(max_length = 40))]
    pub(crate) expires_at: String,
    /// Seconds until then, by the server's clock.
    pub(crate) expires_in: u64,
    /// What the page shows.
    pub(crate) challenge: ChallengeDto,
    /// Two digits to show, when the phone asks for them: the person sends them in the chat, or finds them among three.
    pub(crate) number: Option<String>,
}

impl LoginView {
    /// The view without the secret.
    pub(crate) fn new(login: &Login, public: &Public) -> Self {
        Self {
            login_id: login.id.to_string(),
            browser_secret: None,
            stage: login.stage.into(),
            awaiting: login.awaiting().map(|awaiting| match awaiting {
                Awaiting::Scan => AwaitingDto::Scan,
                Awaiting::Phone => AwaitingDto::Phone,
                Awaiting::CodeBack => AwaitingDto::CodeBack,
            }),
            version: login.version,
            reason: login.reason.map(|reason| reason.as_str().to_owned()),
            expires_at: login.expires_at.to_rfc3339(),
            expires_in: login.expires_at.seconds_since(public.clock.now()),
            challenge: challenge(login, public),
            number: login.number.map(|number| number.to_string()),
        }
    }
}

fn challenge(login: &Login, public: &Public) -> ChallengeDto {
    let image_url = format!("{}/api/v1/qr/{}", public.settings.public_url, login.image_token);
    match &login.challenge {
        Challenge::QrImage { open_url } => {
            ChallengeDto::QrImage(QrImage { image_url, open_url: open_url.clone() })
        }
        Challenge::QrText { text } => ChallengeDto::QrText(QrText { text: text.clone(), image_url }),
        Challenge::Redirect { url } => ChallengeDto::Redirect(RedirectTo { url: url.clone() }),
    }
}
