//! `POST /api/v1/logins`: a page with an `Origin` of the Client, or the Client's back end.

use super::view::LoginView;
use crate::http::address::client_address;
use crate::http::body::Body;
use crate::http::browser::{name_browser, origin, own_cookie, set_cookie, user_agent};
use crate::http::client_auth::{BasicHeader, basic};
use crate::http::code::Code;
use crate::http::pending::Place;
use crate::http::problem::{Codes, Failure, FieldError, Problem};
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use saoma_core::Secret;
use saoma_core::authorization::Authorization;
use saoma_core::client::Client;
use saoma_core::login::{BeginRequest, Begun, Caller, Requester};
use saoma_core::provider::Assurance;
use std::net::IpAddr;
use std::sync::Arc;

/// Longest `state` and `nonce` (RFC 9700 wants `state` back unchanged; somewhere it must end).
const MAX_STATE_BYTES: usize = 2048;
/// No BCP 47 tag of ours is longer.
const MAX_LOCALE_BYTES: usize = 35;
/// A longer `User-Agent` is nobody's.
const MAX_USER_AGENT_BYTES: usize = 1024;

/// The only PKCE method there is here (RFC 9700 section 2.1.1).
#[derive(Debug, Clone, Copy, Enum)]
enum CodeChallengeMethod {
    /// SHA-256.
    S256,
}

/// The visitor's browser, as a back end saw it.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct BrowserSeen {
    /// The visitor's address.
    ip: Option<String>,
    /// The visitor's `User-Agent`.
    user_agent: Option<String>,
}

/// What begins a login.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct BeginLogin {
    /// The website.
    client_id: String,
    /// The way, by its slug.
    provider: String,
    /// Where the code shall go; one of the client's, byte for byte.
    redirect_uri: Option<String>,
    /// S256 of a verifier the website keeps, base64url without padding.
    code_challenge: String,
    /// `S256`.
    code_challenge_method: CodeChallengeMethod,
    /// Given back unchanged with the code.
    state: Option<String>,
    /// Given back in an id token.
    nonce: Option<String>,
    /// The page's language, e.g. `zh-CN`.
    locale: Option<String>,
    /// Only from a back end: whose browser it is.
    browser: Option<BrowserSeen>,
}

struct BeginCodes;

impl Codes for BeginCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[
        Code::InvalidJson,
        Code::InvalidField,
        Code::UnsupportedMediaType,
        Code::PayloadTooLarge,
        Code::ClientAuthenticationRequired,
        Code::ClientAuthenticationFailed,
        Code::OriginNotAllowed,
        Code::ProviderNotOffered,
        Code::UnknownClient,
        Code::UnknownProvider,
        Code::VendorQuota,
        Code::VendorMisconfigured,
        Code::VendorUnavailable,
        Code::VendorTimeout,
        // A vendor that refuses a proof or a person at this step is told as it is.
        Code::JsCodeInvalid,
        Code::UserRefused,
    ];
}

/// A login has begun.
#[derive(ApiResponse)]
enum BegunResponse {
    /// Show the challenge, then follow the events.
    #[oai(status = 201)]
    Created(
        Json<LoginView>,
        /// Where to read it.
        #[oai(header = "Location")]
        String,
        /// The browser's cookie, on our own pages.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

/// Beginning.
pub(crate) struct BeginApi;

#[OpenApi]
impl BeginApi {
    /// Begin a login
    ///
    /// From a page: the browser's `Origin` must be one of the client's. From a back end (no
    /// `Origin`): HTTP Basic client authentication.
    #[oai(path = "/api/v1/logins", method = "post", operation_id = "begin_login")]
    async fn begin_login(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: Body<BeginLogin>,
    ) -> Result<BegunResponse, Failure<BeginCodes>> {
        let body = body.0;
        let (client, caller) = who_asks(request, &public, &body.client_id)?;
        let requester = requester(request, &public, &caller, body.browser.as_ref())?;
        let address = requester.address.unwrap_or_else(|| client_address(request, &public.settings));
        let place = reserve(&public, &client, address)?;
        check_lengths(&body)?;
        let holder = Holder::of(request, &public, &caller);
        let agent = whole_user_agent(request, &caller, body.browser.as_ref());
        let asked = begin_request(body, client, caller, (requester, agent), holder.secret.clone());
        let begun = begin(&public, place, asked).await?;
        Ok(created(&begun, &public, &holder))
    }
}

/// What a page of ours wants: a Login that answers an authorization, in the browser that brought it.
pub(in crate::http) struct Wanted {
    pub(in crate::http) authorization: Authorization,
    pub(in crate::http) client: Arc<Client>,
    pub(in crate::http) provider: String,
    pub(in crate::http) locale: Option<String>,
    pub(in crate::http) browser_secret: Secret,
}

/// Begins it; counted and limited as any other.
pub(in crate::http) async fn begin_for(
    request: &Request,
    public: &Public,
    wanted: Wanted,
) -> Result<LoginView, Problem> {
    let requester = requester(request, public, &Caller::OwnPage, None)?;
    let address = client_address(request, &public.settings);
    let place = reserve(public, &wanted.client, address)?;
    let Wanted { authorization, client, provider, locale, browser_secret } = wanted;
    let asked = BeginRequest {
        client,
        caller: Caller::OwnPage,
        provider,
        redirect_uri: Some(authorization.request.redirect_uri),
        code_challenge: String::new(),
        authorization: Some(authorization.id),
        at_least: authorization.request.at_least,
        state: None,
        nonce: None,
        locale: locale.filter(|locale| locale.len() <= MAX_LOCALE_BYTES && !locale.contains('\0')),
        requester,
        user_agent: whole_user_agent(request, &Caller::OwnPage, None),
        browser_secret,
    };
    Ok(LoginView::new(&begin(public, place, asked).await?.login, public))
}

fn reserve<'a>(public: &'a Public, client: &Client, address: IpAddr) -> Result<Place<'a>, Problem> {
    public.limits.begin(client.id.as_str(), address)?;
    let place = public.pending.reserve(address, public.clock.now());
    place.ok_or_else(|| Problem::wait(Code::RateLimited, 10))
}

