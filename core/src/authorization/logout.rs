//! Logging out, as a website asks for it (OpenID Connect RP-Initiated Logout): with an id token that we gave it
//! for whoever is here, at once; else only when the person says so, and then nobody is sent anywhere.

use super::request::Parameters;
use super::{AuthorizationService, Browser};
use crate::StoreError;
use crate::audit::{Action, Actor, AuditEntry};
use crate::client::{Client, ClientId};
use crate::grant::ID_TOKEN_TYPE;
use crate::login::joined;
use crate::session::UserSession;
use crate::{Secret, SecretHash};
use std::sync::Arc;

/// What an id token of ours says of whom it was given for.
pub(super) struct Hint {
    pub(super) client: ClientId,
    pub(super) sub: String,
    sid: Option<String>,
}

/// What becomes of it.
#[derive(Debug)]
pub enum LoggedOut {
    /// The person is asked; the value must come back with the answer.
    Ask {
        /// By which website, when that is known.
        client: Option<Arc<Client>>,
        /// See above.
        csrf: Secret,
    },
    /// Nobody is logged in here any more.
    Done {
        /// Where the browser goes.
        to: Option<String>,
    },
    /// The request contradicts itself or what is registered; nothing was done.
    Refused,
}

impl AuthorizationService {
    /// A website's wish.
    pub async fn log_out(&self, sent: &Parameters, browser: &Browser) -> Result<LoggedOut, StoreError> {
        let hint = match sent.get("id_token_hint") {
            None => None,
            Some(hint) => match self.read_hint(hint) {
                Some(hint) => Some(hint),
                None => return Ok(LoggedOut::Refused),
            },
        };
        let client = hint.as_ref().and_then(|hint| self.parts.clients.find(&hint.client));
        let named = sent.get("client_id").map(String::as_str);
        if hint.as_ref().is_some_and(|hint| named.is_some_and(|named| named != hint.client.as_str())) {
            return Ok(LoggedOut::Refused);
        }
        let Ok(to) = way_back(sent, hint.is_some(), client.as_deref()) else {
            return Ok(LoggedOut::Refused);
        };
        let session = self.parts.sessions.find(browser.session.as_ref()).await?;
        match (session, hint) {
            (None, _) => Ok(LoggedOut::Done { to }),
            (Some(session), Some(hint)) if self.is_of(&hint, client.as_deref(), &session) => {
                self.end(&session).await?;
                Ok(LoggedOut::Done { to })
            }
            (Some(_), _) => {
                let named = named.and_then(|id| self.parts.clients.find(&id.parse().ok()?));
                Ok(LoggedOut::Ask { client: client.or(named), csrf: logout_secret(browser) })
            }
        }
    }

    /// The person's own wish, from the page that asked.
    pub async fn confirm_logout(&self, csrf: &str, browser: &Browser) -> Result<LoggedOut, StoreError> {
        if !logout_secret(browser).same_as(csrf) {
            return Ok(LoggedOut::Refused);
        }
        if let Some(session) = self.parts.sessions.find(browser.session.as_ref()).await? {
            self.end(&session).await?;
        }
        Ok(LoggedOut::Done { to: None })
    }

    /// Reads an id token of ours. It may be old: it only says who is meant.
    pub(super) fn read_hint(&self, hint: &str) -> Option<Hint> {
        let claims = self.parts.signing.read_own(ID_TOKEN_TYPE, hint)?;
        let get = |name: &str| claims.get(name).and_then(|value| value.as_str());
        if get("iss") != Some(&self.parts.issuer) {
            return None;
        }
        Some(Hint {
            client: get("aud")?.parse().ok()?,
            sub: get("sub")?.to_owned(),
            sid: get("sid").map(str::to_owned),
        })
    }

    /// Whether an id token was given for whoever is logged in here.
    fn is_of(&self, hint: &Hint, client: Option<&Client>, session: &UserSession) -> bool {
        let Some(client) = client else { return false };
        let subjects = &self.parts.subjects;
        hint.sub == subjects.of(client, &session.user)
            || hint.sid.as_ref() == Some(&subjects.session(client, &session.id))
    }

    async fn end(&self, session: &UserSession) -> Result<(), StoreError> {
        let now = self.parts.clock.now();
        let id = session.id.as_str();
        let row = AuditEntry::new(&*self.parts.entropy, now, &Actor::Browser, Action::UserLoggedOut, id);
        let row = AuditEntry {
            provider: Some(session.provider.to_string()),
            user_id: Some(session.user.to_string()),
            ..row
        };
        self.parts.sessions.end(&session.id, &row).await
    }
}

/// The address is not one of the Client's.
struct NotRegistered;

/// Where the browser goes afterwards: nowhere unless a website that proved who it is has the address
/// registered. An error when it proved that and the address is another.
fn way_back(
    sent: &Parameters,
    is_proven: bool,
    client: Option<&Client>,
) -> Result<Option<String>, NotRegistered> {
    let Some(uri) = sent.get("post_logout_redirect_uri") else { return Ok(None) };
    if !is_proven {
        return Ok(None);
    }
    if !client.is_some_and(|client| client.openid.may_return_to(uri)) {
        return Err(NotRegistered);
    }
    let state = sent.get("state").map(|state| ("state", state.as_str()));
    Ok(Some(state.map_or_else(|| uri.clone(), |state| joined(uri, [state].into_iter()))))
}

/// What the page sends back: only a page that was shown in this browser, to this session, knows it.
fn logout_secret(browser: &Browser) -> Secret {
    let session = browser.session.as_ref().map(Secret::expose).unwrap_or_default();
    Secret::new(SecretHash::of_parts(&["logout", browser.secret.expose(), session]).as_str())
}
