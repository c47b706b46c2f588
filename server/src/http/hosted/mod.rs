//! Where websites send browsers: to ask for somebody (`request.rs`), or to log them out (`logout.rs`). And
//! `/login/{authorization}`: our own login page. It shows the ways to log in, asks for consent, and sends the
//! browser on to the website.
//!
//! A GET goes as far as it can: whoever is logged in and has consented is not shown anything. Only the browser
//! that brought the request gets anywhere; in another one the request begins from the beginning. The same question
//! for a Login of our own API is in `asks.rs`.

mod asks;
mod cookies;
mod device;
mod leave;
mod logout;
mod page;
mod request;

pub(super) use asks::{answer_asks, show_asks};
pub(super) use cookies::{browser, ended_session_cookie};
pub(super) use device::{ask_code, device_done, take_code};
pub(super) use logout::log_out;
pub(super) use request::authorize;

use super::address::client_address;
use super::browser::{origin, set_cookie};
use super::callback::see_other;
use super::code::Code;
use super::login::{Wanted, begin_for};
use super::pages::{Language, Mentioned, Notice};
use super::parameters;
use super::problem::Problem;
use super::public_state::Public;
use bytes::Bytes;
use cookies::session_cookie;
use leave::leave;
use page::{ChoosePage, ConsentPage, NotExpectedPage, back_to};
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::web::{Data, Path};
use poem::{IntoResponse as _, Request, Response, handler};
use poem_openapi::types::ToJSON as _;
use saoma_core::StoreError;
use saoma_core::authorization::{Authorization, Browser, OpenError, Opened, Step};
use saoma_core::id::AuthorizationId;
use saoma_core::user::Face;
use serde::Deserialize;
use std::sync::Arc;

/// Where the page of an authorization is.
pub(super) fn login_address(id: &AuthorizationId) -> String {
    format!("/login/{id}")
}

/// One request to the page.
struct Visit<'a> {
    request: &'a Request,
    public: &'a Arc<Public>,
    language: Language,
    browser: Browser,
}

/// Shows what is next.
#[handler]
pub(super) async fn show(
    request: &Request,
    Data(public): Data<&Arc<Public>>,
    Path(id): Path<String>,
) -> Response {
    let visit = Visit::new(request, public);
    let opened = match visit.check(&id) {
        // A look at the head must not use up what the person confirmed.
        Ok(_) if request.method() == Method::HEAD => Err(Code::MethodNotAllowed.into()),
        checked => checked,
    };
    match opened {
        Ok(id) => match public.openid.authorizations.open(&id, &visit.browser).await {
            Ok(opened) => match visit.opened(&opened).await {
                Ok(response) => response,
                Err(error) => visit.problem(&error.into()),
            },
            Err(error) => visit.refuse(error).await,
        },
        Err(problem) => visit.problem(&problem),
    }
}

/// Carries out what the person pressed.
#[handler]
pub(super) async fn decide(
    request: &Request,
    body: Bytes,
    Data(public): Data<&Arc<Public>>,
    Path(id): Path<String>,
) -> Response {
    let visit = Visit::new(request, public);
    match visit.check(&id) {
        Ok(id) => visit.decide(&id, &body).await,
        Err(problem) => visit.problem(&problem),
    }
}

/// What the page's script asks for to begin a Login.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    provider: String,
    locale: Option<String>,
}

/// Begins a Login for the authorization.
#[handler]
pub(super) async fn start(
    request: &Request,
    body: Bytes,
    Data(public): Data<&Arc<Public>>,
    Path(id): Path<String>,
) -> Response {
    let visit = Visit::new(request, public);
    visit.start(&id, &body).await.unwrap_or_else(Problem::into_response)
}

impl<'a> Visit<'a> {
    fn new(request: &'a Request, public: &'a Arc<Public>) -> Self {
        let browser = browser(request, public);
        Self { request, public, language: Language::of(request), browser }
    }

    fn check(&self, id: &str) -> Result<AuthorizationId, Problem> {
        let address = client_address(self.request, &self.public.settings);
        self.public.limits.check_guesser(address, self.public.clock.now())?;
        self.public.limits.read(address)?;
        id.parse().map_err(|_| Code::NotFound.into())
    }

