//! Reading, cancelling and completing a Login, by the browser that began it.

use super::view::{LoginView, ReadCodes};
use crate::http::address::client_address;
use crate::http::body::Body;
use crate::http::code::Code;
use crate::http::problem::{Codes, Failure, Problem};
use crate::http::public_state::Public;
use crate::http::shared::{holder, login_id};
use poem::Request;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use saoma_core::login::Completed;
use std::sync::Arc;

/// Longest long poll, below the usual 30 s of proxies.
const MAX_WAIT_SECONDS: u32 = 25;

struct CodeBackCodes;

impl Codes for CodeBackCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[
        Code::InvalidJson,
        Code::InvalidField,
        Code::UnsupportedMediaType,
        Code::PayloadTooLarge,
        Code::CredentialRequired,
        Code::OriginNotAllowed,
        Code::UnknownLogin,
        Code::DigitsNotAwaited,
        Code::WrongDigits,
    ];
}

/// What the person read on the phone.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct DigitsBody {
    /// Six digits.
    digits: String,
}

struct CompleteCodes;

impl Codes for CompleteCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[
        Code::CredentialRequired,
        Code::OriginNotAllowed,
        Code::UnknownLogin,
        Code::LoginNotConfirmed,
        Code::AnsweredByRedirect,
    ];
}

#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum CompletionType {
    /// A code for the website.
    Code,
    /// It goes on at a page of ours: the login answers an OpenID Connect request, or nothing on the phone asked the
    /// person by name of the website.
    Interaction,
}

/// What takes the user to the website.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct Completion {
    /// `code`, or `interaction`.
    #[oai(rename = "type")]
    kind: CompletionType,
    /// The authorization code; valid once, for a minute at most. None with an interaction.
    code: Option<String>,
    /// Where the browser goes: with the code, if the website named an address, or to the interaction.
    redirect_to: Option<String>,
}

impl From<Completed> for Completion {
    fn from(completed: Completed) -> Self {
        match completed {
            Completed::Code { code, redirect_to } => Self {
                kind: CompletionType::Code,
                code: Some(code.expose().to_owned()),
                redirect_to: redirect_to.map(|to| to.expose().to_owned()),
            },
            Completed::Interaction { redirect_to } => Self {
                kind: CompletionType::Interaction,
                code: None,
                redirect_to: Some(redirect_to.expose().to_owned()),
            },
        }
    }
}

/// Reading and ending.
pub(crate) struct WatchApi;

#[OpenApi]
impl WatchApi {
    /// Read a login
    ///
    /// With `after_version` and `wait` the answer comes as soon as the version is higher, or with
    /// what is when the wait is over.
    #[oai(path = "/api/v1/logins/:login_id", method = "get", operation_id = "read_login")]
    async fn read_login(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        login_id: Path<String>,
        after_version: Query<Option<i64>>,
        wait: Query<Option<u32>>,
    ) -> Result<Json<LoginView>, Failure<ReadCodes>> {
        let credential = holder(request, &public)?;
        let id = self::login_id(&login_id)?;
        let login = public.logins.find(&id, &credential).await.map_err(Problem::from)?;
        let after = after_version.0.unwrap_or(0);
        let seconds = wait.0.unwrap_or(0).min(MAX_WAIT_SECONDS);
        if seconds == 0 || login.version > after || login.stage.is_end() {
            return Ok(Json(LoginView::new(&login, &public)));
        }
        let _place = public.limits.open_stream(client_address(request, &public.settings))?;
        let until = public.clock.now().plus_seconds(i64::from(seconds));
        let stopping = public.stopping();
        tokio::select! {
            changed = public.logins.find_changed(&id, &credential, after, until) => {
                Ok(Json(LoginView::new(&changed.map_err(Problem::from)?, &public)))
            }
            () = stopping.cancelled() => Ok(Json(LoginView::new(&login, &public))),
        }
    }

    /// Cancel a login
    ///
    /// May be repeated; a login that is over stays as it is.
    #[oai(path = "/api/v1/logins/:login_id/cancel", method = "post", operation_id = "cancel_login")]
    async fn cancel_login(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        login_id: Path<String>,
    ) -> Result<Json<LoginView>, Failure<ReadCodes>> {
        let credential = holder(request, &public)?;
        let id = self::login_id(&login_id)?;
        let login = public.logins.cancel(&id, &credential).await.map_err(Problem::from)?;
        Ok(Json(LoginView::new(&login, &public)))
    }

    /// Give back the digits that the phone shows
    ///
    /// While `awaiting` is `code_back`. The right ones confirm; three wrong ones end the login, as the answer to the
    /// third says.
    #[oai(path = "/api/v1/logins/:login_id/code-back", method = "post", operation_id = "give_digits_back")]
    async fn give_digits_back(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        login_id: Path<String>,
        body: Body<DigitsBody>,
    ) -> Result<Json<LoginView>, Failure<CodeBackCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let credential = holder(request, &public)?;
        let id = self::login_id(&login_id)?;
        let login = public.logins.code_back(&id, &credential, body.0.digits.trim()).await;
        Ok(Json(LoginView::new(&login.map_err(Problem::from)?, &public)))
    }

    /// Fetch the code of a confirmed login
    ///
    /// May be repeated; each code makes the one before void. Where a scan was enough, and the person never allowed
    /// this website to know who they are, there is an `interaction` instead, if the website named an address: the
    /// browser goes to `redirect_to`, where they are asked, and comes to the website's address with a code or with
    /// `access_denied`.
    #[oai(path = "/api/v1/logins/:login_id/complete", method = "post", operation_id = "complete_login")]
    async fn complete_login(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        login_id: Path<String>,
    ) -> Result<Json<Completion>, Failure<CompleteCodes>> {
        let credential = holder(request, &public)?;
        let id = self::login_id(&login_id)?;
        let completed = public.logins.complete(&id, &credential).await.map_err(Problem::from)?;
        Ok(Json(completed.into()))
    }
}
