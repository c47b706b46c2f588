//! `/providers/{slug}/doctor`: a look as deep as asked, and a login to rehearse, watched as it goes.
//!
//! What a look found is drawn into its answer and kept nowhere.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::Room;
use super::visit::Visitor;
use crate::http::callback::see_other;
use crate::http::drawn;
use bytes::Bytes;
use poem::http::header;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{Depth, Doctor, Findings, Rehearsal as RehearsalPage, RehearsalCode};
use saoma_admin_ui::{Language, Place};
use saoma_core::admin::{Permit, abilities::ProbeProviders};
use saoma_core::doctor::{BeginRehearsal, DoctorError, Rehearsal, refused};
use saoma_core::id::LoginId;
use saoma_core::login::{CodePicture, ImageError, RehearsalError, Stage};
use saoma_core::provider::{Challenge, ProbeDepth, ProbeReport, ProviderRecord, ProviderSlug};
use std::sync::Arc;

/// Somebody who may ask the doctor about this Provider.
struct Asking<'a> {
    room: Room<'a>,
    permit: Permit<ProbeProviders>,
    record: ProviderRecord,
}

impl<'a> Asking<'a> {
    async fn new(visitor: &'a Visitor<'a>, slug: &str) -> Result<Self, Stop> {
        Self::about(Room::enter(visitor).await?, slug).await
    }

    /// The same by a form of our own page.
    async fn by_form(visitor: &'a Visitor<'a>, body: &Bytes, slug: &str) -> Result<(Self, Form), Stop> {
        let (room, form) = Room::take(visitor, body).await?;
        Ok((Self::about(room, slug).await?, form))
    }

    async fn about(room: Room<'a>, slug: &str) -> Result<Self, Stop> {
        let permit = room.permit()?;
        let slug: ProviderSlug = slug.parse().map_err(|_| Stop::NotFound)?;
        let record = room.visitor.admin.doctor.find_provider(&permit, &slug).await?;
        Ok(Self { room, permit, record: record.ok_or(Stop::NotFound)? })
    }

    fn language(&self) -> Language {
        self.room.visitor.language
    }

    fn page(&self, looked: Option<ProbeDepth>, report: Option<&ProbeReport>) -> Response {
        let view = Doctor {
            slug: self.record.slug.to_string(),
            title: self.record.title.clone(),
            enabled: self.record.enabled,
            depths: Depth::all(looked),
            findings: report.map(|report| Findings::new(report, self.language())),
        };
        self.room.page(Place::Providers, &view)
    }

    fn address(&self, login: &LoginId) -> String {
        format!("/providers/{}/doctor/rehearsals/{login}", self.record.slug)
    }
}

