//! `GET·POST /confirm/{token}`: the page where somebody who scanned says yes or no.
//!
//! A GET shows, or sends the browser to the vendor and back; it never decides. A POST decides, with
//! the proof this browser keeps, the page's csrf value and our own `Origin`. Decisions go through a
//! task of their own (`listen.rs`), so a closed window cannot leave one half done.

mod cookies;
mod page;

pub(super) use cookies::{page_address, proof_cookie};

use super::address::client_address;
use super::browser::origin;
use super::callback::see_other;
use super::pages::{Language, Notice};
use super::parameters;
use super::problem::Problem;
use super::public_state::Public;
use bytes::Bytes;
use cookies::{clear_state, kept_proof, kept_state, state_cookie};
use page::{ConfirmPage, DonePage};
use poem::http::{Method, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_core::Secret;
use saoma_core::login::{Decided, DecidedOnPage, Decision, Page, PageCredential, PageError};
use saoma_core::provider::Kind;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One request to the page.
struct Visit<'a> {
    request: &'a Request,
    public: &'a Arc<Public>,
    language: Language,
    credential: PageCredential,
}

/// Shows the page, or sends the browser to prove who it is.
#[handler]
pub(super) async fn show(
    request: &Request,
    Data(public): Data<&Arc<Public>>,
    Path(token): Path<String>,
) -> Response {
    let visit = Visit::new(request, public, token);
    match visit.check() {
        Ok(()) => visit.show().await,
        Err(problem) => public.pages.problem_in(visit.language, &problem),
    }
}

/// Carries out what the person pressed.
#[handler]
pub(super) async fn decide(
    request: &Request,
    body: Bytes,
    Data(public): Data<&Arc<Public>>,
    Path(token): Path<String>,
) -> Response {
    let visit = Visit::new(request, public, token);
    match visit.check() {
        Ok(()) => visit.decide(&body).await,
        Err(problem) => public.pages.problem_in(visit.language, &problem),
    }
}

impl<'a> Visit<'a> {
    fn new(request: &'a Request, public: &'a Arc<Public>, token: String) -> Self {
        let proof = kept_proof(request, &public.settings);
        let credential = PageCredential { token: Secret::new(token), proof };
        Self { request, public, language: Language::of(request), credential }
    }

    fn check(&self) -> Result<(), Problem> {
        let address = client_address(self.request, &self.public.settings);
        self.public.limits.check_guesser(address, self.public.clock.now())?;
        self.public.limits.read(address)
    }

    async fn show(&self) -> Response {
        let query = self.request.uri().query().unwrap_or_default();
        let shown = match parameters::parse(query.as_bytes()) {
            Err(parameters::Ambiguous) => return self.say(Notice::Refused, StatusCode::BAD_REQUEST),
            // Looking at the head of the page must not use up the vendor's code.
            Ok(query) if query.contains_key("state") && self.request.method() != Method::HEAD => {
                self.returned(query).await
            }
            Ok(_) => self.opened().await,
        };
        shown.unwrap_or_else(|error| self.refuse(error))
    }

    async fn opened(&self) -> Result<Response, PageError> {
        Ok(match self.public.logins.open_page(&self.credential).await? {
            Page::Ask(asked) => {
                ConfirmPage::new(&asked, self.public, self.language).render(&self.public.pages, self.language)
            }
            Page::Decided { at_site: true, decided: Decided::Confirmed, .. } => {
                self.say(Notice::AnsweredBefore, StatusCode::OK)
            }
            Page::Decided { decided, csrf, .. } => self.done(decided, &csrf),
            Page::Prove { to, state } => {
                let cookie = state_cookie(&self.public.settings, &self.credential.token, &state);
                let mut response = see_other(to.as_str());
                response.headers_mut().append(header::SET_COOKIE, cookie);
                response
            }
        })
    }

