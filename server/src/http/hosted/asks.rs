//! `/consent/{secret}`: asks whoever logged in by our own API, where nothing on the phone asked them by name of the
//! website. `complete` leads here; the secret in the address stands in the code's place.
//!
//! A GET changes nothing. A POST decides, from our own page only.

use super::page::ConsentPage;
use crate::http::address::client_address;
use crate::http::browser::origin;
use crate::http::callback::see_other;
use crate::http::pages::{Language, Notice};
use crate::http::parameters;
use crate::http::problem::Problem;
use crate::http::public_state::Public;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_core::Secret;
use saoma_core::login::SiteAsksError;
use std::sync::Arc;

/// One request to the page.
struct Visit<'a> {
    request: &'a Request,
    public: &'a Arc<Public>,
    language: Language,
    page: Secret,
}

/// Shows what is asked.
#[handler]
pub(in crate::http) async fn show_asks(
    request: &Request,
    Data(public): Data<&Arc<Public>>,
    Path(secret): Path<String>,
) -> Response {
    let visit = Visit::new(request, public, secret);
    visit.show().await.unwrap_or_else(|problem| public.pages.problem_in(visit.language, &problem))
}

/// Carries out what the person pressed.
#[handler]
pub(in crate::http) async fn answer_asks(
    request: &Request,
    body: Bytes,
    Data(public): Data<&Arc<Public>>,
    Path(secret): Path<String>,
) -> Response {
    let visit = Visit::new(request, public, secret);
    visit.answer(&body).await.unwrap_or_else(|problem| public.pages.problem_in(visit.language, &problem))
}

impl<'a> Visit<'a> {
    fn new(request: &'a Request, public: &'a Arc<Public>, secret: String) -> Self {
        Self { request, public, language: Language::of(request), page: Secret::new(secret) }
    }

    async fn show(&self) -> Result<Response, Problem> {
        self.check()?;
        match self.public.logins.site_asks(&self.page).await {
            Ok(asks) => {
                let face = self.public.people.find_face(&asks.user).await?;
                Ok(ConsentPage::of_login(&asks, face, self.public).render(self.public, self.language))
            }
            Err(error) => self.refuse(error),
        }
    }

    async fn answer(&self, body: &[u8]) -> Result<Response, Problem> {
        self.check()?;
        let form = parameters::parse(body).unwrap_or_default();
        let is_ours = origin(self.request).as_ref() == Some(&self.public.settings.public_url);
        let allowed = match form.get("decision").map(String::as_str) {
            Some("allow") if is_ours => true,
            Some("deny") if is_ours => false,
            _ => {
                let status = if is_ours { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN };
                return Ok(self.say(Notice::Refused, status));
            }
        };
        match self.public.logins.answer_site_asks(&self.page, allowed).await {
            Ok(address) => Ok(see_other(address.expose())),
            Err(error) => self.refuse(error),
        }
    }

    fn check(&self) -> Result<(), Problem> {
        let address = client_address(self.request, &self.public.settings);
        self.public.limits.check_guesser(address, self.public.clock.now())?;
        self.public.limits.read(address)
    }

    /// An address that leads nowhere is a guess, or its time is over.
    fn refuse(&self, error: SiteAsksError) -> Result<Response, Problem> {
        match error {
            SiteAsksError::Store(error) => Err(error.into()),
            SiteAsksError::Unknown => {
                let address = client_address(self.request, &self.public.settings);
                self.public.limits.missed(address, self.public.clock.now())?;
                Ok(self.say(Notice::RequestOver, StatusCode::GONE))
            }
        }
    }

    fn say(&self, notice: Notice, status: StatusCode) -> Response {
        self.public.pages.notice(self.language, notice, status)
    }
}
