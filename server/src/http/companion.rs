//! The phone-side page of a mini-program: scan, confirm, deny.
//!
//! It is no browser: no Origin, no cookie. Who it speaks for is proven by the vendor, once, at
//! the scan; after that its companion token is everything.

use super::address::client_address;
use super::body::Body;
use super::code::Code;
use super::login::logo_url;
use super::problem::{Codes, Failure, Problem};
use super::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use saoma_core::Secret;
use saoma_core::login::{CompanionError, Decided, Decision, Scanned};
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
    /// Where it is, when that is known.
    region: Option<String>,
    /// Browser and system.
    browser: Option<String>,
    /// How long ago the code was made.
    age_seconds: u64,
}

/// What the page shows.
#[derive(Debug, Object)]
struct ScanReply {
    /// Confirm or deny with this.
    companion_token: String,
    /// The website.
    client: AskingClient,
    /// The browser.
    requester: AskingBrowser,
}

/// The person's yes.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ConfirmBody {
    /// From the scan.
    companion_token: String,
    /// A name the person typed.
    nickname: Option<String>,
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

/// How it stands now.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Decided", rename_all = "snake_case")]
enum DecidedDto {
    /// Logged in.
    Confirmed,
    /// Declined.
    Denied,
}

impl From<Decided> for DecidedDto {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Confirmed => Self::Confirmed,
            Decided::Denied => Self::Denied,
        }
    }
}

/// The answer to a decision.
#[derive(Debug, Object)]
struct DecisionReply {
    /// The login's stage, as far as the phone is concerned.
    stage: DecidedDto,
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
        Ok(Json(scan_reply(&scanned, &public)))
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
        let decision = Decision::Confirm { nickname: body.nickname };
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
    Ok(Json(DecisionReply { stage: decided.into() }))
}

fn scan_reply(scanned: &Scanned, public: &Public) -> ScanReply {
    ScanReply {
        companion_token: scanned.companion_token.expose().to_owned(),
        client: AskingClient {
            name: scanned.client.name.clone(),
            domain: scanned.domain.clone(),
            logo_url: logo_url(&scanned.client, public),
        },
        requester: AskingBrowser {
            region: scanned.requester.region.clone(),
            browser: scanned.requester.browser.clone(),
            age_seconds: scanned.age_seconds,
        },
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
        CompanionError::Ended(_) | CompanionError::TooManyScans { .. } | CompanionError::Store(_) => false,
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
