//! `/websites/{client_id}/logo`: a website's picture, as people see it on the phone: shown, taken as a file,
//! taken away.

use super::Admin;
use super::answer::{Stop, refuse};
use super::edge::TooLong;
use super::form::{Forged, is_own_page};
use super::room::{Back, Room, back};
use super::visit::Visitor;
use super::website::{again, find, saved, view_of};
use bytes::Bytes;
use poem::http::header;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::WebsiteTab;
use saoma_core::admin::abilities::EditClients;
use saoma_core::client::{Client, Logo, LogoProblem, Look};
use saoma_core::{ChangeError, FieldProblem};
use std::sync::Arc;

/// The field that brings the file.
const FILE: &str = "logo";

/// The picture.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let logo = find(&room, &client_id).await?.logo.ok_or(Stop::NotFound)?;
        let response = Response::builder().header(header::CACHE_CONTROL, "private, max-age=600");
        Ok(response.content_type(&logo.media_type).body(logo.bytes))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Another picture. One that was too long to be read is told like one that is too large.
#[handler]
pub(super) async fn upload(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        if request.extensions().get::<TooLong>().is_some() {
            if !is_own_page(request, &admin.settings) {
                return Err(Forged.into());
            }
            let room = Room::enter(&visitor).await?;
            room.permit::<EditClients>()?;
            let before = find(&room, &client_id).await?;
            return shown_again(&room, &before, wrong(LogoProblem::TooLarge)).await;
        }
        let (room, form, bytes) = Room::take_file(&visitor, body, FILE).await?;
        room.permit::<EditClients>()?;
        let before = find(&room, &client_id).await?;
        match Logo::from_bytes(bytes) {
            Ok(logo) => put(&room, &before, form.version(), Some(logo)).await,
            Err(why) => shown_again(&room, &before, wrong(why)).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// No picture any more.
#[handler]
pub(super) async fn remove(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        room.permit::<EditClients>()?;
        let before = find(&room, &client_id).await?;
        put(&room, &before, form.version(), None).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

async fn put(room: &Room<'_>, before: &Client, version: i64, logo: Option<Logo>) -> Result<Response, Stop> {
    let permit = room.permit::<EditClients>()?;
    let look = Look { logo, ..Look::of(before) };
    match room.visitor.admin.clients.edit(&permit, (&before.id, version), &look, None).await {
        Ok(_) => Ok(saved(&before.id, "look")),
        Err(error) => shown_again(room, before, error).await,
    }
}

fn wrong(why: LogoProblem) -> ChangeError {
    let problem = FieldProblem::new("/logo", "logo_not_acceptable", why.to_string());
    ChangeError::Invalid(vec![problem])
}

async fn shown_again(room: &Room<'_>, before: &Client, error: ChangeError) -> Result<Response, Stop> {
    let why: Back = back(error)?;
    Ok(again(room, view_of(room, before, WebsiteTab::Look).await?, why))
}
