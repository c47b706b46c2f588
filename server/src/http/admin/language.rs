//! `POST /language`: the language somebody chose, kept by their browser. It changes nothing else, so any
//! form of ours may send it, with a session or without.

use super::answer::{Stop, own_path, refuse};
use super::form::Form;
use super::visit::Visitor;
use super::{Admin, cookies};
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::http::header;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Language;
use std::sync::Arc;

/// Notes the choice and goes back to where it was made.
#[expect(clippy::needless_pass_by_value, reason = "the framework passes extractors by value")]
#[handler]
pub(super) fn choose(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let chosen = || -> Result<Response, Stop> {
        let form = Form::from_own_page(request, &body, &admin.settings)?;
        let language = Language::of_tag(form.get("language")).ok_or(Stop::NotFound)?;
        let mut response = see_other(own_path(form.get("next")));
        let cookie = cookies::give_language(&admin.settings, language.tag());
        response.headers_mut().append(header::SET_COOKIE, cookie);
        Ok(response)
    };
    chosen().unwrap_or_else(|stop| refuse(&visitor, stop))
}
