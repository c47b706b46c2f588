//! `POST /oauth2/revoke`: a website gives a token back (RFC 7009).

use super::client::{check_guesser, guessed, who_asks};
use super::error::OAuthError;
use super::form::FormBody;
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::client::ClientType;
use std::sync::Arc;

/// What ends; the document's view of the form.
#[derive(Debug, Object)]
struct RevocationRequest {
    /// The token.
    token: String,
    /// A hint that changes nothing.
    token_type_hint: Option<String>,
    /// The client, unless it says so by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, unless it says so by HTTP Basic; a public client has none.
    client_secret: Option<String>,
    /// The type of assertion, where the client proves itself by one.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed (`private_key_jwt`).
    client_assertion: Option<String>,
}

#[derive(ApiResponse)]
enum Ended {
    /// It is good for nothing any more, if it ever was.
    #[oai(status = 200)]
    Done,
}

/// Ending tokens.
pub(crate) struct RevocationApi;

#[OpenApi]
impl RevocationApi {
    /// Revoke a token
    ///
    /// By the client that it was given to. A token that is unknown, or another client's, is answered the same and
    /// left alone.
    #[oai(path = "/oauth2/revoke", method = "post", operation_id = "revoke_token")]
    async fn revoke_token(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        form: FormBody<RevocationRequest>,
    ) -> Result<Ended, OAuthError> {
        let form = form.form;
        let client =
            who_asks(request, &public, &form).await.map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            check_guesser(request, &public)?;
        }
        public.openid.tokens.revoke(&client, form.required("token")?).await?;
        Ok(Ended::Done)
    }
}
