//! What the handlers of all rooms do first and last: who is in, with which permit, which form; and the
//! page in its frame.

use super::answer::{Stop, page};
use super::form::Form;
use super::refused;
use super::visit::{Inside, Visitor};
use bytes::Bytes;
use poem::Response;
use poem::http::StatusCode;
use saoma_admin_ui::{Place, View};
use saoma_core::admin::{Ability, Permit, Refusal};
use saoma_core::{ChangeError, FieldProblem, Obstacle};

/// Somebody inside, at one page.
pub(super) struct Room<'a> {
    pub(super) visitor: &'a Visitor<'a>,
    pub(super) inside: Inside,
}

impl<'a> Room<'a> {
    /// Lets in whoever has a session.
    pub(super) async fn enter(visitor: &'a Visitor<'a>) -> Result<Self, Stop> {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        Ok(Self { visitor, inside })
    }

    /// The same with a form of one of our own pages.
    pub(super) async fn take(visitor: &'a Visitor<'a>, body: &[u8]) -> Result<(Self, Form), Stop> {
        let room = Self::enter(visitor).await?;
        let form = Form::from_own_page(visitor.request, body, &visitor.admin.settings)?;
        form.belongs_to(room.inside.session.expose())?;
        Ok((room, form))
    }

    /// The same with a form that brings a file.
    pub(super) async fn take_file(
        visitor: &'a Visitor<'a>,
        body: Bytes,
        file: &str,
    ) -> Result<(Self, Form, Bytes), Stop> {
        let room = Self::enter(visitor).await?;
        let settings = &visitor.admin.settings;
        let (form, bytes) = Form::with_file(visitor.request, body, settings, file).await?;
        form.belongs_to(room.inside.session.expose())?;
        Ok((room, form, bytes))
    }

    /// Leave to do this.
    pub(super) fn permit<A: Ability>(&self) -> Result<Permit<A>, Stop> {
        let caller = &self.inside.caller;
        let may = caller.may(self.visitor.admin.public.clock.now());
        if may.as_ref().is_err_and(|refusal| *refusal == Refusal::Forbidden) {
            refused::note(self.visitor.request, caller, &A::RULE);
        }
        Ok(may?)
    }

    /// Whether this may be offered.
    pub(super) fn can<A: Ability>(&self) -> bool {
        self.inside.caller.can(&A::RULE)
    }

    /// A page.
    pub(super) fn page<V: View>(&self, here: Place, view: &V) -> Response {
        self.page_as(here, view, StatusCode::OK)
    }

    /// A page with a status of its own.
    pub(super) fn page_as<V: View>(&self, here: Place, view: &V, status: StatusCode) -> Response {
        page(self.visitor.admin, &self.visitor.frame_of(&self.inside, here), view, status)
    }
}

/// Why a form comes back: what is wrong with it, or a word for what stands in the way.
pub(super) enum Back {
    Problems(Vec<FieldProblem>),
    Trouble(&'static str),
}

/// Somebody else has changed it meanwhile.
const STALE: &str = "stale";

impl Back {
    /// The status of the page that says so.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Problems(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Trouble(_) => StatusCode::CONFLICT,
        }
    }

    /// Whether what was typed comes back with it. When somebody else was faster, it is shown how it is now:
    /// typed values beside the new version would undo their change at the next press.
    pub(super) fn keeps_typed(&self) -> bool {
        !matches!(self, Self::Trouble(STALE))
    }

    /// What is told beside the form, and at its head.
    pub(super) fn parts(self) -> (saoma_admin_ui::Notes, Option<&'static str>) {
        match self {
            Self::Problems(problems) => (saoma_admin_ui::notes(problems), None),
            Self::Trouble(word) => (saoma_admin_ui::Notes::new(), Some(word)),
        }
    }
}

/// What a refused change does to the page it came from; what is no fault of the form stops.
pub(super) fn back(error: ChangeError) -> Result<Back, Stop> {
    match error {
        ChangeError::Invalid(problems) => Ok(Back::Problems(problems)),
        ChangeError::Stale => Ok(Back::Trouble(STALE)),
        ChangeError::Obstacle(obstacle) => Ok(Back::Trouble(Obstacle::code(obstacle))),
        ChangeError::NotFound => Err(Stop::NotFound),
        ChangeError::Store(error) => Err(error.into()),
        ChangeError::Seal(error) => {
            tracing::error!(%error, "a secret could not be sealed or opened");
            Err(Stop::Internal("a sealed secret"))
        }
    }
}

/// A list that was typed, one a line or separated by commas.
pub(super) fn list(text: &str) -> Vec<String> {
    let items = text.split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}
