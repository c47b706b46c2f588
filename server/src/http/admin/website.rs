//! `/websites/{client_id}`: one website, part by part. Each part has its own form, so that changing how a
//! website looks never asks for the proof that changing where its codes go does.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::{Back, Room, back, list};
use super::snippets::snippets;
use super::visit::Visitor;
use super::website_openid::openid_of;
use super::websites::{back_ends, provider_choices, resembled, reveal_secret, ways_to_try};
use crate::http::callback::see_other;
use crate::http::parameters;
use bytes::Bytes;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{Choice, Website, WebsiteTab, text_on};
use saoma_admin_ui::{Notes, Place};
use saoma_core::ChangeError;
use saoma_core::admin::abilities::{ClientSecrets, CreateClients, EditClients, ReadClients, RewireClients};
use saoma_core::client::{Client, ClientId, ClientType, Look, Rewiring, Wiring};
use saoma_core::provider::Assurance;
use std::sync::Arc;

fn parse(client_id: &str) -> Result<ClientId, Stop> {
    client_id.parse().map_err(|_| Stop::NotFound)
}

/// One part of it.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let client = find(&room, &client_id).await?;
        let query = request.uri().query().unwrap_or_default();
        let query = parameters::parse(query.as_bytes()).unwrap_or_default();
        let tab = match query.get("tab").map(String::as_str) {
            Some("wiring") => WebsiteTab::Wiring,
            Some("openid") => WebsiteTab::OpenId,
            Some("told") => WebsiteTab::Told,
            Some("secrets") => WebsiteTab::Secrets,
            Some("code") => WebsiteTab::Code,
            _ => WebsiteTab::Look,
        };
        let mut view = view_of(&room, &client, tab).await?;
        view.saved = query.contains_key("saved");
        if client.client_type == ClientType::Confidential {
            let stack = query.get("stack").map_or("other", String::as_str);
            view.stacks = back_ends(stack);
            view.snippets = snippets(&client, None, &admin.public.settings.public_url, stack);
        }
        Ok(room.page(Place::Websites, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Changes how it looks and what it offers.
#[handler]
pub(super) async fn look(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditClients>()?;
        let before = find(&room, &client_id).await?;
        let look = look_of(&form, &before);
        match admin.clients.edit(&permit, (&before.id, form.version()), &look, None).await {
            Ok(_) => Ok(saved(&before.id, "look")),
            Err(error) => {
                let why = back(error)?;
                let mut view = view_of(&room, &before, WebsiteTab::Look).await?;
                if !why.keeps_typed() {
                    return Ok(again(&room, view, why));
                }
                view.providers =
                    provider_choices(&room, |slug| look.providers.iter().any(|p| p == slug)).await?;
                if look.name != before.name {
                    view.resembles = resembled(&room, &form, &look.name, Some(&before.id)).await?;
                }
                (view.called, view.accent) = (look.name, look.accent.unwrap_or_default());
                view.on_accent = text_on(&view.accent);
                view.enabled = look.enabled;
                Ok(again(&room, view, why))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Changes where its codes go, who may begin, and how sure a consent must be.
#[handler]
pub(super) async fn wiring(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, rewire) = (room.permit::<EditClients>()?, room.permit::<RewireClients>()?);
        let before = find(&room, &client_id).await?;
        let wiring = Wiring {
            redirect_uris: list(form.get("redirect_uris")),
            origins: list(form.get("origins")),
            min_assurance: Assurance::parse(form.get("min_assurance")).unwrap_or(before.min_assurance),
            openid: before.openid.clone(),
        };
        let asked = wiring.min_assurance;
        let rewiring = Some(Rewiring::new(rewire, wiring));
        let which = (&before.id, form.version());
        match admin.clients.edit(&permit, which, &Look::of(&before), rewiring).await {
            Ok(_) => Ok(saved(&before.id, "wiring")),
            Err(error) => {
                let why = back(error)?;
                let mut view = view_of(&room, &before, WebsiteTab::Wiring).await?;
                if !why.keeps_typed() {
                    return Ok(again(&room, view, why));
                }
                form.get("redirect_uris").clone_into(&mut view.redirect_uris);
                form.get("origins").clone_into(&mut view.origins);
                view.assurances = assurance_choices(asked);
                Ok(again(&room, view, why))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// One more secret, shown once.
#[handler]
pub(super) async fn add_secret(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<ClientSecrets>()?;
        let id = parse(&client_id)?;
        match admin.clients.add_secret(&permit, (&id, form.version())).await {
            Ok(registered) => Ok(reveal_secret(&room, registered, "", true)),
            Err(error) => secrets_again(&room, &client_id, error).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// One secret less.
#[handler]
pub(super) async fn remove_secret(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<ClientSecrets>()?;
        let id = parse(&client_id)?;
        match admin.clients.remove_secret(&permit, (&id, form.version()), form.get("fingerprint")).await {
            Ok(_) => Ok(saved(&id, "secrets")),
            Err(error) => secrets_again(&room, &client_id, error).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Deletes it.
#[handler]
pub(super) async fn delete(
    request: &Request,
    body: Bytes,
    Path(client_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<CreateClients>()?;
        let id = parse(&client_id)?;
        match admin.clients.delete(&permit, (&id, form.version())).await {
            Ok(()) => Ok(see_other("/websites")),
            Err(error) => secrets_again(&room, &client_id, error).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

pub(super) async fn find(room: &Room<'_>, client_id: &str) -> Result<Client, Stop> {
    let permit = room.permit::<ReadClients>()?;
    let found = room.visitor.admin.clients.find(&permit, &parse(client_id)?).await?;
    found.ok_or(Stop::NotFound)
}

fn look_of(form: &Form, before: &Client) -> Look {
    let accent = form.get("accent").trim().to_owned();
    // What was chosen before keeps its order; what is new follows.
    let ticked: Vec<&str> = form.ticked("provider.").collect();
    let kept =
        before.providers.iter().map(ToString::to_string).filter(|slug| ticked.contains(&slug.as_str()));
    let mut providers: Vec<String> = kept.collect();
    let new = ticked.into_iter().filter(|slug| !before.providers.iter().any(|p| p.as_str() == *slug));
    providers.extend(new.map(str::to_owned));
    Look {
        name: form.get("name").trim().to_owned(),
        name_resembles: form.ticked("resembles.").map(str::to_owned).collect(),
        accent: Some(accent).filter(|accent| !accent.is_empty()),
        providers,
        enabled: form.is_on("enabled"),
        ..Look::of(before)
    }
}

pub(super) fn saved(id: &ClientId, tab: &str) -> Response {
    see_other(&format!("/websites/{id}?tab={tab}&saved"))
}

pub(super) fn again(room: &Room<'_>, mut view: Website, why: Back) -> Response {
    let status = why.status();
    (view.notes, view.trouble) = why.parts();
    room.page_as(Place::Websites, &view, status)
}

async fn secrets_again(room: &Room<'_>, client_id: &str, error: ChangeError) -> Result<Response, Stop> {
    let why = back(error)?;
    let client = find(room, client_id).await?;
    Ok(again(room, view_of(room, &client, WebsiteTab::Secrets).await?, why))
}

fn assurance_choices(chosen: Assurance) -> Vec<Choice> {
    let choice = |level: Assurance| Choice {
        value: level.as_str().to_owned(),
        label: level.as_str().to_owned(),
        chosen: level == chosen,
    };
    Assurance::ALL.map(choice).to_vec()
}

pub(super) async fn view_of(room: &Room<'_>, client: &Client, tab: WebsiteTab) -> Result<Website, Stop> {
    let providers =
        provider_choices(room, |slug| client.providers.iter().any(|p| p.as_str() == slug)).await?;
    let public_url = &room.visitor.admin.public.settings.public_url;
    Ok(Website {
        tab,
        client_id: client.id.to_string(),
        name: client.name.clone(),
        called: client.name.clone(),
        resembles: Vec::new(),
        confidential: client.client_type == ClientType::Confidential,
        on_accent: text_on(client.accent.as_deref().unwrap_or_default()),
        accent: client.accent.clone().unwrap_or_default(),
        openid: openid_of(&client.openid, public_url),
        providers,
        ways: ways_to_try(room, client).await?,
        has_logo: client.logo.is_some(),
        enabled: client.enabled,
        redirect_uris: client.redirect_uris.join("\n"),
        origins: client.origins.join("\n"),
        assurances: assurance_choices(client.min_assurance),
        secrets: client.secret_hashes.iter().map(saoma_core::SecretHash::fingerprint).collect(),
        managed_by_file: client.managed_by_file,
        may_edit: room.can::<EditClients>(),
        may_delete: room.can::<CreateClients>(),
        version: client.version,
        created: client.created_at.into(),
        updated: client.updated_at.into(),
        stacks: Vec::new(),
        snippets: snippets(client, None, public_url, "other"),
        saved: false,
        trouble: None,
        notes: Notes::new(),
    })
}
