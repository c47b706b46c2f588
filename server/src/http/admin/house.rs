//! One's own account.

use super::Admin;
use super::answer::{Stop, page, refuse};
use super::form::Form;
use super::visit::{Inside, Visitor};
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{Account, SessionLine};
use saoma_core::admin::Session;
use std::sync::Arc;

/// Where one is logged in.
#[handler]
pub(super) async fn account(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        let sessions = admin.admins.list_sessions(&inside.caller).await?;
        let sessions = sessions.into_iter().map(|session| line(session, &inside)).collect();
        let frame = visitor.frame_of(&inside, Place::Account);
        Ok(page(admin, &frame, &Account { sessions }, StatusCode::OK))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn line(session: Session, inside: &Inside) -> SessionLine {
    SessionLine {
        own: inside.caller.session() == Some(&session.id),
        id: session.id.to_string(),
        browser: session.browser,
        address: session.address.map(|address| address.to_string()),
        began: session.created_at.into(),
        seen: session.seen_at.into(),
    }
}

/// Ends one of one's own sessions.
#[handler]
pub(super) async fn end_session(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        form.belongs_to(inside.session.expose())?;
        let id = form.get("session").parse().map_err(|_| Stop::NotFound)?;
        // One that has ended meanwhile is what was wanted.
        admin.admins.end_session(&inside.caller, &id).await?;
        Ok(see_other("/account"))
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}
