//! `POST /oauth2/token`: a code and its verifier, or a refresh token, with client authentication → tokens.
//!
//! Order matters: a failed client authentication burns nothing, everything after it may.

use super::client::{check_guesser, guessed, who_asks};
use super::error::{OAuthCode, OAuthError};
use super::form::{Form, FormBody};
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use saoma_core::Secret;
use saoma_core::authorization::Polled;
use saoma_core::client::{Client, ClientType};
use saoma_core::grant::{Grant, RefreshError, Scope};
use saoma_core::login::{RedeemError, RedeemRequest};
use std::sync::Arc;

/// The word of `grant_type` for devices.
pub(super) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

const MORE_THAN_GRANTED: &str = "The scope names nothing, or more than the refresh token was granted.";

/// What redeems a code; the document's view of the form.
#[derive(Debug, Object)]
struct TokenRequest {
    /// `authorization_code`, `refresh_token` or `urn:ietf:params:oauth:grant-type:device_code`.
    grant_type: String,
    /// The code.
    code: Option<String>,
    /// The refresh token.
    refresh_token: Option<String>,
    /// The device's code.
    device_code: Option<String>,
    /// The verifier of the `code_challenge`.
    code_verifier: Option<String>,
    /// The address named at the beginning, if one was.
    redirect_uri: Option<String>,
    /// With a refresh token: less than was granted, for this access token only.
    scope: Option<String>,
    /// The client, unless it says so by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, unless it says so by HTTP Basic; a public client has none.
    client_secret: Option<String>,
    /// The type of assertion, where the client proves itself by one.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed (`private_key_jwt`).
    client_assertion: Option<String>,
}

/// `Bearer`.
#[derive(Debug, Enum)]
pub(super) enum TokenType {
    /// RFC 6750.
    Bearer,
}

/// An access token (RFC 6749 section 5.1).
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct TokenReply {
    /// The token.
    access_token: String,
    /// `Bearer`.
    token_type: TokenType,
    /// Seconds it lives.
    expires_in: u32,
    /// What it is good for.
    scope: String,
    /// What to go on with later; with `offline_access` in the scope.
    refresh_token: Option<String>,
    /// Who logged in and how, signed (OpenID Connect Core section 2); with `openid` in the scope.
    id_token: Option<String>,
}

/// Giving tokens.
pub(crate) struct TokenApi;

#[OpenApi]
impl TokenApi {
    /// Redeem a code, or go on with a refresh token
    ///
    /// A refresh token is good once: the next one is in the answer. One that comes a second time ends all
    /// tokens that came of the same login.
    #[oai(path = "/oauth2/token", method = "post", operation_id = "redeem_code")]
    async fn redeem_code(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        form: FormBody<TokenRequest>,
    ) -> Result<Json<TokenReply>, OAuthError> {
        let form = form.form;
        let grant_type = GrantType::parse(form.required("grant_type")?);
        let grant_type = grant_type.ok_or(OAuthError::of(OAuthCode::UnsupportedGrantType))?;
        let client =
            who_asks(request, &public, &form).await.map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            check_guesser(request, &public)?;
        }
        let given = match grant_type {
            GrantType::Code => redeem(&public, &client, &form).await,
            GrantType::Refresh => refresh(&public, &client, &form).await,
            GrantType::Device => redeem_device(&public, &client, &form).await,
        };
        let given = given.map_err(|error| match client.client_type {
            ClientType::Public => guessed(error, request, &public),
            // A recognised back end passes on what visitors bring; it is not shut out for them.
            ClientType::Confidential => error,
        })?;
        Ok(Json(given))
    }
}

/// What tokens are asked for with.
#[derive(Clone, Copy)]
enum GrantType {
    Code,
    Refresh,
    Device,
}

impl GrantType {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "authorization_code" => Some(Self::Code),
            "refresh_token" => Some(Self::Refresh),
            DEVICE_GRANT => Some(Self::Device),
            _ => None,
        }
    }
}

