//! The confirm page as its template needs it: everything the person must recognise comes from the
//! server's own data, nothing from the address.

use crate::http::login::logo_url;
use crate::http::pages::{Language, Pages, governed, source_of};
use crate::http::public_state::Public;
use poem::Response;
use poem::http::StatusCode;
use saoma_core::Secret;
use saoma_core::login::{Asked, Digits};
use serde::Serialize;

/// See the module.
#[derive(Serialize)]
pub(super) struct ConfirmPage {
    /// The website.
    name: String,
    /// Its host.
    domain: String,
    /// Its picture.
    logo_url: Option<String>,
    /// Where the browser is, when that is known.
    region: Option<&'static str>,
    /// Browser and system.
    browser: Option<String>,
    /// How old the Login is.
    age_seconds: u64,
    /// The numbers to choose from, where the website's page shows one of them.
    numbers: Option<Vec<String>>,
    /// Goes back with the decision.
    csrf: String,
    /// Where a decision may lead, as a source of the content security policy.
    #[serde(skip)]
    leads_to: Option<String>,
    /// A login, or one more way to an account: the person must see which.
    #[serde(skip)]
    texts: &'static str,
}

impl ConfirmPage {
    pub(super) fn new(asked: &Asked, public: &Public, language: Language) -> Self {
        Self {
            name: asked.client.name.clone(),
            domain: asked.domain.clone(),
            logo_url: logo_url(&asked.client, public),
            region: asked.requester.region.map(|region| language.read(region.name())),
            browser: asked.requester.browser.clone(),
            age_seconds: asked.age_seconds,
            numbers: asked.numbers.map(|numbers| numbers.map(|number| number.to_string()).to_vec()),
            csrf: asked.csrf.expose().to_owned(),
            texts: if asked.client.id.is_of_linking() { "confirm_link" } else { "confirm" },
            leads_to: asked.answered_at.as_deref().and_then(source_of),
        }
    }

    pub(super) fn render(&self, pages: &Pages, language: Language) -> Response {
        let response = pages.own_as(language, ("confirm", self.texts), self, StatusCode::OK);
        governed(response, "", self.leads_to.as_deref())
    }
}

/// The page after a consent: that it is done, with a way to take it back; or the digits to type at the website.
#[derive(Serialize)]
pub(super) struct DonePage {
    /// What to type, three by three.
    digits: Option<[String; 2]>,
    /// Goes back when it is taken back.
    csrf: Option<String>,
}

impl DonePage {
    pub(super) fn confirmed(csrf: &Secret) -> Self {
        Self { digits: None, csrf: Some(csrf.expose().to_owned()) }
    }

    pub(super) fn digits(digits: Digits) -> Self {
        let text = digits.to_string();
        let (first, second) = text.split_at(3);
        Self { digits: Some([first.to_owned(), second.to_owned()]), csrf: None }
    }

    pub(super) fn render(&self, pages: &Pages, language: Language) -> Response {
        let name = if self.digits.is_some() { "digits" } else { "logged_in" };
        governed(pages.own(language, name, self, StatusCode::OK), "", None)
    }
}
