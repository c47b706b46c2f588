//! `POST /oauth2/par`: a back end sends a request before the browser comes (RFC 9126).

use super::client::{check_guesser, guessed, who_asks};
use super::error::{OAuthCode, OAuthError};
use super::form::FormBody;
use crate::http::address::client_address;
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::authorization::PushedError;
use saoma_core::client::ClientType;
use std::sync::Arc;

/// What is asked for; the document's view of the form, which takes every parameter of the authorize endpoint.
#[derive(Debug, Object)]
struct PushedForm {
    /// `code`.
    response_type: String,
    /// Where the answer goes.
    redirect_uri: String,
    /// What for.
    scope: Option<String>,
    /// Given back unchanged.
    state: Option<String>,
    /// Given back in the id token.
    nonce: Option<String>,
    /// S256 of a verifier that the website keeps.
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// The client, unless it says so by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, unless it says so by HTTP Basic; a public client has none.
    client_secret: Option<String>,
    /// The type of assertion, where the client proves itself by one.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed (`private_key_jwt`).
    client_assertion: Option<String>,
}

/// What the browser brings in the place of the request.
#[derive(Debug, Object)]
struct PushedReply {
    /// The request's address; good once.
    request_uri: String,
    /// Seconds it is good for.
    expires_in: u32,
}

#[derive(ApiResponse)]
enum Taken {
    /// Send the browser to the authorize endpoint with `client_id` and this.
    #[oai(status = 201)]
    Created(
        Json<PushedReply>,
        /// `no-store`.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// Sending requests before.
pub(crate) struct PushedApi;

#[OpenApi]
impl PushedApi {
    /// Push an authorization request
    ///
    /// Checked as if a browser had brought it; whatever is wrong with it is told here.
    #[oai(path = "/oauth2/par", method = "post", operation_id = "push_authorization_request")]
    async fn push_authorization_request(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        form: FormBody<PushedForm>,
    ) -> Result<Taken, OAuthError> {
        let form = form.form;
        let client =
            who_asks(request, &public, &form).await.map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            check_guesser(request, &public)?;
            // Anybody can say that they are it, and each leaves a row.
            let counted = public.limits.begin(client.id.as_str(), client_address(request, &public.settings));
            counted.map_err(|_| OAuthError::of(OAuthCode::SlowDown))?;
        }
        match public.openid.authorizations.push(&client, form.all()).await {
            Ok(pushed) => {
                let request_uri = pushed.request_uri.expose().to_owned();
                let reply = PushedReply { request_uri, expires_in: pushed.expires_in };
                Ok(Taken::Created(Json(reply), "no-store".to_owned()))
            }
            Err(PushedError::Refused(said)) => Err(OAuthError::of_request(said)),
            Err(PushedError::Store(error)) => Err(error.into()),
        }
    }
}
