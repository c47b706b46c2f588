//! Recognising a Client's back end: HTTP Basic, or id and secret in the form (RFC 6749 2.3.1).
//!
//! One way per request. A public Client has no secret and only says its id.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::Request;
use poem::http::header;
use saoma_core::Secret;
use saoma_core::client::{Client, ClientAuthError};
use saoma_core::login::LoginService;
use std::sync::Arc;
use url::form_urlencoded;

/// Id and secret as a back end sent them.
pub(crate) struct ClientCredentials {
    /// The client's id.
    pub(crate) id: String,
    /// Its secret.
    pub(crate) secret: Secret,
    /// The secret as it stood in the header: many back ends forget to form-urlencode it.
    unencoded: Option<Secret>,
}

/// What the `Authorization` header says of the client.
pub(crate) enum BasicHeader {
    /// There is none.
    Absent,
    /// There is one that is not HTTP Basic, or not readable.
    Unusable,
    /// Id and secret.
    Present(ClientCredentials),
}

impl ClientCredentials {
    /// Credentials from a form body, already decoded.
    pub(crate) fn from_form(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: Secret::new(secret), unencoded: None }
    }

    /// The client these belong to.
    pub(crate) fn authenticate(&self, logins: &LoginService) -> Result<Arc<Client>, ClientAuthError> {
        let first = logins.authenticate_client(&self.id, self.secret.expose());
        match (&first, &self.unencoded) {
            (Err(ClientAuthError::Failed), Some(raw)) => logins.authenticate_client(&self.id, raw.expose()),
            _ => first,
        }
    }
}

/// Reads HTTP Basic credentials; both parts are form-urlencoded before they are joined.
pub(crate) fn basic(request: &Request) -> BasicHeader {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return BasicHeader::Absent };
    let parsed = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, encoded)| scheme.eq_ignore_ascii_case("basic").then_some(encoded));
    match parsed.and_then(decode) {
        Some(credentials) => BasicHeader::Present(credentials),
        None => BasicHeader::Unusable,
    }
}

fn decode(encoded: &str) -> Option<ClientCredentials> {
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let unencoded = Some(Secret::new(secret));
    Some(ClientCredentials { id: form_decode(id), secret: Secret::new(form_decode(secret)), unencoded })
}

fn form_decode(text: &str) -> String {
    let pair = format!("v={text}");
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