    /// Back from the vendor, with a code in the address: the code is used up, the address cleaned.
    async fn returned(&self, query: BTreeMap<String, String>) -> Result<Response, PageError> {
        let (settings, token) = (&self.public.settings, &self.credential.token);
        let kept = kept_state(self.request, settings);
        match self.public.logins.prove_page(&self.credential, query, kept.as_ref()).await {
            Ok(proof) => {
                let mut response = see_other(&page_address(token));
                let headers = response.headers_mut();
                headers.append(header::SET_COOKIE, proof_cookie(settings, token, &proof));
                headers.append(header::SET_COOKIE, clear_state(settings, token));
                Ok(response)
            }
            // A reload of that address: whoever has been proven goes on to the page.
            Err(PageError::Unproven) if self.credential.proof.is_some() => {
                Ok(see_other(&page_address(token)))
            }
            Err(error) => Err(error),
        }
    }

    async fn decide(&self, body: &[u8]) -> Response {
        if origin(self.request).as_ref() != Some(&self.public.settings.public_url) {
            return self.say(Notice::Refused, StatusCode::FORBIDDEN);
        }
        let Some((csrf, decision)) = parameters::parse(body).ok().as_ref().and_then(choice) else {
            return self.say(Notice::Refused, StatusCode::BAD_REQUEST);
        };
        match self.public.logins.decide_on_page(&self.credential, &csrf, &decision).await {
            Ok(DecidedOnPage { to_site: Some(address), .. }) => see_other(address.expose()),
            Ok(DecidedOnPage { decided: Decided::Denied, .. })
                if decision == (Decision::Deny { reported: true }) =>
            {
                self.say(Notice::Reported, StatusCode::OK)
            }
            Ok(DecidedOnPage { decided, to_site: None }) => self.done(decided, &Secret::new(csrf)),
            Err(error) => self.refuse(error),
        }
    }

    fn done(&self, decided: Decided, csrf: &Secret) -> Response {
        match decided {
            Decided::Confirmed => DonePage::confirmed(csrf).render(&self.public.pages, self.language),
            Decided::CodeBack(digits) => DonePage::digits(digits).render(&self.public.pages, self.language),
            Decided::Denied => self.say(Notice::Declined, StatusCode::OK),
            Decided::WrongNumber => self.say(Notice::WrongNumber, StatusCode::OK),
            Decided::Disowned => self.say(Notice::Disowned, StatusCode::OK),
        }
    }

    fn say(&self, notice: Notice, status: StatusCode) -> Response {
        self.public.pages.notice(self.language, notice, status)
    }

    fn refuse(&self, error: PageError) -> Response {
        match error {
            PageError::Unknown => self.unknown(),
            PageError::Ended(_) => self.say(Notice::Over, StatusCode::GONE),
            PageError::OtherPerson => self.say(Notice::OtherPerson, StatusCode::FORBIDDEN),
            PageError::Unproven => self.say(Notice::Unproven, StatusCode::FORBIDDEN),
            PageError::NumberMissing => self.say(Notice::Refused, StatusCode::UNPROCESSABLE_ENTITY),
            PageError::Vendor(error) if error.kind == Kind::PersonUnreal => {
                self.say(Notice::Preview, StatusCode::FORBIDDEN)
            }
            PageError::Vendor(error) if error.kind == Kind::ProofInvalid => {
                self.say(Notice::Unproven, StatusCode::FORBIDDEN)
            }
            PageError::Vendor(error) => self.public.pages.problem_in(self.language, &error.into()),
            PageError::Store(error) => self.public.pages.problem_in(self.language, &error.into()),
        }
    }

    /// A token that leads nowhere is a guess.
    fn unknown(&self) -> Response {
        let address = client_address(self.request, &self.public.settings);
        match self.public.limits.missed(address, self.public.clock.now()) {
            Ok(()) => self.say(Notice::NotFound, StatusCode::NOT_FOUND),
            Err(problem) => self.public.pages.problem_in(self.language, &problem),
        }
    }
}

fn choice(form: &BTreeMap<String, String>) -> Option<(String, Decision)> {
    let decision = match form.get("decision")?.as_str() {
        "confirm" => {
            let number = form.get("number").map(|number| number.parse()).transpose().ok()?;
            Decision::Confirm { nickname: None, number }
        }
        "not_me" => Decision::Disown,
        "deny" => Decision::Deny { reported: false },
        "report" => Decision::Deny { reported: true },
        _ => return None,
    };
    Some((form.get("csrf")?.clone(), decision))
}