async fn begin(public: &Public, place: Place<'_>, asked: BeginRequest) -> Result<Begun, Problem> {
    let begun = public.logins.begin(asked).await.map_err(Problem::from)?;
    place.began(&begun.login.id, begun.login.expires_at);
    Ok(begun)
}

/// What the browser will prove itself with, and how it is told.
struct Holder {
    secret: Secret,
    own_page: bool,
}

impl Holder {
    fn of(request: &Request, public: &Public, caller: &Caller) -> Self {
        let own_page = *caller == Caller::OwnPage;
        let held = own_page.then(|| own_cookie(request, public)).flatten();
        Self { secret: held.unwrap_or_else(|| Secret::generate(&*public.entropy)), own_page }
    }
}

fn created(begun: &Begun, public: &Public, holder: &Holder) -> BegunResponse {
    let mut view = LoginView::new(&begun.login, public);
    if !holder.own_page {
        view.browser_secret = Some(holder.secret.expose().to_owned());
    }
    // Also to a browser that has it: it must outlive this Login as well.
    let cookie = holder.own_page.then(|| set_cookie(&public.settings, &holder.secret));
    let location = format!("{}/api/v1/logins/{}", public.settings.public_url, begun.login.id);
    BegunResponse::Created(Json(view), location, cookie)
}

/// The client and who speaks for it: a browser says its `Origin`, a back end its secret.
fn who_asks(request: &Request, public: &Public, client_id: &str) -> Result<(Arc<Client>, Caller), Problem> {
    let find = || public.logins.find_client(client_id).ok_or_else(|| Problem::from(Code::UnknownClient));
    match origin(request) {
        Some(origin) if origin == public.settings.public_url => Ok((find()?, Caller::OwnPage)),
        Some(origin) => Ok((find()?, Caller::Page { origin })),
        None => match basic(request) {
            BasicHeader::Absent => Err(Code::ClientAuthenticationRequired.into()),
            BasicHeader::Unusable => Err(Code::ClientAuthenticationFailed.into()),
            BasicHeader::Present(credentials) => {
                let client =
                    credentials.authenticate(&public.logins).map_err(|_| Code::ClientAuthenticationFailed)?;
                let same = client.id.as_str() == client_id;
                if same {
                    Ok((client, Caller::BackEnd))
                } else {
                    Err(Code::ClientAuthenticationFailed.into())
                }
            }
        },
    }
}

fn requester(
    request: &Request,
    public: &Public,
    caller: &Caller,
    seen: Option<&BrowserSeen>,
) -> Result<Requester, Problem> {
    match (caller, seen) {
        (Caller::BackEnd, seen) => requester_of_back_end(seen),
        (_, Some(_)) => Err(Problem::field("/browser", "only a back end may say whose browser it is")),
        (_, None) => Ok(Requester {
            address: Some(client_address(request, &public.settings)),
            browser: user_agent(request).and_then(name_browser),
            region: None,
        }),
    }
}

/// The visitor's `User-Agent`, for plugins whose vendor has a browser of its own.
fn whole_user_agent(request: &Request, caller: &Caller, seen: Option<&BrowserSeen>) -> Option<String> {
    let agent = match caller {
        Caller::BackEnd => seen.and_then(|seen| seen.user_agent.as_deref()),
        Caller::OwnPage | Caller::Page { .. } => user_agent(request),
    };
    agent.filter(|agent| agent.len() <= MAX_USER_AGENT_BYTES).map(str::to_owned)
}

/// A back end's own address says nothing about its visitor, so it is not used.
fn requester_of_back_end(seen: Option<&BrowserSeen>) -> Result<Requester, Problem> {
    let Some(seen) = seen else { return Ok(Requester::default()) };
    let address = seen.ip.as_deref().map(str::parse::<IpAddr>).transpose();
    Ok(Requester {
        address: address.map_err(|_| Problem::field("/browser/ip", "must be an IPv4 or IPv6 address"))?,
        browser: seen.user_agent.as_deref().and_then(name_browser),
        region: None,
    })
}

fn check_lengths(body: &BeginLogin) -> Result<(), Problem> {
    let long = |text: &Option<String>, most: usize| {
        text.as_ref().is_some_and(|t| t.len() > most || t.contains('\0'))
    };
    let fields = [
        ("/state", &body.state, MAX_STATE_BYTES),
        ("/nonce", &body.nonce, MAX_STATE_BYTES),
        ("/locale", &body.locale, MAX_LOCALE_BYTES),
    ];
    let errors: Vec<_> = fields
        .into_iter()
        .filter(|(_, text, most)| long(text, *most))
        .map(|(pointer, _, most)| {
            FieldError::new(pointer, format!("must be at most {most} bytes without NUL"))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
}

fn begin_request(
    body: BeginLogin,
    client: Arc<Client>,
    caller: Caller,
    (requester, user_agent): (Requester, Option<String>),
    browser_secret: Secret,
) -> BeginRequest {
    BeginRequest {
        client,
        caller,
        provider: body.provider,
        redirect_uri: body.redirect_uri,
        code_challenge: body.code_challenge,
        authorization: None,
        at_least: Assurance::ScanOnly,
        state: body.state,
        nonce: body.nonce,
        locale: body.locale,
        requester,
        user_agent,
        browser_secret,
    }
}
