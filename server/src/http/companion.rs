//! The phone-side page of a mini-program: scan, confirm, deny, and taking it back.
//!
//! It is no browser: no Origin, no cookie. Who it speaks for is proven by the vendor, once, at
//! the scan; after that its companion token is everything.

use super::address::client_address;
use super::body::Body;
use super::code::Code;
use super::login::logo_url;
use super::pages::Language;
use super::problem::{Codes, Failure, Problem};
use super::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use saoma_core::Secret;
use saoma_core::login::{CompanionError, Decided, Decision, Reason, Scanned};
use saoma_core::provider::Kind;
use std::sync::Arc;

struct ScanCodes;

impl Codes for ScanCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[
        Code::InvalidJson,
        Code::InvalidField,
        Code::UnsupportedMediaType,
        Code::PayloadTooLarge,
        Code::UnknownScene,
        Code::UnknownCompanionToken,
        Code::LoginEnded,
        Code::JsCodeInvalid,
        Code::UserRefused,
        Code::VendorQuota,
        Code::VendorMisconfigured,
        Code::VendorUnavailable,
        Code::VendorTimeout,
    ];
}

/// What the page read and proves.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ScanBody {
    /// The scene from the launch query, decoded once.
    scene: String,
    /// What `wx.login` gave.
    js_code: String,
}

/// The website that asks.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AskingClient {
    /// What visitors read.
    name: String,
    /// The host to recognise.
    domain: String,
    /// Absolute address of its picture.
    logo_url: Option<String>,
}

/// The browser that asks.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AskingBrowser {
    /// The country or territory where it is, in the phone's language; when that is known.
    region: Option<String>,
    /// Browser and system.
    browser: Option<String>,
    /// How long ago the code was made.
    age_seconds: u64,
}

/// What the page shows.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ScanReply {
    /// Confirm or deny with this.
    companion_token: String,
    /// The website.
    client: AskingClient,
    /// The browser.
    requester: AskingBrowser,
    /// Three numbers, one of which the website's page shows: the person chooses it before they confirm. There is one
    /// try.
    numbers: Option<Vec<String>>,
}

/// The person's yes.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ConfirmBody {
    /// From the scan.
    companion_token: String,
    /// A name the person typed.
    nickname: Option<String>,
    /// The number the person chose, where the scan offered three.
    number: Option<String>,
}

/// The person's no.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct DenyBody {
    /// From the scan.
    companion_token: String,
    /// Whether the person says that somebody tries to trick them.
    report: Option<bool>,
}

/// The person takes a login back.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NotMeBody {
    /// From the scan.
    companion_token: String,
}

/// How it stands now.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Decided", rename_all = "snake_case")]
enum DecidedDto {
    /// Consented; the browser has yet to give the digits back.
    Scanned,
    /// Logged in.
    Confirmed,
    /// Declined, or the number was wrong, or it was taken back.
    Denied,
}

/// The answer to a decision.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct DecisionReply {
    /// The login's stage, as far as the phone is concerned.
    stage: DecidedDto,
    /// Why it was denied although the person did not decline: `wrong_number`, or `disowned`.
    reason: Option<String>,
    /// Six digits to show: the person types them into the website's page.
    digits: Option<String>,
}

impl From<Decided> for DecisionReply {
    fn from(decided: Decided) -> Self {
        let plain = |stage| Self { stage, reason: None, digits: None };
        let denied =
            |reason: Reason| Self { reason: Some(reason.as_str().to_owned()), ..plain(DecidedDto::Denied) };
        match decided {
            Decided::Confirmed => plain(DecidedDto::Confirmed),
            Decided::Denied => plain(DecidedDto::Denied),
            Decided::WrongNumber => denied(Reason::WrongNumber),
            Decided::Disowned => denied(Reason::Disowned),
            Decided::CodeBack(digits) => {
                Self { digits: Some(digits.to_string()), ..plain(DecidedDto::Scanned) }
            }
        }
    }
}

/// The companion.
pub(crate) struct CompanionApi;

