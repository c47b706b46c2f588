//! `/tokens`: how programs come in.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::{Room, back, list as items};
use super::shown::{Reveal, reveal};
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{Choice, TokenLine, Tokens};
use saoma_core::admin::abilities::{EditTokens, ReadAdmins};
use saoma_core::admin::{About, Admin as Person, ApiToken, TokenDraft, abilities};
use saoma_core::{Secret, Timestamp};
use std::sync::Arc;

/// How long a token lives unless somebody says otherwise.
const USUAL_DAYS: &str = "90";

/// All of them.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        Ok(room.page(Place::Staff, &view_of(&room, &[]).await?))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Makes one; what its holder sends is shown this once.
#[handler]
pub(super) async fn create(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditTokens>()?;
        match admin.admins.create_token(&permit, &draft(&form)).await {
            Ok((_, secret)) => Ok(reveal(admin, &room.inside.session, Reveal::Token(secret))),
            Err(error) => {
                let why = back(error)?;
                let status = why.status();
                let scope: Vec<&str> = form.ticked("scope.").collect();
                let mut view = view_of(&room, &scope).await?;
                form.get("name").clone_into(&mut view.name);
                form.get("clients").clone_into(&mut view.clients);
                form.get("networks").clone_into(&mut view.networks);
                form.get("days").clone_into(&mut view.days);
                (view.notes, _) = why.parts();
                Ok(room.page_as(Place::Staff, &view, status))
            }
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// All of them, with what the holder of a new one sends.
pub(super) async fn with_secret(room: &Room<'_>, secret: &Secret) -> Result<Response, Stop> {
    let view = Tokens { secret: Some(secret.expose().to_owned()), ..view_of(room, &[]).await? };
    Ok(room.page(Place::Staff, &view))
}

/// Takes one away; one that is gone already is what was wanted.
#[handler]
pub(super) async fn revoke(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditTokens>()?;
        let id = form.get("token_id").parse().map_err(|_| Stop::NotFound)?;
        match admin.admins.revoke_token(&permit, &id).await {
            Ok(()) | Err(saoma_core::ChangeError::NotFound) => Ok(see_other("/tokens")),
            Err(error) => Err(back(error).err().unwrap_or(Stop::NotFound)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn draft(form: &Form) -> TokenDraft {
    let clients = items(form.get("clients"));
    TokenDraft {
        name: form.get("name").to_owned(),
        scope: form.ticked("scope.").map(str::to_owned).collect(),
        clients: Some(clients).filter(|clients| !clients.is_empty()),
        networks: items(form.get("networks")),
        days: form.get("days").parse().unwrap_or(0),
    }
}

async fn view_of(room: &Room<'_>, scope: &[&str]) -> Result<Tokens, Stop> {
    let admin = room.visitor.admin;
    let permit = room.permit::<ReadAdmins>()?;
    let (tokens, people) =
        (admin.admins.list_tokens(&permit).await?, admin.admins.list_admins(&permit).await?);
    let now = admin.public.clock.now();
    let offered = abilities::TABLE.iter().filter(|rule| rule.about != About::Power);
    let scopes = offered.map(|rule| Choice {
        value: rule.name.to_owned(),
        label: rule.name.to_owned(),
        chosen: scope.contains(&rule.name),
    });
    Ok(Tokens {
        tokens: tokens.iter().map(|token| line(token, &people, now)).collect(),
        may_edit: room.can::<EditTokens>(),
        scopes: scopes.collect(),
        days: USUAL_DAYS.to_owned(),
        ..Tokens::default()
    })
}

fn line(token: &ApiToken, people: &[Person], now: Timestamp) -> TokenLine {
    let maker = people.iter().find(|person| person.id == token.admin);
    let joined = |names: Vec<String>| names.join(", ");
    TokenLine {
        token_id: token.id.to_string(),
        name: token.name.clone(),
        maker: maker.map_or_else(String::new, |person| person.name.to_string()),
        scope: token.scope.iter().cloned().collect(),
        clients: token.clients.as_ref().map(|ids| joined(ids.iter().map(ToString::to_string).collect())),
        networks: joined(token.networks.iter().map(ToString::to_string).collect()),
        expires: token.expires_at.into(),
        used: token.last_used_at.map(Into::into),
        state: match token.revoked_at {
            Some(_) => "revoked",
            None if now >= token.expires_at => "expired",
            None => "live",
        },
    }
}
