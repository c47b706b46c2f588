//! What is shown once: secrets that a form has made. The form is answered by the address of a page of its own,
//! which the same session can open for some minutes: to load it again makes nothing twice, and another
//! language loses nothing. Kept in memory only; a restart forgets it.

use super::Admin;
use super::answer::{Stop, page, refuse};
use super::room::Room;
use super::visit::Visitor;
use super::{providers, staff, tokens, websites};
use crate::http::callback::see_other;
use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::RecoveryCodes;
use saoma_core::client::ClientId;
use saoma_core::provider::{HandedOut, ProviderSlug};
use saoma_core::{Secret, SecretHash, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long it is shown.
const SECONDS: i64 = 600;
/// So many are kept; the oldest make room.
const MOST: usize = 100;

/// What there is to be shown.
#[derive(Debug, Clone)]
pub(super) enum Reveal {
    /// What the holder of a new API token sends.
    Token(Secret),
    /// The address by which somebody becomes an admin, or one again.
    Invitation(Secret),
    /// A website's secret, with the code round it; `further` for one more of a website that was there.
    Website { client_id: ClientId, secret: Option<Secret>, stack: String, further: bool },
    /// Recovery codes.
    RecoveryCodes(Vec<Secret>),
    /// What the vendor's console must hold as well.
    Shared(ProviderSlug, Arc<HandedOut>),
}

struct Kept {
    whose: SecretHash,
    until: Timestamp,
    what: Reveal,
}

/// Everything that is shown at this time.
#[derive(Default)]
pub(crate) struct ShownOnce(Mutex<HashMap<String, Kept>>);

impl ShownOnce {
    fn keep(&self, id: String, kept: Kept, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| kept.until > now);
        if all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.until).map(|(id, _)| id.clone());
            oldest.map(|id| all.remove(&id));
        }
        all.insert(id, kept);
    }

    fn find(&self, id: &str, session: &Secret, now: Timestamp) -> Option<Reveal> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id)
            .filter(|kept| kept.until > now && kept.whose.matches(session.expose()))
            .map(|kept| kept.what.clone())
    }
}

/// The answer to a form that has made a secret: where this session sees it.
pub(super) fn reveal(admin: &Admin, session: &Secret, what: Reveal) -> Response {
    let now = admin.public.clock.now();
    let id = admin.public.entropy.base64url::<16>();
    let whose = SecretHash::of(session.expose());
    admin.shown_once.keep(id.clone(), Kept { whose, until: now.plus_seconds(SECONDS), what }, now);
    see_other(&format!("/shown/{id}"))
}

/// `GET /shown/{id}`.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let found = admin.shown_once.find(&id, &room.inside.session, admin.public.clock.now());
        match found.ok_or(Stop::NoLonger)? {
            Reveal::Token(secret) => tokens::with_secret(&room, &secret).await,
            Reveal::Invitation(url) => staff::with_link(&room, &url).await,
            Reveal::Website { client_id, secret, stack, further } => {
                websites::ready(&room, &client_id, secret.as_ref(), (&stack, further)).await
            }
            Reveal::RecoveryCodes(codes) => {
                let codes = codes.iter().map(|code| code.expose().to_owned()).collect();
                let frame = visitor.frame_of(&room.inside, Place::Account);
                Ok(page(admin, &frame, &RecoveryCodes { codes }, StatusCode::OK))
            }
            Reveal::Shared(slug, handed) => providers::with_shared(&room, &slug, &handed).await,
        }
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}
