//! `/users`: everybody, searched; those who may be one person; whoever a failed log-in proved.

use super::Admin;
use super::answer::{Stop, refuse};
use super::downloads::{download, format_of, to_list};
use super::room::Room;
use super::user_query::{KINDS, STATES, UserQuery};
use super::visit::Visitor;
use crate::http::callback::see_other;
use crate::http::parameters;
use crate::user_files::UserFile;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{Admit, Choice, IdentityTag, OfferLine, Offers, UserLine, Users};
use saoma_core::admin::abilities::{EditUsers, ExportUsers, LinkUsers, ReadClients, ReadUsers};
use saoma_core::id::UserId;
use saoma_core::page::{Page, PageRequest};
use saoma_core::user::admin::{
    AdmitTo, MergeOffer, Person, UserError, UserFilter, UserRefusal, Versioned, Way, abbreviated,
};
use std::collections::BTreeMap;
use std::sync::Arc;

const PAGE: u16 = 50;

/// What ids stand for, in people's words.
pub(super) struct Names {
    ways: Vec<Way>,
    websites: BTreeMap<String, String>,
}

impl Names {
    pub(super) async fn load(room: &Room<'_>) -> Result<Self, Stop> {
        let admin = room.visitor.admin;
        let ways = admin.users.list_ways(&room.permit::<ReadUsers>()?);
        let clients = admin.clients.list(&room.permit::<ReadClients>()?).await?;
        let websites = clients.into_iter().map(|client| (client.id.to_string(), client.name)).collect();
        Ok(Self { ways, websites })
    }

    /// What the way is called whose namespace this is.
    pub(super) fn way(&self, namespace: &str) -> Option<&str> {
        self.ways.iter().find(|way| way.namespace == namespace).map(|way| way.title.as_str())
    }

    /// What the way of this slug is called; one that is gone goes by its slug.
    pub(super) fn way_of<'a>(&'a self, slug: &'a str) -> &'a str {
        let way = self.ways.iter().find(|way| way.slug.as_str() == slug);
        way.map_or(slug, |way| way.title.as_str())
    }

    /// What a website is called; one that is gone goes by its id.
    pub(super) fn website<'a>(&'a self, client_id: &'a str) -> &'a str {
        self.websites.get(client_id).map_or(client_id, String::as_str)
    }

    fn of_field(&self, field: &str, value: &str) -> String {
        let called = match field {
            "provider" => self.way_of(value),
            "client" => self.website(value),
            _ => value,
        };
        called.to_owned()
    }
}

/// Everybody of whom the search holds.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ReadUsers>()?;
        let fields = fields(request);
        let after = fields.get("after").cloned();
        let query = UserQuery::new(fields);
        let names = Names::load(&room).await?;
        let (found, problems) = match query.filter(&names.ways, admin.house.zone()) {
            Ok(filter) => {
                let page = PageRequest { after: after.clone(), limit: PAGE };
                (admin.users.list(&permit, &filter, &page).await.map_err(stop)?, Vec::new())
            }
            Err(problems) => (Page { items: Vec::new(), next: None }, problems),
        };
        let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut view = search(&query, &names);
        view.users = found.items.iter().map(|person| line(person, &names)).collect();
        view.next = found.next.map(|mark| query.page(Some(&mark)));
        view.first = after.map(|_| query.page(None));
        view.notes = saoma_admin_ui::notes(problems);
        (view.may_export, view.export) = (room.can::<ExportUsers>(), query.export());
        Ok(room.page_as(Place::Users, &view, status))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The same as a file.
#[handler]
pub(super) async fn export(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ExportUsers>()?;
        let query = UserQuery::new(fields(request));
        let format = format_of(request)?;
        let ways = admin.users.list_ways_to_export(&permit);
        let Ok(filter) = query.filter(&ways, admin.house.zone()) else {
            return Ok(to_list(request));
        };
        let export = admin.users.export(&permit, filter, &query.told(format.as_str())).await?;
        Ok(download("people", format, UserFile { format, export }))
    };
    begun.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Names and values of the address.
pub(super) fn fields(request: &Request) -> BTreeMap<String, String> {
    let query = request.uri().query().unwrap_or_default();
    parameters::parse(query.as_bytes()).unwrap_or_default()
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), chosen: value == chosen }
}

fn search(query: &UserQuery, names: &Names) -> Users {
    let ways = names.ways.iter();
    let websites = names.websites.iter();
    Users {
        kinds: KINDS.map(|kind| choice(kind, kind, query.kind())).to_vec(),
        text: query.get("text").to_owned(),
        ways: ways.map(|way| choice(way.slug.as_str(), &way.title, query.get("provider"))).collect(),
        websites: websites.map(|(id, name)| choice(id, name, query.get("client"))).collect(),
        states: STATES.map(|state| choice(state, state, query.get("state"))).to_vec(),
        from: query.get("from").to_owned(),
        to: query.get("to").to_owned(),
        chips: query.chips(|field, value| names.of_field(field, value)),
        ..Users::default()
    }
}

