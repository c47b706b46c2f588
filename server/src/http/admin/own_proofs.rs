//! `/account`: another password, other recovery codes; with a fresh proof only.

use super::Admin;
use super::answer::{Stop, refuse};
use super::house::{Troubles, account_page};
use super::room::Room;
use super::shown::{Reveal, reveal};
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::views::EnrolProblem;
use saoma_core::Secret;
use saoma_core::admin::{OwnProofError, PasswordProblem};
use std::sync::Arc;

/// `POST /account/password`.
#[handler]
pub(super) async fn password(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let password = Secret::new(form.get("new_password"));
        match admin.admins.change_password(&room.inside.caller, &password).await {
            Ok(()) => Ok(see_other("/account?saved")),
            Err(OwnProofError::Password(problem)) => {
                let password = Some(word_of(problem));
                account_page(&visitor, &room.inside, Troubles { password, ..Troubles::default() }).await
            }
            Err(error) => Err(stop_of(error)),
        }
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// `POST /account/recovery-codes`: shown this once.
#[handler]
pub(super) async fn recovery(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, _) = Room::take(&visitor, &body).await?;
        let codes = admin.admins.renew_recovery_codes(&room.inside.caller).await.map_err(stop_of)?;
        let codes = codes.iter().map(|code| Secret::new(code.expose())).collect();
        Ok(reveal(admin, &room.inside.session, Reveal::RecoveryCodes(codes)))
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The word of its text.
pub(super) const fn word_of(problem: PasswordProblem) -> &'static str {
    match problem {
        PasswordProblem::TooShort => EnrolProblem::TooShort,
        PasswordProblem::TooLong => EnrolProblem::TooLong,
        PasswordProblem::Guessable => EnrolProblem::Guessable,
    }
    .as_str()
}

fn stop_of(error: OwnProofError) -> Stop {
    match error {
        OwnProofError::Refused(refusal) => refusal.into(),
        OwnProofError::Store(error) => error.into(),
        OwnProofError::Password(_) => Stop::Internal("a password"),
    }
}
