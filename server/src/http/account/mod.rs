//! `/account…`: a person's own page. What they are, where they are known, where they are logged in; and the
//! pages that ask before something is changed.
//!
//! A GET changes nothing. A POST comes from our own page, with a value that only this session's pages hold.
//! Whoever is not logged in, or must prove it anew, is asked at our login page and comes back to where they were.

mod act;
mod names;
mod page;
mod place;
mod step;
mod when;

use super::address::client_address;
use super::browser::set_cookie;
use super::callback::see_other;
use super::code::Code;
use super::hosted::{browser, login_address};
use super::pages::{Language, Notice};
use super::problem::Problem;
use super::public_state::Public;
use bytes::Bytes;
use page::AccountPage;
use place::Place;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_core::authorization::{Browser, OwnAsk};
use saoma_core::user::admin::{UserError, UserRefusal};
use saoma_core::user::own::{Proven, Visit};
use std::net::IpAddr;
use std::sync::Arc;

/// What counts as a website for the limits of begins.
const ASKER: &str = "(account)";

/// One request to the page.
struct Guest<'a> {
    request: &'a Request,
    public: &'a Arc<Public>,
    language: Language,
    browser: Browser,
    address: IpAddr,
}

/// Shows a page.
#[handler]
pub(super) async fn show(request: &Request, Data(public): Data<&Arc<Public>>) -> Response {
    let guest = Guest::new(request, public);
    guest.show().await.unwrap_or_else(|problem| guest.problem(&problem))
}

/// Does what a form of it asks for.
#[handler]
pub(super) async fn decide(request: &Request, body: Bytes, Data(public): Data<&Arc<Public>>) -> Response {
    let guest = Guest::new(request, public);
    guest.act(&body).await.unwrap_or_else(|problem| guest.problem(&problem))
}

impl<'a> Guest<'a> {
    fn new(request: &'a Request, public: &'a Arc<Public>) -> Self {
        let (language, browser) = (Language::of(request), browser(request, public));
        Self { request, public, language, browser, address: client_address(request, &public.settings) }
    }

    fn place(&self) -> Result<Place, Problem> {
        self.public.limits.read(self.address)?;
        let path = self.request.uri().path();
        let place = path.strip_prefix("/account").and_then(Place::parse);
        place.ok_or_else(|| Code::NotFound.into())
    }

    async fn show(&self) -> Result<Response, Problem> {
        // Whoever is not known is asked for, and that is a row.
        if self.request.method() == Method::HEAD {
            return Err(Code::MethodNotAllowed.into());
        }
        let place = self.place()?;
        if place.wants_proof() {
            return self.step(&place).await;
        }
        match self.enter().await? {
            None => self.ask(&Place::Overview).await,
            Some(visit) if place == Place::Overview => self.overview(&visit).await,
            // What only a form leads to.
            Some(_) => Ok(see_other("/account")),
        }
    }

    async fn enter(&self) -> Result<Option<Visit>, Problem> {
        Ok(self.public.own.enter(&self.browser, Some(self.address)).await?)
    }

    async fn prove(&self) -> Result<Option<Proven>, Problem> {
        Ok(self.public.own.prove(&self.browser, Some(self.address)).await?)
    }

    async fn overview(&self, visit: &Visit) -> Result<Response, Problem> {
        let account = match self.public.own.account(visit).await {
            Ok(account) => account,
            Err(UserError::Store(error)) => return Err(error.into()),
            Err(UserError::Refused(refusal)) => return Ok(self.gone(&refusal)),
        };
        let said = self.request.uri().query().and_then(|query| query.strip_prefix("said="));
        Ok(AccountPage::new(&account, visit, self.public, self.language, said)
            .render(self.public, self.language))
    }

    /// Between two looks the User went, or became part of another.
    fn gone(&self, refusal: &UserRefusal) -> Response {
        match refusal {
            UserRefusal::NotFound => self.say(Notice::NotFound, StatusCode::NOT_FOUND),
            _ => see_other("/account"),
        }
    }

    /// The person logs in, or proves it again, and goes on at that place.
    async fn ask(&self, place: &Place) -> Result<Response, Problem> {
        self.public.limits.begin(ASKER, self.address)?;
        let ask = OwnAsk { place: place.path(), fresh: place.wants_proof() };
        let id = self.public.openid.authorizations.ask_who(&ask, &self.browser).await?;
        let mut response = see_other(&login_address(&id));
        let cookie = HeaderValue::try_from(set_cookie(&self.public.settings, &self.browser.secret));
        if let Ok(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    fn say(&self, notice: Notice, status: StatusCode) -> Response {
        self.public.pages.notice(self.language, notice, status)
    }

    fn problem(&self, problem: &Problem) -> Response {
        self.public.pages.problem_in(self.language, problem)
    }
}
