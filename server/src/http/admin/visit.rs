//! One request to a page: who comes, in which language, with which session.

use super::answer::own_path;
use super::proof::Renewed;
use super::{Admin, cookies};
use crate::http::address::client_address;
use crate::http::browser::{name_browser, user_agent};
use crate::http::pages;
use poem::Request;
use poem::http::header;
use saoma_admin_ui::{Frame, Language, Place, SignedIn};
use saoma_core::admin::{Caller, SessionSecret, Visit};
use saoma_core::{Secret, StoreError};
use std::sync::Arc;

/// Somebody at the door, known or not.
pub(super) struct Visitor<'a> {
    pub(super) request: &'a Request,
    pub(super) admin: &'a Arc<Admin>,
    pub(super) language: Language,
    pub(super) visit: Visit,
}

/// Somebody with a session.
pub(super) struct Inside {
    pub(super) caller: Arc<Caller>,
    pub(super) session: Secret,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(request: &'a Request, admin: &'a Arc<Admin>) -> Self {
        let visit = Visit {
            address: Some(client_address(request, &admin.public.settings)),
            browser: user_agent(request).and_then(name_browser),
            known_browser: cookies::known_browser(request, &admin.settings),
        };
        Self { request, admin, language: language(request, admin), visit }
    }

    /// Whose session this is, if it lives.
    pub(super) async fn inside(&self) -> Result<Option<Inside>, StoreError> {
        let renewed = self.request.extensions().get::<Renewed>().map(|renewed| renewed.0.clone());
        let session = renewed.or_else(|| cookies::session(self.request, &self.admin.settings));
        let Some(session) = session else { return Ok(None) };
        let caller = self.admin.admins.find_caller(session.expose(), &self.visit).await?;
        Ok(caller.map(|caller| Inside { caller, session }))
    }

    /// The frame of a page outside.
    pub(super) fn frame(&self) -> Frame {
        let frame = Frame::new(self.language, None, String::new(), (Place::Door, self.path()));
        let house = self.admin.house.current();
        frame.in_house(&house.name, house.time_zone)
    }

    /// The frame of a page inside.
    pub(super) fn frame_of(&self, inside: &Inside, here: Place) -> Frame {
        let csrf = SessionSecret::csrf(inside.session.expose()).expose().to_owned();
        let signed_in = SignedIn::new(&inside.caller);
        let frame = Frame::new(self.language, Some(signed_in), csrf, (here, self.path()));
        let house = self.admin.house.current();
        frame.in_house(&house.name, house.time_zone)
    }

    /// The page of ours that a form was sent from, as the browser says.
    pub(super) fn page_before(&self) -> Option<String> {
        let before = self.request.headers().get(header::REFERER)?.to_str().ok()?;
        let path = before.strip_prefix(&self.admin.settings.admin_url)?;
        Some(own_path(path).to_owned())
    }

    /// Where this page can be opened again; what a form was sent to is no page, except the door's own.
    fn path(&self) -> String {
        let path = self.request.uri().path_and_query().map_or("/", |path| path.as_str());
        own_path(path).to_owned()
    }
}

/// The language that was chosen here, else the one that the public pages would choose as well.
fn language(request: &Request, admin: &Admin) -> Language {
    let chosen = cookies::language(request, &admin.settings).and_then(|tag| Language::of_tag(&tag));
    chosen.unwrap_or_else(|| preferred(request))
}

fn preferred(request: &Request) -> Language {
    Language::of_tag(pages::Language::of(request).tag()).unwrap_or(Language::English)
}
