//! `POST /oauth2/device_authorization`: a device without a browser asks for somebody to log in (RFC 8628 section 3).

use super::client::{check_guesser, guessed, who_asks};
use super::error::{OAuthCode, OAuthError};
use super::form::FormBody;
use crate::http::address::client_address;
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::authorization::{DeviceError, INTERVAL_SECONDS};
use saoma_core::client::ClientType;
use std::sync::Arc;

/// What a device asks for; the document's view of the form.
#[derive(Debug, Object)]
struct DeviceForm {
    /// What for.
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

/// What it shows, and what it asks with.
#[derive(Debug, Object)]
struct DeviceReply {
    /// What the device asks the token endpoint with; shown to nobody.
    device_code: String,
    /// What its person types.
    user_code: String,
    /// Where they type it.
    verification_uri: String,
    /// The same with the code in it, for a QR code.
    verification_uri_complete: String,
    /// Seconds both are good for.
    expires_in: u32,
    /// Seconds from one question to the next, at least.
    interval: u32,
}

#[derive(ApiResponse)]
enum Given {
    /// Show the code, and ask the token endpoint until somebody has typed it.
    #[oai(status = 200)]
    Codes(
        Json<DeviceReply>,
        /// `no-store`.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// Devices.
pub(crate) struct DeviceApi;

#[OpenApi]
impl DeviceApi {
    /// Ask for somebody to log in elsewhere
    ///
    /// For a client that has devices (`device_grant`). The person types the code at our page and logs in there.
    #[oai(path = "/oauth2/device_authorization", method = "post", operation_id = "authorize_device")]
    async fn authorize_device(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        form: FormBody<DeviceForm>,
    ) -> Result<Given, OAuthError> {
        let form = form.form;
        let client = who_asks(request, &public, &form).await;
        let client = client.map_err(|error| guessed(error, request, &public))?;
        if client.client_type == ClientType::Public {
            check_guesser(request, &public)?;
        }
        let address = client_address(request, &public.settings);
        let counted = public.limits.begin(client.id.as_str(), address);
        counted.map_err(|_| OAuthError::of(OAuthCode::SlowDown))?;
        let codes =
            public.openid.authorizations.begin_device(&client, form.get("scope").unwrap_or("openid")).await;
        let codes = codes.map_err(|error| match error {
            DeviceError::NotAllowed => OAuthError::of(OAuthCode::UnauthorizedClient),
            DeviceError::Refused(said) => OAuthError::of_request(said),
            DeviceError::Store(error) => error.into(),
        })?;
        let verification_uri = format!("{}/device", public.settings.public_url);
        let reply = DeviceReply {
            verification_uri_complete: format!("{verification_uri}?user_code={}", codes.user_code),
            device_code: codes.device_code.expose().to_owned(),
            user_code: codes.user_code,
            verification_uri,
            expires_in: codes.expires_in,
            interval: INTERVAL_SECONDS,
        };
        Ok(Given::Codes(Json(reply), "no-store".to_owned()))
    }
}
