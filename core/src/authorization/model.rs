//! What was asked for, and how far it came.

use super::ResponseMode;
use crate::client::ClientId;
use crate::grant::Scope;
use crate::id::{AuthorizationId, UserId, UserSessionId};
use crate::login::IssuedCode;
use crate::provider::{Assurance, ProviderSlug};
use crate::{SecretHash, Timestamp};

/// What the website wants of the person (OpenID Connect Core section 3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Nothing may be shown.
    pub none: bool,
    /// They log in anew; to choose another account is the same here, as each scan chooses.
    pub login: bool,
    /// They consent anew.
    pub consent: bool,
}

/// What a website asked for, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The Client.
    pub client: ClientId,
    /// Where the answer goes, byte for byte one of the Client's.
    pub redirect_uri: String,
    /// How it goes there.
    pub response_mode: ResponseMode,
    /// What for.
    pub scope: Scope,
    /// Given back unchanged.
    pub state: Option<String>,
    /// Given back in the id token.
    pub nonce: Option<String>,
    /// S256 of a verifier that the website keeps (RFC 7636).
    pub code_challenge: Option<String>,
    /// What is wanted of the person.
    pub prompt: Prompt,
    /// Seconds since the confirmation, at most.
    pub max_age: Option<u32>,
    /// The least assurance that will do.
    pub at_least: Assurance,
    /// Who it must be, as an id token of ours named them to this Client.
    pub hint: Option<String>,
    /// The language, as a BCP 47 tag.
    pub locale: Option<String>,
    /// What the device shows that asks, for its person to compare. It opens nothing any more.
    pub user_code: Option<String>,
}

/// Who was found to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOn {
    /// The User.
    pub user: UserId,
    /// The browser's session.
    pub session: UserSessionId,
    /// The way they proved it.
    pub provider: ProviderSlug,
    /// How sure their consent was.
    pub assurance: Assurance,
    /// When they confirmed.
    pub auth_time: Timestamp,
}

/// A request on its way to its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// Its id; knowing it gives nothing.
    pub id: AuthorizationId,
    /// What was asked for.
    pub request: AuthorizationRequest,
    /// Hash of what only the browser that brought it holds, bound to this authorization.
    pub browser_hash: SecretHash,
    /// Who is there, once known.
    pub signed_on: Option<SignedOn>,
    /// When they consented.
    pub consented_at: Option<Timestamp>,
    /// The newest code; kept after it was spent, so that a second use is noticed.
    pub code: Option<IssuedCode>,
    /// When the website redeemed it.
    pub redeemed_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl Authorization {
    /// The same, for somebody else than is logged in here: whoever it is logs in first.
    #[must_use]
    pub fn for_somebody_else(mut self) -> Self {
        self.request.prompt.login = true;
        self
    }
}
