//! Which client asks at an OAuth endpoint, and what guessing costs. A failed client authentication burns nothing.

use super::error::{OAuthCode, OAuthError};
use super::form::Form;
use crate::http::address::client_address;
use crate::http::client_auth::{BasicHeader, ClientCredentials, basic};
use crate::http::public_state::Public;
use poem::Request;
use saoma_core::client::{ASSERTION_TYPE, AssertionError, Client, ClientAssertions, ClientType};
use std::sync::Arc;

/// Whoever guessed too often waits, before the database is asked for them.
pub(super) fn check_guesser(request: &Request, public: &Public) -> Result<(), OAuthError> {
    let address = client_address(request, &public.settings);
    public.limits.check_guesser(address, public.clock.now()).map_err(|_| OAuthError::of(OAuthCode::SlowDown))
}

/// Counts a failed guess of a client's secret, or of a code by a client that has none.
pub(super) fn guessed(error: OAuthError, request: &Request, public: &Public) -> OAuthError {
    if !matches!(error.code, OAuthCode::InvalidClient | OAuthCode::InvalidGrant) {
        return error;
    }
    let address = client_address(request, &public.settings);
    match public.limits.missed(address, public.clock.now()) {
        Ok(()) => error,
        Err(_) => OAuthError::of(OAuthCode::SlowDown),
    }
}

/// The client that asks, by exactly one way of saying so (RFC 6749 section 2.3).
pub(super) async fn who_asks(
    request: &Request,
    public: &Public,
    form: &Form,
) -> Result<Arc<Client>, OAuthError> {
    let failed = OAuthError::of(OAuthCode::InvalidClient);
    let credentials = match (basic(request), form.get("client_secret"), form.get("client_assertion")) {
        (BasicHeader::Unusable, ..) => return Err(failed),
        (BasicHeader::Absent, None, Some(assertion)) => return by_assertion(public, form, assertion).await,
        (BasicHeader::Present(_), Some(_), _) | (_, _, Some(_)) => {
            return Err(OAuthError::of(OAuthCode::InvalidRequest));
        }
        (BasicHeader::Present(credentials), None, None) => credentials,
        (BasicHeader::Absent, Some(secret), None) => {
            ClientCredentials::from_form(form.required("client_id")?, secret)
        }
        (BasicHeader::Absent, None, None) => {
            return public_client(public, form.get("client_id").ok_or(failed)?);
        }
    };
    if form.get("client_id").is_some_and(|id| id != credentials.id) {
        return Err(OAuthError::of(OAuthCode::InvalidRequest));
    }
    credentials.authenticate(&public.logins).map_err(|_| failed)
}

/// `private_key_jwt` (OpenID Connect Core section 9). The assertion is used up whatever comes after it.
async fn by_assertion(public: &Public, form: &Form, assertion: &str) -> Result<Arc<Client>, OAuthError> {
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(OAuthError::of(OAuthCode::InvalidRequest));
    }
    let failed = OAuthError::of(OAuthCode::InvalidClient);
    let id = ClientAssertions::claimed(assertion).ok_or(failed)?;
    if form.get("client_id").is_some_and(|named| named != id.as_str()) {
        return Err(OAuthError::of(OAuthCode::InvalidRequest));
    }
    let client = public.logins.find_client(id.as_str()).ok_or(failed)?;
    match public.openid.assertions.take(&client, assertion).await {
        Ok(()) => Ok(client),
        Err(AssertionError::Refused) => Err(failed),
        Err(AssertionError::Store(error)) => Err(error.into()),
    }
}

fn public_client(public: &Public, id: &str) -> Result<Arc<Client>, OAuthError> {
    let client = public.logins.find_client(id).filter(|client| client.client_type == ClientType::Public);
    client.ok_or(OAuthError::of(OAuthCode::InvalidClient))
}
