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
use saoma_admin_ui::views::{Account, PasskeyLine, SessionLine};
use saoma_core::admin::{Passkey, Session};
use std::sync::Arc;

/// Where one is logged in, and what one proves oneself with.
#[handler]
pub(super) async fn account(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let inside = visitor.inside().await?.ok_or(Stop::LogIn)?;
        let query = request.uri().query().unwrap_or_default();
        let troubles = Troubles { saved: query == "saved", ..Troubles::default() };
        account_page(&visitor, &inside, troubles).await
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// What the account page says besides what is there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Troubles {
    pub(super) saved: bool,
    /// With a passkey.
    pub(super) passkey: Option<&'static str>,
    /// With a password.
    pub(super) password: Option<&'static str>,
}

/// The account, with what went wrong.
pub(super) async fn account_page(
    visitor: &Visitor<'_>,
    inside: &Inside,
    troubles: Troubles,
) -> Result<Response, Stop> {
    let admin = visitor.admin;
    let sessions = admin.admins.list_sessions(&inside.caller).await?;
    let passkeys = admin.admins.list_passkeys(&inside.caller).await?;
    let settings = admin.house.current();
    let view = Account {
        idle_minutes: settings.session_idle_minutes,
        session_hours: settings.session_hours,
        recovery_codes: admin.admins.count_recovery_codes(&inside.caller).await?,
        saved: troubles.saved,
        password_problem: troubles.password,
        sessions: sessions.into_iter().map(|session| line(session, inside)).collect(),
        passkeys: passkeys.into_iter().map(passkey_line).collect(),
        can_use_passkeys: admin.admins.can_use_passkeys(),
        must_add_passkey: inside.caller.must_add_passkey,
        problem: troubles.passkey,
    };
    let status = if troubles.passkey.or(troubles.password).is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(page(admin, &visitor.frame_of(inside, Place::Account), &view, status))
}

fn passkey_line(passkey: Passkey) -> PasskeyLine {
    PasskeyLine {
        id: passkey.id.to_string(),
        name: passkey.name,
        backed_up: passkey.backed_up,
        added: passkey.created_at.into(),
        used: passkey.last_used_at.map(Into::into),
    }
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
