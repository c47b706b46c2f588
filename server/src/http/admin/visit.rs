//! One request to a page: who comes, in which language, with which session.

use super::answer::own_path;
use super::proof::Renewed;
use super::{Admin, cookies};
use crate::http::address::client_address;
use crate::http::browser::{name_browser, user_agent};
use crate::http::pages;
use poem::Request;
use poem::http::{Method, header};
use saoma_admin_ui::{Frame, Language, Place, SignedIn};
use saoma_core::admin::{Caller, SessionSecret, Visit};
use saoma_core::{Secret, StoreError};
use std::sync::{Arc, OnceLock};

/// Somebody at the door, known or not.
pub(super) struct Visitor<'a> {
    pub(super) request: &'a Request,
    pub(super) admin: &'a Arc<Admin>,
    pub(super) language: Language,
    pub(super) visit: Visit,
    /// Filled when they are recognised: what refuses them keeps the menu.
    known: OnceLock<Inside>,
}

/// Somebody with a session.
#[derive(Clone)]
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
        Self { request, admin, language: language(request, admin), visit, known: OnceLock::new() }
    }

    /// Whose session this is, if it lives.
    pub(super) async fn inside(&self) -> Result<Option<Inside>, StoreError> {
        let renewed = self.request.extensions().get::<Renewed>().map(|renewed| renewed.0.clone());
        let session = renewed.or_else(|| cookies::session(self.request, &self.admin.settings));
        let Some(session) = session else { return Ok(None) };
        let caller = self.admin.admins.find_caller(session.expose(), &self.visit).await?;
        let inside = caller.map(|caller| Inside { caller, session });
        if let Some(inside) = &inside {
            drop(self.known.set(inside.clone()));
        }
        Ok(inside)
    }

    /// The frame of what they are told whoever they are: with the menu for those who are in.
    pub(super) fn frame_of_notice(&self) -> Frame {
        self.known.get().map_or_else(|| self.frame(), |inside| self.frame_of(inside, Place::Notice))
    }

    /// The frame of a page outside.
    pub(super) fn frame(&self) -> Frame {
        self.frame_at(self.path())
    }

    /// The same, when this is where the page can be opened again as it is.
    pub(super) fn frame_at(&self, path: String) -> Frame {
        let frame = Frame::new(self.language, None, String::new(), (Place::Door, path));
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

    /// Where this page can be opened again: of what answers a form, the page that the form was on.
    fn path(&self) -> String {
        let before = (self.request.method() == Method::POST).then(|| self.page_before()).flatten();
        before.unwrap_or_else(|| self.own_path())
    }

    fn own_path(&self) -> String {
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
