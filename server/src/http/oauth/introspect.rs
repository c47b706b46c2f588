//! `POST /oauth2/introspect`: is this token good, and for whom (RFC 7662)? For the back end it was given to.

use super::client::{guessed, who_asks};
use super::error::{OAuthCode, OAuthError};
use super::form::FormBody;
use super::token::TokenType;
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::client::ClientType;
use saoma_core::grant::LiveToken;
use std::sync::Arc;

/// What is asked; the document's view of the form.
#[derive(Debug, Object)]
struct IntrospectionRequest {
    /// The token.
    token: String,
    /// A hint that changes nothing.
    token_type_hint: Option<String>,
    /// The client, unless it says so by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, unless it says so by HTTP Basic.
    client_secret: Option<String>,
    /// The type of assertion, where the client proves itself by one.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed (`private_key_jwt`).
    client_assertion: Option<String>,
}

/// What a token stands for; of one that is not good, `active` alone.
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
struct Introspection {
    /// Whether it is good.
    active: bool,
    /// What it is good for.
    scope: Option<String>,
    /// The client it was given to.
    client_id: Option<String>,
    /// `Bearer`; a refresh token has none.
    token_type: Option<TokenType>,
    /// Unix seconds at which it ends.
    exp: Option<i64>,
    /// Unix seconds at which it was issued.
    iat: Option<i64>,
    /// The user's id.
    sub: Option<String>,
    /// Who may take it.
    aud: Option<String>,
    /// Who issued it.
    iss: Option<String>,
}

impl Introspection {
    fn of(token: &LiveToken, sub: String, issuer: &str) -> Self {
        Self {
            active: true,
            scope: Some(token.scope.to_string()),
            client_id: Some(token.client.to_string()),
            token_type: token.is_access.then_some(TokenType::Bearer),
            exp: Some(token.expires_at.0 / 1000),
            iat: Some(token.issued_at.0 / 1000),
            sub: Some(sub),
            aud: Some(issuer.to_owned()),
            iss: Some(issuer.to_owned()),
        }
    }
}

#[derive(ApiResponse)]
enum Told {
    /// Whether it is good, and if it is, for whom.
    #[oai(status = 200)]
    Known(
        Json<Introspection>,
        /// `no-store`.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// Asking about tokens.
pub(crate) struct IntrospectionApi;

#[OpenApi]
impl IntrospectionApi {
    /// Introspect a token
    ///
    /// For the confidential client that it was given to; of any other token it only hears that it is not active.
    #[oai(path = "/oauth2/introspect", method = "post", operation_id = "introspect_token")]
    async fn introspect_token(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        form: FormBody<IntrospectionRequest>,
    ) -> Result<Told, OAuthError> {
        let form = form.form;
        let client =
            who_asks(request, &public, &form).await.map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            return Err(guessed(OAuthError::of(OAuthCode::InvalidClient), request, &public));
        }
        let found = public.openid.tokens.introspect(&client, form.required("token")?).await?;
        let told = found.map(|token| {
            let sub = public.openid.subjects.of(&client, &token.sub);
            Introspection::of(&token, sub, &public.settings.public_url)
        });
        Ok(Told::Known(Json(told.unwrap_or_default()), "no-store".to_owned()))
    }
}