fn line(person: &Person, names: &Names) -> UserLine {
    let user = &person.user;
    let tag = |one: &saoma_core::user::admin::Identity| IdentityTag {
        way: names.way(&one.namespace).unwrap_or(&one.namespace).to_owned(),
        subject: abbreviated(&one.subject),
    };
    UserLine {
        user_id: user.id.to_string(),
        name: user.name.clone(),
        picture: user.picture.is_some(),
        identities: person.identities.iter().map(tag).collect(),
        aliases: person.aliases.len(),
        websites: websites(person, names),
        created: user.created_at.into(),
        last_login: person.last_login_at().map(Into::into),
        disabled: user.disabled_at.is_some(),
    }
}

/// Websites of a person, by name, each once.
pub(super) fn websites(person: &Person, names: &Names) -> Vec<String> {
    let mut all: Vec<String> =
        person.uses.iter().map(|one| names.website(one.client.as_str()).to_owned()).collect();
    all.dedup();
    all
}

/// What a refused reading or writing does when no page of its own says it.
pub(super) fn stop(error: UserError) -> Stop {
    match error {
        UserError::Refused(_) => Stop::NotFound,
        UserError::Store(error) => error.into(),
    }
}

/// Those who may be one person.
#[handler]
pub(super) async fn offers(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let page = PageRequest { after: fields(request).remove("after"), limit: PAGE };
        let found = admin.users.list_merge_offers(&room.permit::<ReadUsers>()?, &page).await.map_err(stop)?;
        let view = Offers {
            offers: offer_lines(&room, &found.items).await?,
            next: found.next.map(|mark| format!("/users/offers?after={mark}")),
            may_edit: room.can::<EditUsers>(),
        };
        Ok(room.page(Place::Users, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Offers with the names of who is in them.
pub(super) async fn offer_lines(room: &Room<'_>, all: &[MergeOffer]) -> Result<Vec<OfferLine>, Stop> {
    let mut lines = Vec::with_capacity(all.len());
    for offer in all {
        lines.push(OfferLine {
            offer_id: offer.id.to_string(),
            user: called(room, &offer.user).await?,
            other: called(room, &offer.other).await?,
            namespace: offer.namespace.clone(),
            at: offer.created_at.into(),
        });
    }
    Ok(lines)
}

/// Id and name; whoever has no name goes by the id.
async fn called(room: &Room<'_>, user: &UserId) -> Result<(String, String), Stop> {
    let filter = UserFilter { id: Some(user.clone()), ..UserFilter::default() };
    let permit = room.permit::<ReadUsers>()?;
    let found =
        room.visitor.admin.users.list(&permit, &filter, &PageRequest::first(1)).await.map_err(stop)?;
    let name = found.items.into_iter().next().and_then(|person| person.user.name);
    Ok((user.to_string(), name.unwrap_or_else(|| user.to_string())))
}

/// Says that the two of an offer are two.
#[handler]
pub(super) async fn dismiss(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditUsers>()?;
        let id = form.get("offer_id").parse().map_err(|_| Stop::NotFound)?;
        match admin.users.dismiss_offer(&permit, &id).await {
            // Answered meanwhile is what was wanted.
            Ok(()) | Err(UserError::Refused(_)) => Ok(see_other("/users/offers")),
            Err(UserError::Store(error)) => Err(error.into()),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Asks as whom the person of a log-in is to be known.
#[handler]
pub(super) async fn show_admit(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        room.permit::<LinkUsers>()?;
        let login_id = fields(request).remove("login").unwrap_or_default();
        let view = Admit { login_id, user_id: String::new(), owner: None, trouble: None };
        Ok(room.page(Place::Users, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Makes the person known.
#[handler]
pub(super) async fn admit(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<LinkUsers>()?;
        let (login_id, user_id) = (form.get("login_id").to_owned(), form.get("user_id").trim().to_owned());
        let tried = async {
            let login = login_id.parse().map_err(|_| UserRefusal::NobodyKnown)?;
            let to = match form.sent("user_id") {
                None => AdmitTo::NewUser,
                Some(_) => AdmitTo::User(as_it_stands(&room, &user_id).await?),
            };
            admin.users.admit(&permit, &login, to).await
        };
        match tried.await {
            Ok(user) => Ok(see_other(&format!("/users/{user}?saved"))),
            Err(UserError::Store(error)) => Err(error.into()),
            Err(UserError::Refused(refusal)) => {
                let owner = match &refusal {
                    UserRefusal::BelongsTo(user) | UserRefusal::Merged(user) => Some(user.to_string()),
                    _ => None,
                };
                let view = Admit { login_id, user_id, owner, trouble: Some(refusal.code()) };
                Ok(room.page_as(Place::Users, &view, StatusCode::CONFLICT))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// A User that a form names by its id alone.
pub(super) async fn as_it_stands(room: &Room<'_>, user_id: &str) -> Result<Versioned, UserError> {
    let user: UserId = user_id.parse().map_err(|_| UserRefusal::NotFound)?;
    // Whoever may change may read.
    let permit = room.permit::<ReadUsers>().map_err(|_| UserRefusal::NotFound)?;
    let found = room.visitor.admin.users.find(&permit, &user).await?;
    Ok(Versioned { user, version: found.person.user.version })
}
