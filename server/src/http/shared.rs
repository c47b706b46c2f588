//! What several handlers do first: the read limit, the credential, the id in the path.

use super::address::client_address;
use super::browser::credential;
use super::code::Code;
use super::problem::Problem;
use super::public_state::Public;
use poem::Request;
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
