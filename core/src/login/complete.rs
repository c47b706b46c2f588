//! The end of a Login: the browser fetches a code, the website redeems it, once.

use super::redirect::{login_page, with_code};
use super::service::browser_hash;
use super::{BrowserCredential, Login, LoginService, NewCode, ReadError, RedeemOutcome, Redemption, Stage};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::authorization::is_marked;
use crate::client::Client;
use crate::grant::{AccessToken, Grant, NewRefreshToken, RefreshRules, ScopeWord};
use crate::id::{GrantId, LoginId};
use crate::secret::pkce_s256;
use crate::{Secret, SecretHash, StoreError, Timestamp};

/// What takes the User on.
#[derive(Debug, Clone)]
pub enum Completed {
    /// A code for the website.
    Code {
        /// The authorization code.
        code: Secret,
        /// Where the browser goes with it, when the website named an address.
        redirect_to: Option<Secret>,
    },
    /// It goes on at a page of ours: the Login answers an authorization, or the person is to be asked first.
    Interaction {
        /// The page.
        redirect_to: Secret,
    },
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
    /// The verifier of its challenge (RFC 7636), if it was asked for with one.
    pub code_verifier: Option<Secret>,
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
    /// What the website goes on with later, if the grant is good for that.
    pub refresh_token: Option<Secret>,
    /// What it is good for, and what it tells of the User.
    pub grant: Grant,
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
            Some(login) if self.is_to_be_asked(&login).await.map_err(ReadError::Store)? => {
                // The code was told to nobody; the page's secret takes its place.
                let (request, redirect_to) = self.page_for(request, &login);
                match self.parts.store.put_code(&request).await.map_err(ReadError::Store)? {
                    Some(_) => Ok(Completed::Interaction { redirect_to }),
                    None => self.without_code(&self.find(id, credential).await?),
                }
            }
            Some(login) => Ok(self.completed(&login, code)),
            None => self.without_code(&self.find(id, credential).await?),
        }
    }

    fn without_code(&self, login: &Login) -> Result<Completed, CompleteError> {
        let is_confirmed = matches!(login.stage, Stage::Confirmed | Stage::Redeemed);
        match &login.authorization {
            Some(authorization) if is_confirmed => {
                let redirect_to = Secret::new(login_page(&self.parts.issuer, authorization));
                Ok(Completed::Interaction { redirect_to })
            }
            None if is_confirmed && !login.challenge.is_code() => Err(CompleteError::AnsweredByRedirect),
            _ => Err(CompleteError::NotConfirmed(login.stage)),
        }
    }

    fn completed(&self, login: &Login, code: Secret) -> Completed {
        let site = &login.site;
        let to = |uri: &String| {
            Secret::new(with_code(uri, code.expose(), site.state.as_deref(), &self.parts.issuer))
        };
        Completed::Code { redirect_to: site.redirect_uri.as_ref().map(to), code }
    }

    /// Spends a code. The Client has been recognised before; a failure there burns nothing.
    pub async fn redeem(&self, client: &Client, request: &RedeemRequest) -> Result<Redeemed, RedeemError> {
        let access_token = Secret::generate(&*self.parts.entropy);
        let refresh_token = Secret::generate(&*self.parts.entropy);
        let redemption = self.redemption(client, request, (&access_token, &refresh_token));
        match self.parts.store.redeem_code(&redemption).await? {
            RedeemOutcome::Redeemed(granted) => {
                if let Some(login) = &granted.login {
                    self.written(&login.id);
                }
                let expires_in = self.parts.rules.access_token_ttl;
                let grant = granted.grant;
                let refresh_token = grant.scope.has(ScopeWord::OfflineAccess).then_some(refresh_token);
                Ok(Redeemed { access_token, expires_in, refresh_token, grant })
            }
            RedeemOutcome::Burned | RedeemOutcome::Reused | RedeemOutcome::Unknown => {
                Err(RedeemError::InvalidGrant)
            }
        }
    }

    fn redemption(
        &self,
        client: &Client,
        request: &RedeemRequest,
        (token, refresh): (&Secret, &Secret),
    ) -> Redemption {
        let entropy = &*self.parts.entropy;
        let now: Timestamp = self.parts.clock.now();
        let row = |action| AuditEntry::new(entropy, now, &Actor::Client, action, "");
        Redemption {
            code_hash: SecretHash::of(request.code.expose()),
            is_of_authorization: is_marked(&request.code),
            client: client.id.to_string(),
            code_challenge: request.code_verifier.as_ref().map(|verifier| pkce_s256(verifier.expose())),
            redirect_uri: request.redirect_uri.clone(),
            now,
            token: AccessToken {
                hash: SecretHash::of(token.expose()),
                grant: GrantId::generate(entropy),
                expires_at: now.plus_seconds(i64::from(self.parts.rules.access_token_ttl)),
            },
            refresh: NewRefreshToken {
                hash: SecretHash::of(refresh.expose()),
                expires_at: RefreshRules::usual(self.parts.rules.access_token_ttl).idle_end(now),
            },
            redeemed: row(Action::LoginEnded).ended(AuditOutcome::Success, Stage::Redeemed.as_str()),
            authorized: row(Action::AuthorizationRedeemed),
            burned: row(Action::CodeBurned).ended(AuditOutcome::Refused, "does_not_match"),
            reused: row(Action::CodeReused).ended(AuditOutcome::Refused, "spent_before"),
        }
    }
}
