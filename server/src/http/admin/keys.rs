//! `/keys`: what id tokens are signed with, and the next key before its time.

use super::Admin;
use super::answer::{Stop, refuse};
use super::api::NEXT_KEY_WAITS;
use super::room::Room;
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{KeyLine, SigningKeys};
use saoma_core::admin::abilities::{ReadKeys, RotateKeys};
use saoma_core::signing::{Algorithm, SigningError};
use std::sync::Arc;

/// All of them.
#[handler]
pub(super) async fn show(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let view = view_of(&room)?;
        let saved = request.uri().query() == Some("saved");
        Ok(room.page(Place::Settings, &SigningKeys { saved, ..view }))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Makes the next one.
#[handler]
pub(super) async fn rotate(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<RotateKeys>()?;
        let algorithm = Algorithm::parse(form.get("algorithm")).ok_or(Stop::NotFound)?;
        match admin.public.openid.signing.rotate_by(&permit, algorithm, form.is_on("at_once")).await {
            Ok(()) => Ok(see_other("/keys?saved")),
            Err(SigningError::NextWaits(_)) => {
                let view = SigningKeys { trouble: Some(NEXT_KEY_WAITS), ..view_of(&room)? };
                Ok(room.page_as(Place::Settings, &view, StatusCode::CONFLICT))
            }
            Err(error) => Err(error.into()),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn view_of(room: &Room<'_>) -> Result<SigningKeys, Stop> {
    let permit = room.permit::<ReadKeys>()?;
    let keys =
        room.visitor.admin.public.openid.signing.list_for(&permit).into_iter().map(|(key, state)| KeyLine {
            kid: key.kid,
            algorithm: key.algorithm.as_str(),
            state: state.as_str(),
            created: key.created_at.into(),
            signs_from: key.signs_from.into(),
        });
    Ok(SigningKeys {
        keys: keys.collect(),
        algorithms: Algorithm::ALL.map(Algorithm::as_str).to_vec(),
        may_rotate: room.can::<RotateKeys>(),
        saved: false,
        trouble: None,
    })
}

impl From<SigningError> for Stop {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "a signing key could not be made");
                Self::Internal("a signing key could not be made")
            }
        }
    }
}