    async fn opened(&self, opened: &Opened) -> Result<Response, StoreError> {
        let language = self.language_of(&opened.authorization);
        let mut response = match &opened.step {
            Step::Choose => {
                let agent = self.request.header(header::USER_AGENT).unwrap_or_default();
                ChoosePage::new(opened, agent, self.public).render(self.public, language)
            }
            Step::Consent(csrf) => {
                let face = self.face(&opened.authorization).await?;
                ConsentPage::new(opened, (csrf, face), self.public).render(self.public, language)
            }
            Step::NotExpected(csrf) => {
                let face = self.face(&opened.authorization).await?;
                NotExpectedPage::new(opened, (csrf, face), self.public).render(self.public, language)
            }
            Step::Leave(answer) => leave(self.public, language, answer),
        };
        if let Some(secret) = &opened.session {
            let seconds = i64::from(self.public.openid.sessions.rules().absolute);
            let cookie = session_cookie(&self.public.settings, secret, seconds);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    /// Who is logged in here.
    async fn face(&self, authorization: &Authorization) -> Result<Option<Face>, StoreError> {
        let Some(by) = &authorization.signed_on else { return Ok(None) };
        self.public.people.find_face(&by.user).await
    }

    fn language_of(&self, authorization: &Authorization) -> Language {
        self.language.wanted(authorization.request.locale.as_deref())
    }

    async fn decide(&self, id: &AuthorizationId, body: &[u8]) -> Response {
        if origin(self.request).as_ref() != Some(&self.public.settings.public_url) {
            return self.say(Notice::Refused, StatusCode::FORBIDDEN);
        }
        let Ok(form) = parameters::parse(body) else {
            return self.say(Notice::Refused, StatusCode::BAD_REQUEST);
        };
        let csrf = form.get("csrf").map(String::as_str).unwrap_or_default();
        let authorizations = &self.public.openid.authorizations;
        let done = match form.get("decision").map(String::as_str) {
            Some("allow") => authorizations.decide(id, &self.browser, (csrf, true)).await,
            Some("deny") => authorizations.decide(id, &self.browser, (csrf, false)).await,
            Some("other") => {
                let found = authorizations.find(id, &self.browser).await;
                return match found {
                    Ok((authorization, _)) => self.begin_again(authorization.for_somebody_else()).await,
                    Err(error) => self.refuse(error).await,
                };
            }
            Some("leave") => authorizations.turn_back(id, &self.browser, csrf).await.map(Some),
            Some("cancel") => authorizations.cancel(id, &self.browser).await.map(Some),
            _ => return self.say(Notice::Refused, StatusCode::BAD_REQUEST),
        };
        match done {
            Ok(Some(answer)) => leave(self.public, self.language, &answer),
            Ok(None) => see_other(&login_address(id)),
            Err(error) => self.refuse(error).await,
        }
    }

    async fn start(&self, id: &str, body: &[u8]) -> Result<Response, Problem> {
        let id = self.check(id)?;
        if origin(self.request).as_ref() != Some(&self.public.settings.public_url) {
            return Err(Code::OriginNotAllowed.into());
        }
        let wish: Wish = serde_json::from_slice(body).map_err(|_| Problem::from(Code::InvalidJson))?;
        let found = self.public.openid.authorizations.find(&id, &self.browser).await;
        let (authorization, client) = found.map_err(|error| match error {
            OpenError::Store(error) => error.into(),
            _ => Problem::from(Code::UnknownLogin),
        })?;
        let wanted = Wanted {
            authorization,
            client,
            provider: wish.provider,
            locale: wish.locale,
            browser_secret: self.browser.secret.clone(),
        };
        let view = begin_for(self.request, self.public, wanted).await?;
        let response = Response::builder().status(StatusCode::CREATED).content_type("application/json");
        // It must outlive this Login as well.
        let response =
            response.header(header::SET_COOKIE, set_cookie(&self.public.settings, &self.browser.secret));
        Ok(response.body(view.to_json_string()))
    }

    async fn refuse(&self, error: OpenError) -> Response {
        match error {
            OpenError::Unknown => self.unknown(),
            OpenError::Over(authorization) => self.over(&authorization),
            OpenError::Forged(authorization) => {
                let language = self.language_of(&authorization);
                self.public.pages.notice(language, Notice::Refused, StatusCode::FORBIDDEN)
            }
            // The code was typed in the browser that it began in.
            OpenError::OtherBrowser(authorization) if authorization.request.user_code.is_some() => {
                see_other("/device")
            }
            OpenError::OtherBrowser(authorization) => self.begin_again(*authorization).await,
            OpenError::Store(error) => self.problem(&error.into()),
        }
    }

    /// The website has its answer, or nobody logged in in time: whatever is next begins there.
    fn over(&self, authorization: &Authorization) -> Response {
        let answered = authorization.redeemed_at.is_some();
        let notice = if answered { Notice::AnsweredBefore } else { Notice::RequestOver };
        let client = self.public.logins.find_client(authorization.request.client.as_str());
        let back = client.and_then(|client| back_to(&client, &authorization.request));
        let mentioned = Mentioned { back, ..Mentioned::default() };
        let language = self.language_of(authorization);
        self.public.pages.notice_with(language, notice, StatusCode::GONE, &mentioned)
    }

    /// The same request in this browser; a row of its own, and counted like the first.
    async fn begin_again(&self, authorization: Authorization) -> Response {
        let language = self.language_of(&authorization);
        let refuse = |problem: &Problem| self.public.pages.problem_in(language, problem);
        let address = client_address(self.request, &self.public.settings);
        if let Err(problem) = self.public.limits.begin(authorization.request.client.as_str(), address) {
            return refuse(&problem);
        }
        match self.public.openid.authorizations.begin_again(authorization, &self.browser).await {
            Ok(id) => self.to_page_of(&id),
            Err(error) => refuse(&error.into()),
        }
    }

    fn to_page_of(&self, id: &AuthorizationId) -> Response {
        let mut response = see_other(&login_address(id));
        let cookie = HeaderValue::try_from(set_cookie(&self.public.settings, &self.browser.secret));
        if let Ok(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn say(&self, notice: Notice, status: StatusCode) -> Response {
        self.public.pages.notice(self.language, notice, status)
    }

    fn problem(&self, problem: &Problem) -> Response {
        self.public.pages.problem_in(self.language, problem)
    }

    /// An id that leads nowhere is a guess.
    fn unknown(&self) -> Response {
        let address = client_address(self.request, &self.public.settings);
        match self.public.limits.missed(address, self.public.clock.now()) {
            Ok(()) => self.say(Notice::NotFound, StatusCode::NOT_FOUND),
            Err(problem) => self.problem(&problem),
        }
    }
}
