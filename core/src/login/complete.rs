//! The end of a Login: the browser fetches a code, the website redeems it, once.

use super::redirect::with_code;
use super::service::browser_hash;
use super::{BrowserCredential, Login, LoginService, NewCode, ReadError, RedeemOutcome, Redemption, Stage};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::Client;
use crate::grant::AccessToken;
use crate::id::{GrantId, LoginId};
use crate::secret::pkce_s256;
use crate::{Secret, SecretHash, StoreError, Timestamp};

/// A code for the website.
#[derive(Debug, Clone)]
pub struct Completed {
    /// The authorization code.
    pub code: Secret,
    /// Where the browser goes with it, when the website named an address.
    pub redirect_to: Option<Secret>,
}

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// It has not come so far, or it is over.
    #[error("the login is not confirmed")]
    NotConfirmed(Stage),
    /// A redirect Login answers the website itself, never the browser that began.
    #[error("a redirect login answers the website itself")]
    AnsweredByRedirect,
    /// As for reading.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a website sends to redeem a code.
#[derive(Debug, Clone)]
pub struct RedeemRequest {
    /// The code.
    pub code: Secret,
    /// The verifier of its challenge (RFC 7636).
    pub code_verifier: Secret,
    /// The address it named at the beginning, if it did.
    pub redirect_uri: Option<String>,
}

/// What it gets.
#[derive(Debug, Clone)]
pub struct Redeemed {
    /// The access token.
    pub access_token: Secret,
    /// Seconds it lives.
    pub expires_in: u32,
}

/// Why it gets nothing.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// Unknown, spent, burned, expired, or something about it is wrong: one answer for all.
    #[error("the code is not valid")]
    InvalidGrant,
    /// The store's part failed; the code is untouched.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginService {
    /// A code for a confirmed Login of this browser; a newer one makes the older void.
    pub async fn complete(
        &self,
        id: &LoginId,
        credential: &BrowserCredential,
    ) -> Result<Completed, CompleteError> {
        let code = Secret::generate(&*self.parts.entropy);
        let now = self.parts.clock.now();
        let request = NewCode {
            login: id.clone(),
            browser_hash: browser_hash(&credential.secret, id),
            websites: self.websites_of(credential),
            code_hash: SecretHash::of(code.expose()),
            code_expires_at: now.plus_seconds(i64::from(self.parts.rules.auth_code_ttl)),
            now,
        };
        match self.parts.store.put_code(&request).await.map_err(ReadError::Store)? {
            Some(login) => Ok(self.completed(&login, code)),
            None => Err(self.why_no_code(id, credential).await?),
        }
    }

    async fn why_no_code(
        &self,
        id: &LoginId,
        credential: &BrowserCredential,
    ) -> Result<CompleteError, ReadError> {
        let login = self.find(id, credential).await?;
        let answered =
            !login.challenge.is_code() && matches!(login.stage, Stage::Confirmed | Stage::Redeemed);
        Ok(if answered {
            CompleteError::AnsweredByRedirect
        } else {
            CompleteError::NotConfirmed(login.stage)
        })
    }

    fn completed(&self, login: &Login, code: Secret) -> Completed {
        let site = &login.site;
        let to = |uri: &String| {
            Secret::new(with_code(uri, code.expose(), site.state.as_deref(), &self.parts.issuer))
        };
        Completed { redirect_to: site.redirect_uri.as_ref().map(to), code }
    }

    /// Spends a code. The Client has been recognised before; a failure there burns nothing.
    pub async fn redeem(&self, client: &Client, request: &RedeemRequest) -> Result<Redeemed, RedeemError> {
        let access_token = Secret::generate(&*self.parts.entropy);
        let redemption = self.redemption(client, request, &access_token);
        match self.parts.store.redeem_code(&redemption).await? {
            RedeemOutcome::Redeemed(login) => {
                self.written(&login.id);
                Ok(Redeemed { access_token, expires_in: self.parts.rules.access_token_ttl })
            }
            RedeemOutcome::Burned | RedeemOutcome::Reused | RedeemOutcome::Unknown => {
                Err(RedeemError::InvalidGrant)
            }
        }
    }

    fn redemption(&self, client: &Client, request: &RedeemRequest, token: &Secret) -> Redemption {
        let entropy = &*self.parts.entropy;
        let now: Timestamp = self.parts.clock.now();
        let row = |action| AuditEntry::new(entropy, now, &Actor::Client, action, "");
        Redemption {
            code_hash: SecretHash::of(request.code.expose()),
            client: client.id.to_string(),
            code_challenge: pkce_s256(request.code_verifier.expose()),
            redirect_uri: request.redirect_uri.clone(),
            now,
            token: AccessToken {
                hash: SecretHash::of(token.expose()),
                grant: GrantId::generate(entropy),
                expires_at: now.plus_seconds(i64::from(self.parts.rules.access_token_ttl)),
            },
            redeemed: row(Action::LoginEnded).ended(AuditOutcome::Success, Stage::Redeemed.as_str()),
            burned: row(Action::CodeBurned).ended(AuditOutcome::Refused, "does_not_match"),
            reused: row(Action::CodeReused).ended(AuditOutcome::Refused, "spent_before"),
        }
    }
}
