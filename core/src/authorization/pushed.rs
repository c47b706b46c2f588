//! Requests that a website's back end sends before the browser comes (RFC 9126): checked at once, kept for a
//! minute, good once, and by the Client that sent them only.

use super::request::{Asker, Parameters, READ, Said, TextRefusal, read};
use super::{AuthorizationService, AuthorizeError};
use crate::client::Client;
use crate::{Secret, SecretHash, StoreError, Timestamp};

/// What every address of such a request begins with (RFC 9126 section 2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const NOT_REGISTERED: Said = ("invalid_request", "redirect_uri is missing, or not registered byte for byte.");
/// Seconds within which the browser must come.
const LIFE_SECONDS: u32 = 60;

/// A request that was sent before.
#[derive(Debug, Clone)]
pub struct PushedRequest {
    /// Hash of its address.
    pub hash: SecretHash,
    /// Whose it is.
    pub client: String,
    /// What was asked for.
    pub parameters: Parameters,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What the back end is told.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// What the browser brings in the place of the request.
    pub request_uri: Secret,
    /// Seconds it is good for.
    pub expires_in: u32,
}

/// Why it is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushedError {
    /// The standard's word, and a sentence for the developer.
    #[error("the request is refused")]
    Refused(Said),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuthorizationService {
    /// Takes a request of this Client, whose back end has been recognised.
    pub async fn push(&self, client: &Client, sent: &Parameters) -> Result<Pushed, PushedError> {
        let mut parameters = sent.clone();
        parameters.insert("client_id".to_owned(), client.id.to_string());
        if parameters.contains_key("request_uri") {
            return Err(PushedError::Refused(("invalid_request", "A pushed request cannot name another.")));
        }
        let asker = Asker::find(&parameters, &self.parts.clients);
        let asker = asker.map_err(|_| PushedError::Refused(NOT_REGISTERED))?;
        read(&parameters, &asker, |hint| self.hinted(hint, client)).map_err(PushedError::Refused)?;
        // Only what is read again is kept: nothing of how the Client proved itself, and nothing without an end.
        parameters.retain(|name, _| READ.contains(&name.as_str()));
        let random = Secret::generate(&*self.parts.entropy);
        let request_uri = Secret::new(format!("{PREFIX}{}", random.expose()));
        let pushed = PushedRequest {
            hash: SecretHash::of(request_uri.expose()),
            client: client.id.to_string(),
            parameters,
            expires_at: self.parts.clock.now().plus_seconds(i64::from(LIFE_SECONDS)),
        };
        self.parts.store.put_pushed_request(&pushed).await?;
        Ok(Pushed { request_uri, expires_in: LIFE_SECONDS })
    }

    /// The request that a browser brings: what stands in the address, or what its website sent before.
    pub(super) async fn pulled(&self, brought: &Parameters) -> Result<Parameters, AuthorizeError> {
        let Some(address) = brought.get("request_uri").filter(|uri| uri.starts_with(PREFIX)) else {
            return match Asker::find(brought, &self.parts.clients) {
                Ok(asker) if asker.client.openid.require_pushed_requests => {
                    Err(TextRefusal::NotPushed.into())
                }
                _ => Ok(brought.clone()),
            };
        };
        let client = brought.get("client_id").map(String::as_str).unwrap_or_default();
        let (hash, now) = (SecretHash::of(address), self.parts.clock.now());
        let taken = self.parts.store.take_pushed_request(&hash, client, now).await?;
        taken.ok_or_else(|| TextRefusal::PushedOver.into())
    }
}
