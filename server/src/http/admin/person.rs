//! `/users/{user_id}`: one person, part by part, and what may be done.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::people::{Names, as_it_stands, fields, offer_lines};
use super::person_sessions;
use super::room::Room;
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{IdentityLine, MergeLine, UseLine, User, UserTab};
use saoma_core::admin::abilities::{DeleteUsers, EditUsers, LinkUsers, ReadUsers};
use saoma_core::id::UserId;
use saoma_core::user::admin::{
    ClientUse, Identity, Merge, PersonDetail, TokensOf, UserError, UserRefusal, Versioned,
};
use std::sync::Arc;

/// One part of the page.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        room.permit::<ReadUsers>()?;
        let query = fields(request);
        let tab = tab_of(query.get("tab").map_or("", String::as_str));
        let detail = match find(&room, &user_id).await {
            Err(UserError::Refused(UserRefusal::Merged(other))) => {
                return Ok(see_other(&format!("/users/{other}")));
            }
            found => found.map_err(super::people::stop)?,
        };
        let mut view = view_of(&room, &detail, tab).await?;
        view.saved = query.contains_key("saved");
        Ok(room.page(Place::Users, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Switches off, or on.
#[handler]
pub(super) async fn switch(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, user) = (room.permit::<EditUsers>()?, versioned(&user_id, &form)?);
        let done = if form.get("disabled") == "yes" {
            admin.users.disable(&permit, user).await
        } else {
            admin.users.enable(&permit, user).await
        };
        answered(&room, &user_id, UserTab::Overview, done).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Ends tokens, everywhere or at one website.
#[handler]
pub(super) async fn revoke(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, user) = (room.permit::<EditUsers>()?, versioned(&user_id, &form)?);
        let (tokens, tab) = match form.sent("client_id") {
            None => (TokensOf::Everywhere, UserTab::Overview),
            Some(id) => {
                let client = id.parse().map_err(|_| Stop::NotFound)?;
                let from = if form.get("from") == "sessions" { UserTab::Sessions } else { UserTab::Logins };
                (TokensOf::Client(client), from)
            }
        };
        let done = admin.users.revoke_tokens(&permit, user, tokens).await;
        answered(&room, &user_id, tab, done.map(drop)).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Takes a way to log in away.
#[handler]
pub(super) async fn unlink(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, user) = (room.permit::<EditUsers>()?, versioned(&user_id, &form)?);
        let identity = form.get("identity_id").parse().map_err(|_| Stop::NotFound)?;
        let done = admin.users.unlink(&permit, user, &identity).await;
        answered(&room, &user_id, UserTab::Identities, done).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Gives a way to log in to somebody else.
#[handler]
pub(super) async fn link(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, from) = (room.permit::<LinkUsers>()?, versioned(&user_id, &form)?);
        let identity = form.get("identity_id").parse().map_err(|_| Stop::NotFound)?;
        let done = match as_it_stands(&room, form.get("to").trim()).await {
            Ok(to) => admin.users.link(&permit, from, &identity, to).await,
            Err(error) => Err(error),
        };
        answered(&room, &user_id, UserTab::Identities, done).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Takes a merge back.
#[handler]
pub(super) async fn undo(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, user) = (room.permit::<LinkUsers>()?, versioned(&user_id, &form)?);
        let merge = form.get("merge_id").parse().map_err(|_| Stop::NotFound)?;
        let done = admin.users.undo_merge(&permit, user, &merge).await;
        answered(&room, &user_id, UserTab::Overview, done).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Deletes the person.
#[handler]
pub(super) async fn delete(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<DeleteUsers>()?;
        match admin.users.delete(&permit, versioned(&user_id, &form)?).await {
            Ok(()) => Ok(see_other("/users")),
            Err(error) => answered(&room, &user_id, UserTab::Overview, Err(error)).await,
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn tab_of(word: &str) -> UserTab {
    match word {
        "identities" => UserTab::Identities,
        "logins" => UserTab::Logins,
        "sessions" => UserTab::Sessions,
        _ => UserTab::Overview,
    }
}

const fn word_of(tab: UserTab) -> &'static str {
    match tab {
        UserTab::Overview => "overview",
        UserTab::Identities => "identities",
        UserTab::Logins => "logins",
        UserTab::Sessions => "sessions",
    }
}

pub(super) fn versioned(user_id: &str, form: &Form) -> Result<Versioned, Stop> {
    Ok(Versioned { user: user_id.parse().map_err(|_| Stop::NotFound)?, version: form.version() })
}

pub(super) async fn find(room: &Room<'_>, user_id: &str) -> Result<PersonDetail, UserError> {
    let id: UserId = user_id.parse().map_err(|_| UserRefusal::NotFound)?;
    let permit = room.permit::<ReadUsers>().map_err(|_| UserRefusal::NotFound)?;
    room.visitor.admin.users.find(&permit, &id).await
}

/// Back to the page, changed or with the reason why not.
pub(super) async fn answered(
    room: &Room<'_>,
    user_id: &str,
    tab: UserTab,
    done: Result<(), UserError>,
) -> Result<Response, Stop> {
    let refusal = match done {
        Ok(()) => return Ok(see_other(&format!("/users/{user_id}?tab={}&saved", word_of(tab)))),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(UserError::Refused(refusal)) => refusal,
    };
    let detail = find(room, user_id).await.map_err(super::people::stop)?;
    let mut view = view_of(room, &detail, tab).await?;
    view.trouble = Some(refusal.code());
    Ok(room.page_as(Place::Users, &view, StatusCode::CONFLICT))
}

async fn view_of(room: &Room<'_>, detail: &PersonDetail, tab: UserTab) -> Result<User, Stop> {
    let names = Names::load(room).await?;
    let (person, user) = (&detail.person, &detail.person.user);
    let mut view = User {
        tab,
        user_id: user.id.to_string(),
        version: user.version,
        name: user.name.clone(),
        picture: user.picture.is_some(),
        locale: user.locale.clone(),
        disabled: user.disabled_at.map(Into::into),
        created: user.created_at.into(),
        updated: user.updated_at.into(),
        last_login: person.last_login_at().map(Into::into),
        identities: person.identities.iter().map(|one| identity(one, &names)).collect(),
        aliases: person.aliases.iter().map(|one| (one.namespace.clone(), one.value.clone())).collect(),
        uses: person.uses.iter().map(|one| website(one, detail, &names)).collect(),
        browsers: Vec::new(),
        consents: Vec::new(),
        tokens: detail.grants.iter().map(|grant| grant.tokens).sum(),
        parts: detail.parts.iter().map(ToString::to_string).collect(),
        merges: detail.merges.iter().map(merge).collect(),
        offers: offer_lines(room, &detail.offers).await?,
        may_edit: room.can::<EditUsers>(),
        may_delete: room.can::<DeleteUsers>(),
        saved: false,
        trouble: None,
    };
    if tab == UserTab::Sessions {
        person_sessions::fill(&mut view, room, &user.id, &names).await?;
    }
    Ok(view)
}

fn identity(one: &Identity, names: &Names) -> IdentityLine {
    IdentityLine {
        identity_id: one.id.to_string(),
        way: names.way(&one.namespace).map(str::to_owned),
        namespace: one.namespace.clone(),
        subject: one.subject.clone(),
        created: one.created_at.into(),
    }
}

fn website(one: &ClientUse, detail: &PersonDetail, names: &Names) -> UseLine {
    let is_own = one.sub == detail.person.user.id;
    let there = detail.grants.iter().filter(|grant| grant.client == one.client);
    // Which sub a grant told is not asked: one end ends them all there.
    let tokens = there.map(|grant| grant.tokens).sum();
    UseLine {
        website: names.website(one.client.as_str()).to_owned(),
        client_id: one.client.to_string(),
        sub: (!is_own).then(|| one.sub.to_string()),
        first: one.first_at.into(),
        last: one.last_at.into(),
        logins: one.logins,
        tokens,
    }
}

fn merge(one: &Merge) -> MergeLine {
    MergeLine {
        merge_id: one.id.to_string(),
        loser: one.loser.to_string(),
        at: one.at.into(),
        undo_until: one.undo_until.into(),
    }
}
