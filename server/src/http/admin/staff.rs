//! `/admins`: who works here; links by which somebody comes, or comes again.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::{Back, Room, back, list as items};
use super::shown::{Reveal, reveal};
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{AdminLine, InvitationLink, LinkLine, Staff};
use saoma_admin_ui::{Moment, Place};
use saoma_core::admin::abilities::{EditAdmins, ReadAdmins, ReadAudit, ReadClients};
use saoma_core::admin::{self as core, LINK_SECONDS, LinkFor, NewLink, Post, Role};
use saoma_core::client::ClientId;
use saoma_core::id::AdminId;
use saoma_core::{ChangeError, Secret};
use std::collections::BTreeSet;
use std::sync::Arc;

/// All of them.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        Ok(room.page(Place::Staff, &view_of(&room).await?))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// A link for somebody new.
#[handler]
pub(super) async fn invite(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditAdmins>()?;
        let role = Role::parse(form.get("role")).ok_or(Stop::NotFound)?;
        let Some(clients) = clients(&room, &form).await? else { return unknown_website(&room).await };
        Ok(invitation(&room, &admin.admins.invite(&permit, role, clients).await?))
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// A link for somebody who is there.
#[handler]
pub(super) async fn renew(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditAdmins>()?;
        match admin.admins.renew(&permit, &id_of(&form)?).await {
            Ok(link) => Ok(invitation(&room, &link)),
            Err(error) => again(&room, error).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// A link that went to the wrong person; one that is used or has run out is what was wanted.
#[handler]
pub(super) async fn withdraw(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditAdmins>()?;
        match admin.admins.withdraw_link(&permit, form.get("link")).await {
            Ok(()) | Err(ChangeError::NotFound) => Ok(see_other("/admins")),
            Err(error) => again(&room, error).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Another role.
#[handler]
pub(super) async fn appoint(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        room.permit::<EditAdmins>()?;
        let before = find(&room, &form).await?;
        let role = Role::parse(form.get("role")).ok_or(Stop::NotFound)?;
        let Some(clients) = clients(&room, &form).await? else { return unknown_website(&room).await };
        let post = Post { role, clients, enabled: before.enabled };
        put(&room, &form, &post).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Shut out, or in again.
#[handler]
pub(super) async fn switch(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        room.permit::<EditAdmins>()?;
        let before = find(&room, &form).await?;
        let post = Post { role: before.role, clients: before.clients, enabled: form.get("enabled") == "yes" };
        put(&room, &form, &post).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

async fn put(room: &Room<'_>, form: &Form, post: &Post) -> Result<Response, Stop> {
    let permit = room.permit::<EditAdmins>()?;
    match room.visitor.admin.admins.appoint(&permit, (&id_of(form)?, form.version()), post).await {
        Ok(_) => Ok(see_other("/admins")),
        Err(error) => again(room, error).await,
    }
}

fn id_of(form: &Form) -> Result<AdminId, Stop> {
    form.get("admin_id").parse().map_err(|_| Stop::NotFound)
}

async fn find(room: &Room<'_>, form: &Form) -> Result<core::Admin, Stop> {
    let permit = room.permit::<ReadAdmins>()?;
    room.visitor.admin.admins.find_admin(&permit, &id_of(form)?).await?.ok_or(Stop::NotFound)
}

/// The websites that were typed; none when there is no website of one of the ids.
async fn clients(room: &Room<'_>, form: &Form) -> Result<Option<BTreeSet<ClientId>>, Stop> {
    let there = room.visitor.admin.clients.list(&room.permit::<ReadClients>()?).await?;
    let typed = items(form.get("clients"));
    let known =
        typed.iter().map(|id| there.iter().map(|client| &client.id).find(|known| known.as_str() == id));
    Ok(known.map(Option::<&ClientId>::cloned).collect())
}

async fn unknown_website(room: &Room<'_>) -> Result<Response, Stop> {
    let view = Staff { trouble: Some("website_unknown"), ..view_of(room).await? };
    Ok(room.page_as(Place::Staff, &view, StatusCode::UNPROCESSABLE_ENTITY))
}

fn invitation(room: &Room<'_>, link: &Secret) -> Response {
    let admin = room.visitor.admin;
    let url = Secret::new(admin.settings.enrolment_url(link));
    reveal(admin, &room.inside.session, Reveal::Invitation(url))
}

/// All of them, with a link for one person.
pub(super) async fn with_link(room: &Room<'_>, url: &Secret) -> Result<Response, Stop> {
    let url = url.expose().to_owned();
    let mut view = view_of(room).await?;
    view.invitation = Some(InvitationLink { url, minutes: LINK_SECONDS / 60 });
    Ok(room.page(Place::Staff, &view))
}

async fn again(room: &Room<'_>, error: ChangeError) -> Result<Response, Stop> {
    let trouble = match back(error)? {
        Back::Trouble(word) => Some(word),
        Back::Problems(_) => None,
    };
    let view = Staff { trouble, ..view_of(room).await? };
    Ok(room.page_as(Place::Staff, &view, StatusCode::CONFLICT))
}

async fn view_of(room: &Room<'_>) -> Result<Staff, Stop> {
    let permit = room.permit::<ReadAdmins>()?;
    let service = &room.visitor.admin.admins;
    let (admins, links) = (service.list_admins(&permit).await?, service.list_links(&permit).await?);
    let own = &room.inside.caller.admin.id;
    Ok(Staff {
        admins: admins.iter().map(|admin| line(admin, own)).collect(),
        links: links.iter().map(|link| link_line(link, &admins)).collect(),
        roles: Role::ALL.map(Role::as_str).to_vec(),
        may_edit: room.can::<EditAdmins>(),
        may_read_audit: room.can::<ReadAudit>(),
        invitation: None,
        trouble: None,
    })
}

fn link_line(link: &NewLink, admins: &[core::Admin]) -> LinkLine {
    let (role, clients, name) = match &link.link.purpose {
        LinkFor::New { role, clients } => (Some(role.as_str()), clients.iter().collect(), None),
        LinkFor::Known(id) => (None, Vec::new(), admins.iter().find(|admin| admin.id == *id)),
    };
    let clients: Vec<&str> = clients.into_iter().map(ClientId::as_str).collect();
    LinkLine {
        fingerprint: link.hash.fingerprint(),
        role,
        clients: clients.join(", "),
        name: name.map(|admin| admin.name.to_string()),
        expires: Moment::from(link.link.expires_at),
    }
}

fn line(admin: &core::Admin, own: &AdminId) -> AdminLine {
    let clients: Vec<&str> = admin.clients.iter().map(ClientId::as_str).collect();
    AdminLine {
        own: admin.id == *own,
        admin_id: admin.id.to_string(),
        name: admin.name.to_string(),
        role: admin.role.as_str(),
        clients: clients.join(", "),
        enabled: admin.enabled,
        version: admin.version,
        last_login: admin.last_login_at.map(Into::into),
    }
}
