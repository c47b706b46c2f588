//! `/providers`: the ways to log in: cards, one by its form, what goes into the vendor's console.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::provider_form::{groups, read, typed};
use super::room::{Back, Room, back};
use super::shown::{Reveal, reveal};
use super::visit::Visitor;
use crate::http::callback::see_other;
use crate::http::parameters;
use bytes::Bytes;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{Choice, Handout, Provider, ProviderCard, Providers};
use saoma_admin_ui::{Language, Notes, Place};
use saoma_core::ChangeError;
use saoma_core::admin::abilities::{EditProviders, ListProviders, ReadClients, ReadProviders};
use saoma_core::provider::{
    Descriptor, FactName, HandedOut, ProviderChange, ProviderDraft, ProviderFactory, ProviderSlug, Shown,
    open_addresses, push_address,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All of them.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        room.permit::<ReadProviders>()?;
        let permit = room.permit::<ListProviders>()?;
        let shown = admin.providers.list(&permit).await?;
        let clients = admin.clients.list(&room.permit::<ReadClients>()?).await?;
        let cards = shown.into_iter().map(|shown| {
            let offering = clients.iter().filter(|client| client.providers.contains(&shown.record.slug));
            let websites = offering.map(|client| client.name.clone()).collect();
            card(shown, websites, visitor.language)
        });
        let kinds =
            admin.providers.kinds(&permit).iter().map(|factory| kind_choice(&**factory, visitor.language));
        let kinds = if room.can::<EditProviders>() { kinds.collect() } else { Vec::new() };
        Ok(room.page(Place::Providers, &Providers { providers: cards.collect(), kinds }))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn kind_choice(factory: &dyn ProviderFactory, language: Language) -> Choice {
    let Descriptor { kind, called, .. } = factory.descriptor();
    Choice { value: (*kind).to_owned(), label: language.read(*called).to_owned(), chosen: false }
}

fn kind_title(shown: &Shown, language: Language) -> String {
    let title = shown.descriptor.as_ref().map(|descriptor| language.read(descriptor.called).to_owned());
    title.unwrap_or_else(|| shown.record.kind.clone())
}

fn card(shown: Shown, websites: Vec<String>, language: Language) -> ProviderCard {
    ProviderCard {
        slug: shown.record.slug.to_string(),
        kind: kind_title(&shown, language),
        title: shown.record.title,
        enabled: shown.record.enabled,
        managed_by_file: shown.record.managed_by_file,
        trouble: shown.trouble,
        websites,
    }
}

/// One of them.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(slug): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let shown = find(&room, &slug).await?;
        let mut view = view_of(&room, &shown)?;
        view.saved = request.uri().query() == Some("saved");
        Ok(room.page(Place::Providers, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The empty form of a kind.
#[handler]
pub(super) async fn show_new(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        room.permit::<EditProviders>()?;
        let factory = kind_of(&room)?;
        Ok(room.page(Place::Providers, &new_view(&room, &*factory, &Value::Null)))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Sets one up.
#[handler]
pub(super) async fn create(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditProviders>()?;
        let factory = kind_of(&room)?;
        let created = match read(factory.config_schema(), &form) {
            Ok(config) => {
                let draft = draft(&form, &*factory, config);
                admin.providers.create(&permit, &draft).await
            }
            Err(error) => Err(error),
        };
        match created {
            Ok(shown) => Ok(see_other(&format!("/providers/{}?saved", shown.record.slug))),
            Err(error) => {
                let mut view = new_view(&room, &*factory, &typed(factory.config_schema(), &form));
                form.get("slug").clone_into(&mut view.slug);
                form.get("title").clone_into(&mut view.title);
                Ok(again(&room, view, back(error)?))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn draft(form: &Form, factory: &dyn ProviderFactory, mut config: Map<String, Value>) -> ProviderDraft {
    config.retain(|_, value| !value.is_null());
    ProviderDraft {
        slug: form.get("slug").trim().to_owned(),
        kind: factory.descriptor().kind.to_owned(),
        title: form.get("title").trim().to_owned(),
        config,
    }
}

/// Changes one.
#[handler]
pub(super) async fn change(
    request: &Request,
    body: Bytes,
    Path(slug): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditProviders>()?;
        let before = find(&room, &slug).await?;
        let factory = factory(&room, &before.record.kind)?;
        let changed = match read(factory.config_schema(), &form) {
            Ok(config) => {
                let title = Some(form.get("title").trim().to_owned());
                let change = ProviderChange { title, enabled: Some(form.is_on("enabled")), config };
                admin.providers.edit(&permit, (&before.record.slug, form.version()), &change).await
            }
            Err(error) => Err(error),
        };
        match changed {
            Ok(_) => Ok(see_other(&format!("/providers/{slug}?saved"))),
            Err(error) => {
                let why = back(error)?;
                let mut view = view_of(&room, &before)?;
                if why.keeps_typed() {
                    let schema = factory.config_schema();
                    view.groups = groups(schema, &typed(schema, &form), &before.secrets, visitor.language);
                    form.get("title").clone_into(&mut view.title);
                }
                Ok(again(&room, view, why))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Shows what the vendor's console must hold as well.
#[handler]
pub(super) async fn hand_out(
    request: &Request,
    body: Bytes,
    Path(slug): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, _) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditProviders>()?;
        let shown = find(&room, &slug).await?;
        let handed = admin.providers.hand_out(&permit, &shown.record.slug).await;
        let handed = handed.map_err(|error| back(error).err().unwrap_or(Stop::NotFound))?;
        let what = Reveal::Shared(shown.record.slug, Arc::new(handed));
        Ok(reveal(admin, &room.inside.session, what))
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// One with the secrets that the vendor's console must hold as well.
pub(super) async fn with_shared(
    room: &Room<'_>,
    slug: &ProviderSlug,
    handed: &HandedOut,
) -> Result<Response, Stop> {
    let shown = find(room, slug.as_str()).await?;
    let mut view = view_of(room, &shown)?;
    let public_url = &room.visitor.admin.public.settings.public_url;
    view.handouts.extend(shared(public_url, &shown, handed, room.visitor.language));
    view.more_handouts = false;
    Ok(room.page(Place::Providers, &view))
}

/// Deletes one.
#[handler]
pub(super) async fn delete(
    request: &Request,
    body: Bytes,
    Path(slug): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditProviders>()?;
        let before = find(&room, &slug).await?;
        match admin.providers.delete(&permit, (&before.record.slug, form.version())).await {
            Ok(()) => Ok(see_other("/providers")),
            Err(error) => Ok(again(&room, view_of(&room, &before)?, back(error)?)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

async fn find(room: &Room<'_>, slug: &str) -> Result<Shown, Stop> {
    let permit = room.permit::<ReadProviders>()?;
    let slug: ProviderSlug = slug.parse().map_err(|_| Stop::NotFound)?;
    let found = room.visitor.admin.providers.find(&permit, &slug).await;
    found.map_err(|error: ChangeError| back(error).err().unwrap_or(Stop::NotFound))?.ok_or(Stop::NotFound)
}

fn factory(room: &Room<'_>, kind: &str) -> Result<Arc<dyn ProviderFactory>, Stop> {
    let kinds = room.visitor.admin.providers.kinds(&room.permit::<ListProviders>()?);
    kinds.iter().find(|factory| factory.descriptor().kind == kind).cloned().ok_or(Stop::NotFound)
}

/// The kind that the address names.
fn kind_of(room: &Room<'_>) -> Result<Arc<dyn ProviderFactory>, Stop> {
    let query = room.visitor.request.uri().query().unwrap_or_default();
    let query = parameters::parse(query.as_bytes()).map_err(|_| Stop::NotFound)?;
    factory(room, query.get("kind").map_or("", String::as_str))
}

fn again(room: &Room<'_>, mut view: Provider, why: Back) -> Response {
    let status = why.status();
    (view.notes, view.trouble) = why.parts();
    for group in &mut view.groups {
        let has_note = group.settings.iter().any(|setting| view.notes.contains_key(&setting.name));
        group.folded = group.folded && !has_note;
    }
    room.page_as(Place::Providers, &view, status)
}

fn new_view(room: &Room<'_>, factory: &dyn ProviderFactory, values: &Value) -> Provider {
    let language = room.visitor.language;
    let descriptor = factory.descriptor();
    Provider {
        new: true,
        slug: String::new(),
        title: language.read(descriptor.title).to_owned(),
        kind: descriptor.kind.to_owned(),
        kind_title: language.read(descriptor.called).to_owned(),
        enabled: true,
        managed_by_file: false,
        may_edit: true,
        version: 0,
        groups: groups(factory.config_schema(), values, &BTreeMap::new(), language),
        handouts: Vec::new(),
        more_handouts: false,
        warnings: Vec::new(),
        saved: false,
        trouble: None,
        notes: Notes::new(),
    }
}

fn view_of(room: &Room<'_>, shown: &Shown) -> Result<Provider, Stop> {
    let language = room.visitor.language;
    let record = &shown.record;
    // A kind that this version does not have has no form.
    let groups = match factory(room, &record.kind) {
        Ok(factory) => groups(factory.config_schema(), &record.config, &shown.secrets, language),
        Err(Stop::NotFound) => Vec::new(),
        Err(stop) => return Err(stop),
    };
    Ok(Provider {
        new: false,
        slug: record.slug.to_string(),
        title: record.title.clone(),
        kind: record.kind.clone(),
        kind_title: kind_title(shown, language),
        enabled: record.enabled,
        managed_by_file: record.managed_by_file,
        may_edit: room.can::<EditProviders>(),
        version: record.version,
        groups,
        handouts: handouts(&room.visitor.admin.public.settings.public_url, shown, language),
        more_handouts: shown.open.as_ref().is_some_and(|open| open.provider.push_secret().is_some()),
        warnings: shown.warnings.iter().map(|&warning| language.read(warning).to_owned()).collect(),
        saved: false,
        trouble: shown.trouble,
        notes: Notes::new(),
    })
}

fn handout(label: String, value: &str) -> Handout {
    Handout { label, value: value.to_owned() }
}

/// What goes into the vendor's console and is no secret.
fn handouts(public_url: &str, shown: &Shown, language: Language) -> Vec<Handout> {
    let open = shown.open.iter();
    let facts = open.flat_map(|open| open_addresses(public_url, open));
    facts.map(|fact| handout(language.read(fact.name.label()).to_owned(), &fact.value)).collect()
}

/// What is a secret of both sides.
fn shared(public_url: &str, shown: &Shown, handed: &HandedOut, language: Language) -> Vec<Handout> {
    let address = handed.push_end.iter().map(|end| {
        let address = push_address(public_url, &shown.record.slug, end);
        handout(language.read(FactName::PushAddress.label()).to_owned(), address.expose())
    });
    let secrets = handed.shared.iter().map(|secret| {
        let label = if language == Language::Chinese { &secret.label_zh } else { &secret.label_en };
        handout(label.clone(), secret.value.expose())
    });
    address.chain(secrets).collect()
}