#[OpenApi]
impl CompanionApi {
    /// The page was opened on a code
    #[oai(path = "/api/v1/companion/scan", method = "post", operation_id = "companion_scan")]
    async fn companion_scan(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: Body<ScanBody>,
    ) -> Result<Json<ScanReply>, Failure<ScanCodes>> {
        check_not_shut_out(request, &public)?;
        let scanned = public.logins.scan(&body.0.scene, Secret::new(body.0.js_code.as_str())).await;
        let scanned = scanned.map_err(|error| refused(error, request, &public))?;
        let language = Language::of_either(request, scanned.locale.as_deref());
        Ok(Json(scan_reply(&scanned, &public, language)))
    }

    /// The person confirms
    #[oai(path = "/api/v1/companion/confirm", method = "post", operation_id = "companion_confirm")]
    async fn companion_confirm(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: Body<ConfirmBody>,
    ) -> Result<Json<DecisionReply>, Failure<ScanCodes>> {
        let body = body.0;
        let number = body.number.as_deref().map(str::parse).transpose();
        let number = number.map_err(|_| Problem::field("/number", "is not two digits"))?;
        let decision = Decision::Confirm { nickname: body.nickname, number };
        Ok(decide(request, &public, &body.companion_token, &decision).await?)
    }

    /// The person declines
    #[oai(path = "/api/v1/companion/deny", method = "post", operation_id = "companion_deny")]
    async fn companion_deny(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: Body<DenyBody>,
    ) -> Result<Json<DecisionReply>, Failure<ScanCodes>> {
        let decision = Decision::Deny { reported: body.0.report.unwrap_or(false) };
        Ok(decide(request, &public, &body.0.companion_token, &decision).await?)
    }

    /// The person says afterwards that it was not them
    ///
    /// What came of the login ends at once: its code, its tokens, the session it began. May be repeated.
    #[oai(path = "/api/v1/companion/not-me", method = "post", operation_id = "companion_not_me")]
    async fn companion_not_me(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: Body<NotMeBody>,
    ) -> Result<Json<DecisionReply>, Failure<ScanCodes>> {
        Ok(decide(request, &public, &body.0.companion_token, &Decision::Disown).await?)
    }
}

async fn decide(
    request: &Request,
    public: &Public,
    token: &str,
    decision: &Decision,
) -> Result<Json<DecisionReply>, Problem> {
    check_not_shut_out(request, public)?;
    let decided = public.logins.decide(&Secret::new(token), decision).await;
    let decided = decided.map_err(|error| refused(error, request, public))?;
    Ok(Json(decided.into()))
}

fn scan_reply(scanned: &Scanned, public: &Public, language: Language) -> ScanReply {
    ScanReply {
        companion_token: scanned.companion_token.expose().to_owned(),
        client: AskingClient {
            name: scanned.client.name.clone(),
            domain: scanned.domain.clone(),
            logo_url: logo_url(&scanned.client, public),
        },
        requester: AskingBrowser {
            region: scanned.requester.region.map(|region| language.read(region.name()).to_owned()),
            browser: scanned.requester.browser.clone(),
            age_seconds: scanned.age_seconds,
        },
        numbers: scanned.numbers.map(|numbers| numbers.map(|number| number.to_string()).to_vec()),
    }
}

/// Whoever guessed too often waits, before the database or the vendor is asked for them.
fn check_not_shut_out(request: &Request, public: &Public) -> Result<(), Problem> {
    public.limits.check_guesser(client_address(request, &public.settings), public.clock.now())
}

/// A guess that hits nothing is counted, and so is a proof the vendor does not know: each of those
/// costs a call there. Too many, and the guesser learns nothing more.
fn refused(error: CompanionError, request: &Request, public: &Public) -> Problem {
    let missed = match &error {
        CompanionError::UnknownScene | CompanionError::UnknownToken => true,
        CompanionError::Vendor(error) => error.kind == Kind::ProofInvalid,
        CompanionError::Ended(_)
        | CompanionError::NumberMissing
        | CompanionError::TooManyScans { .. }
        | CompanionError::Store(_) => false,
    };
    let counted = if missed {
        public.limits.missed(client_address(request, &public.settings), public.clock.now())
    } else {
        Ok(())
    };
    match counted {
        Ok(()) => error.into(),
        Err(limited) => limited,
    }
}
