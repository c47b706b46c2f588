//! `/websites`: all websites, and the form that registers one.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::{Back, Room, back};
use super::shown::{Reveal, reveal};
use super::snippets::{LIBRARY, snippets};
use super::visit::Visitor;
use super::website::find;
use bytes::Bytes;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{Choice, NewWebsite, WebsiteLine, WebsiteReady, Websites};
use saoma_core::Secret;
use saoma_core::admin::abilities::{CreateClients, EditClients, ListProviders, ProbeProviders, ReadClients};
use saoma_core::client::{Client, ClientDraft, ClientId, ClientType, Look, OpenIdPolicy, Registered, Wiring};
use saoma_core::provider::{Assurance, ProviderRecord, ProviderSlug};
use std::sync::Arc;

/// What a website may be built with; the last has no back end.
const STACKS: [&str; 7] = ["node", "php", "python", "go", LIBRARY, "other", "page"];
const NO_BACK_END: &str = "page";

/// The stacks with a back end, to choose whose code is shown.
pub(super) fn back_ends(chosen: &str) -> Vec<Choice> {
    let choice =
        |stack: &str| Choice { value: stack.to_owned(), label: stack.to_owned(), chosen: stack == chosen };
    STACKS.into_iter().filter(|stack| *stack != NO_BACK_END).map(choice).collect()
}

