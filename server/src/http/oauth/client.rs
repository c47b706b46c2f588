//! Which client asks at an OAuth endpoint, and what guessing costs. A failed client authentication burns nothing.

use super::error::{OAuthCode, OAuthError};
use super::form::Form;
use crate::http::address::client_address;
use crate::http::client_auth::{BasicHeader, ClientCredentials, basic};
use crate::http::public_state::Public;
use poem::Request;
use saoma_core::client::{ASSERTION_TYPE, AssertionError, Client, ClientAssertions, ClientType};
use std::sync::Arc;

/// Which of them is wrong, id or secret, is told to nobody.
const FAILED: &str =
    "Client authentication failed: the client is unknown or switched off, or its secret is wrong.";
const NO_CLIENT: &str = "No client proved itself: send HTTP Basic, client_secret or client_assertion; a public client its client_id.";
const NO_PROOF: &str = "This client must prove itself: by HTTP Basic, client_secret or client_assertion.";
const NOT_BASIC: &str = "The Authorization header is no readable HTTP Basic.";
const UNREADABLE: &str = "client_assertion is no JWS with iss, sub, aud, jti and exp.";
const TWO_WAYS: &str = "The client proves itself in two ways at once. Use one of them.";
const TWO_CLIENTS: &str = "client_id names another client than the one that proves itself.";
const OTHER_ASSERTION: &str =
    "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer.";

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
    let credentials = match (basic(request), form.get("client_secret"), form.get("client_assertion")) {
        (BasicHeader::Unusable, ..) => return Err(refused(None, NOT_BASIC)),
        (BasicHeader::Absent, None, Some(assertion)) => return by_assertion(public, form, assertion).await,
        (BasicHeader::Present(_), Some(_), _) | (_, _, Some(_)) => {
            return Err(OAuthError::saying(OAuthCode::InvalidRequest, TWO_WAYS));
        }
        (BasicHeader::Present(credentials), None, None) => credentials,
        (BasicHeader::Absent, Some(secret), None) => {
            ClientCredentials::from_form(form.required("client_id")?, secret)
        }
        (BasicHeader::Absent, None, None) => {
            return public_client(public, form.get("client_id").ok_or(refused(None, NO_CLIENT))?);
        }
    };
    if form.get("client_id").is_some_and(|id| id != credentials.id) {
        return Err(OAuthError::saying(OAuthCode::InvalidRequest, TWO_CLIENTS));
    }
    let failed = |_| refused(public.logins.find_client(&credentials.id).as_deref(), FAILED);
    credentials.authenticate(&public.logins).map_err(failed)
}

/// Refuses a client, and says in the log why: only of one that we know, as anything may stand where an id should.
fn refused(client: Option<&Client>, why: &'static str) -> OAuthError {
    if let Some(client) = client {
        tracing::warn!(client = %client.id, why, "a client did not prove itself");
    }
    OAuthError::saying(OAuthCode::InvalidClient, why)
}

/// `private_key_jwt` (OpenID Connect Core section 9). The assertion is used up whatever comes after it.
async fn by_assertion(public: &Public, form: &Form, assertion: &str) -> Result<Arc<Client>, OAuthError> {
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(OAuthError::saying(OAuthCode::InvalidRequest, OTHER_ASSERTION));
    }
    let id = ClientAssertions::claimed(assertion).ok_or(refused(None, UNREADABLE))?;
    if form.get("client_id").is_some_and(|named| named != id.as_str()) {
        return Err(OAuthError::saying(OAuthCode::InvalidRequest, TWO_CLIENTS));
    }
    let client = public.logins.find_client(id.as_str()).ok_or(refused(None, FAILED))?;
    match public.openid.assertions.take(&client, assertion).await {
        Ok(()) => Ok(client),
        Err(AssertionError::Refused(fault)) => Err(refused(Some(&client), fault.sentence())),
        Err(AssertionError::Store(error)) => Err(error.into()),
    }
}

fn public_client(public: &Public, id: &str) -> Result<Arc<Client>, OAuthError> {
    let client = public.logins.find_client(id).ok_or(refused(None, FAILED))?;
    match client.client_type {
        ClientType::Public => Ok(client),
        ClientType::Confidential => Err(refused(Some(&client), NO_PROOF)),
    }
}
