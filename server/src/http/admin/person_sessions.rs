//! `/users/{user_id}?tab=sessions`: where a person is logged in, what websites need not ask again, and logging out.

use super::Admin;
use super::answer::{Stop, refuse};
use super::people::Names;
use super::person::answered;
use super::room::Room;
use super::visit::Visitor;
use bytes::Bytes;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{BrowserLine, ConsentLine, User, UserTab};
use saoma_core::admin::abilities::{EditUsers, ReadUsers};
use saoma_core::grant::ScopeWord;
use saoma_core::id::UserId;
use saoma_core::session::UserSession;
use saoma_core::user::admin::RememberedConsent;
use std::sync::Arc;

/// Logs the person out, in one browser or in all.
#[handler]
pub(super) async fn log_out(
    request: &Request,
    body: Bytes,
    Path(user_id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditUsers>()?;
        let user: UserId = user_id.parse().map_err(|_| Stop::NotFound)?;
        let done = match form.sent("session_id") {
            Some(session) => {
                let session = session.parse().map_err(|_| Stop::NotFound)?;
                admin.users.end_session(&permit, &user, &session).await
            }
            None => admin.users.end_sessions(&permit, &user).await.map(drop),
        };
        answered(&room, &user_id, UserTab::Sessions, done).await
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// What that part of the page tells.
pub(super) async fn fill(view: &mut User, room: &Room<'_>, user: &UserId, names: &Names) -> Result<(), Stop> {
    let (permit, users) = (room.permit::<ReadUsers>()?, &room.visitor.admin.users);
    let sessions = users.list_sessions(&permit, user).await.map_err(super::people::stop)?;
    view.browsers = sessions.into_iter().map(|session| browser(session, names)).collect();
    let consents = users.list_consents(&permit, user).await.map_err(super::people::stop)?;
    view.consents = consents.into_iter().map(|consent| line(&consent, names)).collect();
    Ok(())
}

fn browser(session: UserSession, names: &Names) -> BrowserLine {
    BrowserLine {
        session_id: session.id.to_string(),
        browser: session.browser,
        way: names.way_of(session.provider.as_str()).to_owned(),
        began: session.created_at.into(),
        seen: session.seen_at.into(),
        expires: session.expires_at.into(),
    }
}

fn line(consent: &RememberedConsent, names: &Names) -> ConsentLine {
    ConsentLine {
        website: names.website(consent.client.as_str()).to_owned(),
        client_id: consent.client.to_string(),
        words: consent.scope.words().map(ScopeWord::as_str).collect(),
        given: consent.since.into(),
    }
}