/// RFC 8628 sections 3.4 and 3.5: the device's code is redeemed as any other, once somebody has said yes.
async fn redeem_device(public: &Public, client: &Client, form: &Form) -> Result<TokenReply, OAuthError> {
    let device_code = form.required("device_code")?;
    if !client.openid.device_grant {
        return Err(OAuthError::of(OAuthCode::UnauthorizedClient));
    }
    let authorizations = &public.openid.authorizations;
    let refused = match authorizations.poll_device(client, device_code).await? {
        Polled::Approved => None,
        Polled::Unknown => Some(OAuthCode::InvalidGrant),
        Polled::TooSoon => Some(OAuthCode::SlowDown),
        Polled::Pending => Some(OAuthCode::AuthorizationPending),
        Polled::Denied => Some(OAuthCode::AccessDenied),
        Polled::Expired => Some(OAuthCode::ExpiredToken),
    };
    if let Some(code) = refused {
        return Err(OAuthError::polled(code));
    }
    let request = RedeemRequest {
        code: Secret::new(device_code),
        code_verifier: None,
        redirect_uri: Some(authorizations.device_address()),
    };
    given(public, client, &request).await
}

async fn redeem(public: &Public, client: &Client, form: &Form) -> Result<TokenReply, OAuthError> {
    let code = Secret::new(form.required("code")?);
    let verifier = match form.get("code_verifier") {
        // Whoever must ask with a challenge must answer it; nothing is spent by forgetting that.
        None if !client.may_go_without_challenge() => return Err(OAuthError::missing("code_verifier")),
        verifier => verifier.map(Secret::new),
    };
    let request = RedeemRequest {
        code,
        code_verifier: verifier,
        redirect_uri: form.get("redirect_uri").map(str::to_owned),
    };
    given(public, client, &request).await
}

async fn given(public: &Public, client: &Client, request: &RedeemRequest) -> Result<TokenReply, OAuthError> {
    let redeemed = public.logins.redeem(client, request).await.map_err(refused)?;
    Ok(TokenReply {
        access_token: redeemed.access_token.expose().to_owned(),
        token_type: TokenType::Bearer,
        expires_in: redeemed.expires_in,
        scope: redeemed.grant.scope.to_string(),
        refresh_token: redeemed.refresh_token.map(|token| token.expose().to_owned()),
        id_token: public.openid.id_tokens.of(client, &redeemed.grant)?,
    })
}

/// Whoever asks for less gets an access token for less; the refresh token stays as it is (RFC 6749 section 6).
async fn refresh(public: &Public, client: &Client, form: &Form) -> Result<TokenReply, OAuthError> {
    let token = form.required("refresh_token")?;
    let less = form.get("scope").map(Scope::parse);
    let refreshed = public.openid.tokens.refresh(client, token, less).await.map_err(|error| match error {
        RefreshError::InvalidGrant => OAuthError::of(OAuthCode::InvalidGrant),
        RefreshError::NotAllowed => OAuthError::of(OAuthCode::UnauthorizedClient),
        RefreshError::InvalidScope => OAuthError::saying(OAuthCode::InvalidScope, MORE_THAN_GRANTED),
        RefreshError::Store(error) => error.into(),
    })?;
    // What was asked for then is answered; a later id token has no nonce (OpenID Connect Core section 12.2).
    let grant = Grant { nonce: None, ..refreshed.grant };
    Ok(TokenReply {
        access_token: refreshed.access_token.expose().to_owned(),
        token_type: TokenType::Bearer,
        expires_in: refreshed.expires_in,
        scope: grant.scope.to_string(),
        refresh_token: Some(refreshed.refresh_token.expose().to_owned()),
        id_token: public.openid.id_tokens.of(client, &grant)?,
    })
}

fn refused(error: RedeemError) -> OAuthError {
    match error {
        RedeemError::InvalidGrant => OAuthError::of(OAuthCode::InvalidGrant),
        RedeemError::Store(error) => error.into(),
    }
}
