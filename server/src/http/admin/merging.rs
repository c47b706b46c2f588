//! `/users/{user_id}/merge`: who is to become part of this person is chosen, seen, and then said.

use super::Admin;
use super::answer::{Stop, refuse};
use super::people::{Names, fields, stop, websites};
use super::person::{find, versioned};
use super::room::Room;
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{MergeSide, Merging};
use saoma_core::admin::abilities::LinkUsers;
use saoma_core::user::admin::{Person, UserError, UserRefusal, Versioned};
use std::sync::Arc;

/// What would happen.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        room.permit::<LinkUsers>()?;
        let with = fields(request).remove("with").unwrap_or_default();
        preview(&room, &user_id, with.trim(), None).await
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Does it.
#[handler]
pub(super) async fn merge(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let (permit, winner) = (room.permit::<LinkUsers>()?, versioned(&user_id, &form)?);
        let loser = Versioned {
            user: form.get("with").parse().map_err(|_| Stop::NotFound)?,
            version: form.get("with_version").parse().unwrap_or(0),
        };
        match admin.users.merge(&permit, winner, loser).await {
            Ok(_) => Ok(see_other(&format!("/users/{user_id}?saved"))),
            Err(UserError::Store(error)) => Err(error.into()),
            Err(UserError::Refused(refusal)) => {
                preview(&room, &user_id, form.get("with"), Some(refusal)).await
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

async fn preview(
    room: &Room<'_>,
    user_id: &str,
    with: &str,
    refusal: Option<UserRefusal>,
) -> Result<Response, Stop> {
    let names = Names::load(room).await?;
    let winner = find(room, user_id).await.map_err(stop)?.person;
    let (loser, refusal) = match named(room, &winner, with).await {
        Ok(loser) => (loser, refusal),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(UserError::Refused(why)) => (None, Some(refusal.unwrap_or(why))),
    };
    let view = Merging {
        takes_name: winner.user.name.is_none()
            && loser.as_ref().is_some_and(|loser| loser.user.name.is_some()),
        winner: side(&winner, &names),
        loser: loser.as_ref().map(|loser| side(loser, &names)),
        with: with.to_owned(),
        undo_days: room.visitor.admin.users.rules().undo_days,
        trouble: refusal.as_ref().map(UserRefusal::code),
    };
    let status = if refusal.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(room.page_as(Place::Users, &view, status))
}

/// Whom the other id names; nobody when none was typed.
async fn named(room: &Room<'_>, winner: &Person, with: &str) -> Result<Option<Person>, UserError> {
    if with.is_empty() {
        return Ok(None);
    }
    let loser = find(room, with).await?.person;
    if loser.user.id == winner.user.id {
        return Err(UserRefusal::SameUser.into());
    }
    Ok(Some(loser))
}

fn side(person: &Person, names: &Names) -> MergeSide {
    let user = &person.user;
    let way = |namespace: &str| names.way(namespace).unwrap_or(namespace).to_owned();
    MergeSide {
        user_id: user.id.to_string(),
        version: user.version,
        name: user.name.clone(),
        picture: user.picture.is_some(),
        disabled: user.disabled_at.is_some(),
        ways: person.identities.iter().map(|one| way(&one.namespace)).collect(),
        websites: websites(person, names),
        created: user.created_at.into(),
        last_login: person.last_login_at().map(Into::into),
    }
}
