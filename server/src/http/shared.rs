//! What several handlers do first: read limits, and who the page belongs to.

use super::address::client_address;
use super::browser::{credential, origin};
use super::code::Code;
use super::problem::Problem;
use super::public_state::Public;
use poem::Request;
use saoma_core::client::ClientId;
use saoma_core::id::LoginId;
use saoma_core::login::BrowserCredential;

/// The Login a path names; text of another shape names none.
pub(crate) fn login_id(text: &str) -> Result<LoginId, Problem> {
    text.parse().map_err(|_| Code::UnknownLogin.into())
}

/// Credential of a call about a Login, after the address' read limit.
pub(crate) fn holder(request: &Request, public: &Public) -> Result<BrowserCredential, Problem> {
    public.limits.read(client_address(request, &public.settings))?;
    credential(request, public)
}

/// A page that reads a Login must belong to the Login's own Client, or be ours.
pub(crate) fn check_page(request: &Request, public: &Public, client: &ClientId) -> Result<(), Problem> {
    let Some(origin) = origin(request) else { return Ok(()) };
    let of_client =
        || public.logins.find_client(client.as_str()).is_some_and(|client| client.has_origin(&origin));
    if origin == public.settings.public_url || of_client() {
        Ok(())
    } else {
        Err(Code::OriginNotAllowed.into())
    }
}
