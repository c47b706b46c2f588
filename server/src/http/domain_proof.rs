//! `GET /MP_verify_….txt`: shows a vendor that the domain is ours.

use super::code::Code;
use super::pages::Language;
use super::public_state::Public;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use std::sync::Arc;

/// Its address. Nothing else in the root is ours to have files of.
pub(super) const ROUTE: &str = "/:file<^MP_verify_[A-Za-z0-9]{1,64}\\.txt$>";

/// The file of any Provider that has one of this name.
#[handler]
pub(super) fn domain_proof(
    request: &Request,
    Data(public): Data<&Arc<Public>>,
    Path(file): Path<String>,
) -> Response {
    match public.logins.find_domain_proof(&file) {
        Some(content) => Response::builder().content_type("text/plain; charset=utf-8").body(content),
        None => public.pages.problem_in(Language::of(request), &Code::NotFound.into()),
    }
}
