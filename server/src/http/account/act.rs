//! What a form of the page asks for is done, and the browser goes to where its outcome is to be read.

use super::{ASKER, Guest, Place};
use crate::http::browser::origin;
use crate::http::callback::see_other;
use crate::http::hosted::{ended_session_cookie, login_address};
use crate::http::pages::Notice;
use crate::http::parameters;
use crate::http::problem::Problem;
use poem::Response;
use poem::http::{StatusCode, header};
use saoma_core::user::admin::{UserError, UserRefusal};
use saoma_core::user::own::{LinkError, Proven, Visit};
use std::collections::BTreeMap;

type Form = BTreeMap<String, String>;

impl Guest<'_> {
    pub(super) async fn act(&self, body: &[u8]) -> Result<Response, Problem> {
        let place = self.place()?;
        if origin(self.request).as_ref() != Some(&self.public.settings.public_url) {
            return Ok(self.say(Notice::Refused, StatusCode::FORBIDDEN));
        }
        let Ok(form) = parameters::parse(body) else {
            return Ok(self.say(Notice::Refused, StatusCode::BAD_REQUEST));
        };
        let Some(visit) = self.enter().await? else { return self.ask(&place).await };
        if !visit.csrf().same_as(form.get("csrf").map(String::as_str).unwrap_or_default()) {
            return Ok(self.say(Notice::Refused, StatusCode::FORBIDDEN));
        }
        self.public.limits.begin(ASKER, self.address)?;
        if !place.wants_proof() {
            return self.change(&place, &visit).await;
        }
        match self.prove().await? {
            Some(who) => self.change_much(&place, &who, &form).await,
            None => self.ask(&place).await,
        }
    }

    /// What loses nothing that a login would not bring back.
    async fn change(&self, place: &Place, visit: &Visit) -> Result<Response, Problem> {
        let own = &self.public.own;
        match place {
            Place::Site(client) => self.done(own.leave_site(visit, client.clone()).await, "site_left"),
            Place::Offer(offer) => self.done(own.dismiss_offer(visit, offer).await, "offer_dismissed"),
            Place::Session(session) if *session == visit.session.id => Ok(see_other("/oauth2/logout")),
            Place::Session(session) => {
                self.done(own.end_session(visit, session).await.map(drop), "session_ended")
            }
            _ => Ok(self.say(Notice::Refused, StatusCode::BAD_REQUEST)),
        }
    }

    async fn change_much(&self, place: &Place, who: &Proven, form: &Form) -> Result<Response, Problem> {
        let own = &self.public.own;
        let is_sure = form.get("sure").is_some_and(|sure| sure == "yes");
        match (place, form.get("decision").map(String::as_str)) {
            (Place::Link, Some("go")) => match own.begin_link(who, &self.browser).await {
                Ok(id) => Ok(see_other(&login_address(&id))),
                Err(error) => self.done(Err(error), "linked"),
            },
            (Place::Linked(id), Some("add")) => {
                self.linked(place, own.link(who, (id, &self.browser)).await, "linked")
            }
            (Place::Linked(id), Some("merge")) if is_sure => {
                self.linked(place, own.merge(who, (id, &self.browser)).await, "merged")
            }
            (Place::Unlink(identity), Some("remove")) => {
                self.left(own.unlink(who, identity).await, Notice::WayRemoved)
            }
            (Place::Sessions, Some("others")) => self.done(own.end_sessions(who, true).await, "others_ended"),
            (Place::Sessions, Some("all")) => {
                self.left(own.end_sessions(who, false).await, Notice::LoggedOut)
            }
            (Place::Delete, Some("delete")) if is_sure => {
                self.left(own.delete(who).await, Notice::AccountDeleted)
            }
            _ => Ok(self.say(Notice::Refused, StatusCode::BAD_REQUEST)),
        }
    }

    /// Back to the page, which says what was done.
    fn done(&self, outcome: Result<(), UserError>, said: &str) -> Result<Response, Problem> {
        match outcome {
            Ok(()) => Ok(see_other(&format!("/account?said={said}"))),
            Err(UserError::Store(error)) => Err(error.into()),
            Err(UserError::Refused(UserRefusal::NotFound)) => {
                Ok(self.say(Notice::NotFound, StatusCode::NOT_FOUND))
            }
            Err(UserError::Refused(UserRefusal::LastIdentity)) => Ok(see_other("/account?said=last_way")),
            Err(UserError::Refused(_)) => Ok(see_other("/account?said=changed_meanwhile")),
        }
    }

    /// Where somebody else was faster, the page of the scan tells what is now.
    fn linked(&self, place: &Place, outcome: Result<(), LinkError>, said: &str) -> Result<Response, Problem> {
        match outcome {
            Err(LinkError::Unknown | LinkError::User(UserError::Refused(UserRefusal::BelongsTo(_)))) => {
                Ok(see_other(&format!("/account{}", place.path())))
            }
            Err(LinkError::User(error)) => self.done(Err(error), said),
            Ok(()) => self.done(Ok(()), said),
        }
    }

    /// This browser is logged in no more.
    fn left(&self, outcome: Result<(), UserError>, notice: Notice) -> Result<Response, Problem> {
        if let Err(error) = outcome {
            return self.done(Err(error), "");
        }
        let mut response = self.say(notice, StatusCode::OK);
        response.headers_mut().append(header::SET_COOKIE, ended_session_cookie(&self.public.settings));
        Ok(response)
    }
}
