//! `POST /oauth2/token`: code + verifier + client authentication → access token.
//!
//! Order matters: a failed client authentication burns nothing, everything after it may.

use super::client::{check_guesser, guessed, who_asks};
use super::error::{OAuthCode, OAuthError};
use super::form::FormBody;
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use saoma_core::Secret;
use saoma_core::client::ClientType;
use saoma_core::login::{RedeemError, RedeemRequest};
use std::sync::Arc;

/// What redeems a code; the document's view of the form.
#[derive(Debug, Object)]
struct TokenRequest {
    /// `authorization_code`.
    grant_type: String,
    /// The code.
    code: String,
    /// The verifier of the `code_challenge`.
    code_verifier: Option<String>,
    /// The address named at the beginning, if one was.
    redirect_uri: Option<String>,
    /// The client, unless it says so by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, unless it says so by HTTP Basic; a public client has none.
    client_secret: Option<String>,
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
    /// Who logged in and how, signed (OpenID Connect Core section 2); with `openid` in the scope.
    id_token: Option<String>,
}

/// Redeeming.
pub(crate) struct TokenApi;

#[OpenApi]
impl TokenApi {
    /// Redeem a code
    #[oai(path = "/oauth2/token", method = "post", operation_id = "redeem_code")]
    async fn redeem_code(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        form: FormBody<TokenRequest>,
    ) -> Result<Json<TokenReply>, OAuthError> {
        let form = form.form;
        if form.required("grant_type")? != "authorization_code" {
            return Err(OAuthError(OAuthCode::UnsupportedGrantType));
        }
        let client = who_asks(request, &public, &form).map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            check_guesser(request, &public)?;
        }
        let redeem = RedeemRequest {
            code: Secret::new(form.required("code")?),
            code_verifier: form.get("code_verifier").map(Secret::new),
            redirect_uri: form.get("redirect_uri").map(str::to_owned),
        };
        let redeemed = public.logins.redeem(&client, &redeem).await.map_err(refused);
        let redeemed = redeemed.map_err(|error| match client.client_type {
            ClientType::Public => guessed(error, request, &public),
            // A recognised back end passes on what visitors bring; it is not shut out for them.
            ClientType::Confidential => error,
        })?;
        let id_token = public.openid.id_tokens.of(&redeemed.grant)?;
        Ok(Json(TokenReply {
            access_token: redeemed.access_token.expose().to_owned(),
            token_type: TokenType::Bearer,
            expires_in: redeemed.expires_in,
            scope: redeemed.grant.scope.to_string(),
            id_token,
        }))
    }
}

fn refused(error: RedeemError) -> OAuthError {
    match error {
        RedeemError::InvalidGrant => OAuthError(OAuthCode::InvalidGrant),
        RedeemError::Store(error) => error.into(),
    }
}
