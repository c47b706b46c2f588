//! `POST /oauth2/token`: code + verifier + client authentication → access token.
//!
//! Order matters: a failed client authentication burns nothing, everything after it may.

use super::error::{OAuthCode, OAuthError};
use super::form::Form;
use crate::http::address::client_address;
use crate::http::client_auth::{BasicHeader, ClientCredentials, basic};
use crate::http::public_state::Public;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::payload::{Json, ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{Enum, Object, OpenApi, impl_apirequest_for_payload};
use saoma_core::Secret;
use saoma_core::client::{Client, ClientType};
use saoma_core::login::{RedeemError, RedeemRequest};
use std::sync::Arc;

/// What redeems a code; the document's view of the form.
#[derive(Debug, Object)]
struct TokenRequest {
    /// `authorization_code`.
    grant_type: String,
    /// The code.
    code: String,
    /// The verifier of the login's `code_challenge`.
    code_verifier: String,
    /// The address named at the beginning, if one was.
    redirect_uri: Option<String>,
    /// The client, unless it says so by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, unless it says so by HTTP Basic; a public client has none.
    client_secret: Option<String>,
}

/// A form body, read by our own rules and documented as `TokenRequest`.
struct TokenForm(Form);

impl Payload for TokenForm {
    const CONTENT_TYPE: &'static str = "application/x-www-form-urlencoded";

    /// Many back ends name a charset; the form is UTF-8 whatever it says.
    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        TokenRequest::schema_ref().merge(MetaSchema::ANY)
    }

    fn register(registry: &mut Registry) {
        TokenRequest::register(registry);
    }
}

impl ParsePayload for TokenForm {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        Ok(Self(Form::parse(&bytes)?))
    }
}

impl_apirequest_for_payload!(TokenForm);

/// `Bearer`.
#[derive(Debug, Enum)]
enum TokenType {
    /// RFC 6750.
    Bearer,
}

/// An access token (RFC 6749 section 5.1).
#[derive(Debug, Object)]
struct TokenReply {
    /// The token.
    access_token: String,
    /// `Bearer`.
    token_type: TokenType,
    /// Seconds it lives.
    expires_in: u32,
    /// What it is good for.
    scope: String,
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
        form: TokenForm,
    ) -> Result<Json<TokenReply>, OAuthError> {
        let form = form.0;
        if form.required("grant_type")? != "authorization_code" {
            return Err(OAuthError(OAuthCode::UnsupportedGrantType));
        }
        let client = who_asks(request, &public, &form).map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            check_guesser(request, &public)?;
        }
        let redeem = RedeemRequest {
            code: Secret::new(form.required("code")?),
            code_verifier: Secret::new(form.required("code_verifier")?),
            redirect_uri: form.get("redirect_uri").map(str::to_owned),
        };
        let redeemed = public.logins.redeem(&client, &redeem).await.map_err(refused);
        let redeemed = redeemed.map_err(|error| match client.client_type {
            ClientType::Public => guessed(error, request, &public),
            // A recognised back end passes on what visitors bring; it is not shut out for them.
            ClientType::Confidential => error,
        })?;
        Ok(Json(TokenReply {
            access_token: redeemed.access_token.expose().to_owned(),
            token_type: TokenType::Bearer,
            expires_in: redeemed.expires_in,
            scope: "profile".to_owned(),
        }))
    }
}

/// Whoever guessed too often waits, before the database is asked for them.
fn check_guesser(request: &Request, public: &Public) -> Result<(), OAuthError> {
    let address = client_address(request, &public.settings);
    public.limits.check_guesser(address, public.clock.now()).map_err(|_| OAuthError(OAuthCode::SlowDown))
}

/// Counts a failed guess of a client's secret, or of a code by a client that has none.
fn guessed(error: OAuthError, request: &Request, public: &Public) -> OAuthError {
    if !matches!(error.0, OAuthCode::InvalidClient | OAuthCode::InvalidGrant) {
        return error;
    }
    let address = client_address(request, &public.settings);
    match public.limits.missed(address, public.clock.now()) {
        Ok(()) => error,
        Err(_) => OAuthError(OAuthCode::SlowDown),
    }
}

fn refused(error: RedeemError) -> OAuthError {
    match error {
        RedeemError::InvalidGrant => OAuthError(OAuthCode::InvalidGrant),
        RedeemError::Store(error) => error.into(),
    }
}

/// The client that asks, by exactly one way of saying so (RFC 6749 section 2.3).
fn who_asks(request: &Request, public: &Public, form: &Form) -> Result<Arc<Client>, OAuthError> {
    let failed = OAuthError(OAuthCode::InvalidClient);
    let credentials = match (basic(request), form.get("client_secret")) {
        (BasicHeader::Unusable, _) => return Err(failed),
        (BasicHeader::Present(_), Some(_)) => return Err(OAuthError(OAuthCode::InvalidRequest)),
        (BasicHeader::Present(credentials), None) => credentials,
        (BasicHeader::Absent, Some(secret)) => {
            ClientCredentials::from_form(form.required("client_id")?, secret)
        }
        (BasicHeader::Absent, None) => return public_client(public, form.required("client_id")?),
    };
    if form.get("client_id").is_some_and(|id| id != credentials.id) {
        return Err(OAuthError(OAuthCode::InvalidRequest));
    }
    credentials.authenticate(&public.logins).map_err(|_| failed)
}

fn public_client(public: &Public, id: &str) -> Result<Arc<Client>, OAuthError> {
    let client = public.logins.find_client(id).filter(|client| client.client_type == ClientType::Public);
    client.ok_or(OAuthError(OAuthCode::InvalidClient))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_name_its_charset() {
        for taken in
            ["", "; charset=utf-8", ";charset=UTF-8"].map(|rest| format!("{}{rest}", TokenForm::CONTENT_TYPE))
        {
            assert!(TokenForm::check_content_type(&taken), "{taken}");
        }
        for refused in ["application/json", "application/x-www-form-urlencodedx", ""] {
            assert!(!TokenForm::check_content_type(refused), "{refused}");
        }
    }
}