/// Before anything was looked at.
#[handler]
pub(super) async fn show(
    request: &Request,
    Data(admin): Data<&Arc<Admin>>,
    Path(slug): Path<String>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async { Ok(Asking::new(&visitor, &slug).await?.page(None, None)) };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Looks.
#[handler]
pub(super) async fn probe(
    request: &Request,
    body: Bytes,
    Data(admin): Data<&Arc<Admin>>,
    Path(slug): Path<String>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let looked = async {
        let (asking, form) = Asking::by_form(&visitor, &body, &slug).await?;
        let depth = ProbeDepth::parse(form.get("depth")).ok_or(Stop::Forged)?;
        let report = admin.doctor.probe(&asking.permit, &asking.record.slug, depth).await?;
        Ok(asking.page(Some(depth), Some(&report)))
    };
    looked.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Begins a rehearsal. A vendor that lets none begin is a finding.
#[handler]
pub(super) async fn rehearse(
    request: &Request,
    body: Bytes,
    Data(admin): Data<&Arc<Admin>>,
    Path(slug): Path<String>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let (asking, _) = Asking::by_form(&visitor, &body, &slug).await?;
        let wanted = BeginRehearsal {
            provider: asking.record.slug.clone(),
            browser: visitor.visit.browser.clone(),
            locale: Some(visitor.language.tag().to_owned()),
        };
        match admin.doctor.rehearse(&asking.permit, wanted).await {
            Ok(begun) => Ok(see_other(&asking.address(&begun.login.id))),
            Err(RehearsalError::Vendor(error)) => {
                Ok(asking.page(None, Some(&ProbeReport(vec![refused(&error)]))))
            }
            // The page says that it is switched off.
            Err(RehearsalError::ProviderNotOpen) => Ok(asking.page(None, None)),
            Err(RehearsalError::UnknownProvider) => Err(Stop::NotFound),
            Err(RehearsalError::Store(error)) => Err(error.into()),
        }
    };
    begun.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// How a rehearsal stands.
#[handler]
pub(super) async fn show_rehearsal(
    request: &Request,
    Data(admin): Data<&Arc<Admin>>,
    Path((slug, login)): Path<(String, String)>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let asking = Asking::new(&visitor, &slug).await?;
        let id = login.parse().map_err(|_| Stop::NotFound)?;
        let found = admin.doctor.find_rehearsal(&asking.permit, &asking.record.slug, &id).await?;
        let view = as_page(&found.ok_or(Stop::NotFound)?, &asking);
        Ok(asking.room.page(Place::Providers, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The picture of its code.
#[handler]
pub(super) async fn picture(
    request: &Request,
    Data(admin): Data<&Arc<Admin>>,
    Path((slug, login)): Path<(String, String)>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let drawn = async {
        let asking = Asking::new(&visitor, &slug).await?;
        let id = login.parse().map_err(|_| Stop::NotFound)?;
        let picture = admin.doctor.find_rehearsal_code(&asking.permit, &asking.record.slug, &id).await;
        let (kind, bytes) = match picture {
            Ok(CodePicture::Drawn(image)) => (image.media_type, image.bytes.to_vec()),
            Ok(CodePicture::Text(text)) => {
                let svg = drawn::svg(&text).map_err(|_| Stop::Internal("a code that is too long"))?;
                ("image/svg+xml", svg.into_bytes())
            }
            Err(ImageError::NotFound | ImageError::Vendor(_)) => return Err(Stop::NotFound),
            Err(ImageError::Store(error)) => return Err(error.into()),
        };
        Ok(Response::builder().header(header::CACHE_CONTROL, "no-store").content_type(kind).body(bytes))
    };
    drawn.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Ends a rehearsal early.
#[handler]
pub(super) async fn cancel(
    request: &Request,
    body: Bytes,
    Data(admin): Data<&Arc<Admin>>,
    Path((slug, login)): Path<(String, String)>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let ended = async {
        let (asking, _) = Asking::by_form(&visitor, &body, &slug).await?;
        let id = login.parse().map_err(|_| Stop::NotFound)?;
        let ended = admin.doctor.end_rehearsal(&asking.permit, &asking.record.slug, &id).await?;
        Ok(see_other(&asking.address(&ended.ok_or(Stop::NotFound)?.login.id)))
    };
    ended.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn as_page(rehearsal: &Rehearsal, asking: &Asking<'_>) -> RehearsalPage {
    let login = &rehearsal.login;
    let code = match &login.challenge {
        _ if login.stage != Stage::Pending => None,
        Challenge::Redirect { url } => Some(RehearsalCode::Page { url: url.clone() }),
        Challenge::QrImage { .. } | Challenge::QrText { .. } => Some(RehearsalCode::Picture),
    };
    RehearsalPage {
        slug: asking.record.slug.to_string(),
        title: asking.record.title.clone(),
        login_id: login.id.to_string(),
        stage: if login.was_rehearsed() { "rehearsed" } else { login.stage.as_str() },
        live: !login.stage.is_end(),
        code,
        number: login.number.map(|number| number.to_string()),
        expires: login.expires_at.into(),
        findings: Findings::new(&rehearsal.report, asking.language()),
    }
}

impl From<DoctorError> for Stop {
    fn from(error: DoctorError) -> Self {
        match error {
            DoctorError::UnknownProvider => Self::NotFound,
            DoctorError::Store(error) => error.into(),
        }
    }
}