/// All of them.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let clients = admin.clients.list(&room.permit::<ReadClients>()?).await?;
        let websites = clients.into_iter().map(website).collect();
        let view = Websites { websites, may_create: room.can::<CreateClients>() };
        Ok(room.page(Place::Websites, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn website(client: Client) -> WebsiteLine {
    WebsiteLine {
        client_id: client.id.to_string(),
        name: client.name,
        enabled: client.enabled,
        managed_by_file: client.managed_by_file,
        providers: client.providers.iter().map(ProviderSlug::to_string).collect(),
        origin: client.origins.into_iter().next(),
    }
}

/// The form. It is shown with a fresh proof only, so that nobody fills it in for nothing.
#[handler]
pub(super) async fn show_new(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        room.permit::<CreateClients>()?;
        // Whoever sets up their first website offers all the ways there are.
        let view = form_view(&room, |_| true, STACKS[0]).await?;
        Ok(room.page(Place::Websites, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Registers it, and shows what its code needs.
#[handler]
pub(super) async fn create(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<CreateClients>()?;
        let mut draft = draft(&form);
        draft.look.providers = ticked_ways(&room, &form).await?;
        match admin.clients.create(&permit, &draft).await {
            Ok(registered) => Ok(reveal_secret(&room, registered, form.get("stack"), false)),
            Err(error) => again(&room, &form, back(error)?).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Leads to where a new secret is shown.
pub(super) fn reveal_secret(room: &Room<'_>, registered: Registered, stack: &str, further: bool) -> Response {
    let Registered { client, secret } = registered;
    let what = Reveal::Website { client_id: client.id, secret, stack: stack.to_owned(), further };
    reveal(room.visitor.admin, &room.inside.session, what)
}

/// A secret that is shown this once, and the code round it.
pub(super) async fn ready(
    room: &Room<'_>,
    client_id: &ClientId,
    secret: Option<&Secret>,
    (stack, further): (&str, bool),
) -> Result<Response, Stop> {
    let client = &find(room, client_id.as_str()).await?;
    let secret = secret.map(Secret::expose);
    let public_url = &room.visitor.admin.public.settings.public_url;
    let view = WebsiteReady {
        client_id: client.id.to_string(),
        name: client.name.clone(),
        secret: secret.map(str::to_owned),
        further,
        snippets: if further { Vec::new() } else { snippets(client, secret, public_url, stack) },
        ways: if further { Vec::new() } else { ways_to_try(room, client).await? },
    };
    Ok(room.page(Place::Websites, &view))
}

/// The ways of a website that whoever is in may rehearse.
pub(super) async fn ways_to_try(room: &Room<'_>, client: &Client) -> Result<Vec<Choice>, Stop> {
    if !room.can::<ProbeProviders>() {
        return Ok(Vec::new());
    }
    let shown = room.visitor.admin.providers.list(&room.permit::<ListProviders>()?).await?;
    let own = shown.into_iter().map(|shown| shown.record);
    let own = own.filter(|record| record.enabled && client.providers.contains(&record.slug));
    let way = |record: ProviderRecord| Choice {
        value: record.slug.to_string(),
        label: record.title,
        chosen: false,
    };
    Ok(own.map(way).collect())
}

fn draft(form: &Form) -> ClientDraft {
    let text = |name: &str| form.get(name).trim().to_owned();
    let one = |name: &str| Some(text(name)).filter(|text| !text.is_empty()).into_iter().collect();
    ClientDraft {
        id: text("client_id"),
        client_type: match form.get("stack") {
            NO_BACK_END => ClientType::Public,
            _ => ClientType::Confidential,
        },
        look: Look {
            name: text("name"),
            name_resembles: form.ticked("resembles.").map(str::to_owned).collect(),
            accent: None,
            logo: None,
            providers: Vec::new(),
            enabled: true,
        },
        wiring: Wiring {
            redirect_uris: one("redirect_uri"),
            origins: one("origin"),
            min_assurance: Assurance::Confirmed,
            openid: OpenIdPolicy::default(),
        },
    }
}

/// The ways that were ticked, in the order in which the form lists them: visitors see the first one first. One
/// that is not listed stays among them, to be refused by name.
async fn ticked_ways(room: &Room<'_>, form: &Form) -> Result<Vec<String>, Stop> {
    let mut left: Vec<&str> = form.ticked("provider.").collect();
    let listed = provider_choices(room, |slug| left.contains(&slug)).await?;
    let ways: Vec<_> = listed.into_iter().filter(|way| way.chosen).map(|way| way.value).collect();
    left.retain(|slug| !ways.iter().any(|way| way == slug));
    Ok(ways.into_iter().chain(left.into_iter().map(str::to_owned)).collect())
}

async fn again(room: &Room<'_>, form: &Form, why: Back) -> Result<Response, Stop> {
    let status = why.status();
    let chosen: Vec<&str> = form.ticked("provider.").collect();
    let mut view = form_view(room, |slug| chosen.contains(&slug), form.get("stack")).await?;
    form.get("name").clone_into(&mut view.name);
    view.resembles = resembled(room, form, form.get("name").trim(), None).await?;
    form.get("client_id").clone_into(&mut view.client_id);
    form.get("origin").clone_into(&mut view.origin);
    form.get("redirect_uri").clone_into(&mut view.redirect_uri);
    (view.notes, _) = why.parts();
    Ok(room.page_as(Place::Websites, &view, status))
}

async fn form_view(room: &Room<'_>, chosen: impl Fn(&str) -> bool, stack: &str) -> Result<NewWebsite, Stop> {
    let providers = provider_choices(room, chosen).await?;
    let stacks = STACKS.map(|known| Choice {
        value: known.to_owned(),
        label: known.to_owned(),
        chosen: known == stack,
    });
    Ok(NewWebsite { stacks: stacks.to_vec(), providers, ..NewWebsite::default() })
}

/// Websites that people could take this name for, to be ticked by whoever means it so. Known by id alone
/// to an admin who may not see them.
pub(super) async fn resembled(
    room: &Room<'_>,
    form: &Form,
    name: &str,
    own: Option<&ClientId>,
) -> Result<Vec<Choice>, Stop> {
    let permit = room.permit::<EditClients>()?;
    let meant: Vec<&str> = form.ticked("resembles.").collect();
    let alike = room.visitor.admin.clients.resembled(&permit, name, own).await?;
    let choices = alike.into_iter().map(|(id, name)| Choice {
        chosen: meant.contains(&id.as_str()),
        label: if permit.reach().has(&id) { name } else { id.to_string() },
        value: id.to_string(),
    });
    Ok(choices.collect())
}

/// All ways there are, to choose from.
pub(super) async fn provider_choices(
    room: &Room<'_>,
    chosen: impl Fn(&str) -> bool,
) -> Result<Vec<Choice>, Stop> {
    let shown = room.visitor.admin.providers.list(&room.permit::<ListProviders>()?).await?;
    let choices = shown.into_iter().map(|shown| {
        let slug = shown.record.slug.to_string();
        let label = format!("{} ({slug})", shown.record.title);
        Choice { chosen: chosen(&slug), value: slug, label }
    });
    Ok(choices.collect())
}
