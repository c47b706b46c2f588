//! `POST /api/v1/companion/picture`: the person chose a picture on the phone; it is sent after they
//! confirmed, as the bytes of the file, with the companion token as a bearer token.
//!
//! Bytes and not a form: a mini-program's `wx.request` sends an ArrayBuffer as it is, while its upload
//! call would need one more domain permission. What the bytes are is told from themselves.

use super::address::client_address;
use super::browser::bearer;
use super::code::Code;
use super::problem::{Codes, Failure, Problem};
use super::public_state::Public;
use bytes::Bytes;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::payload::{Binary, ParsePayload, Payload};
use poem_openapi::registry::MetaSchemaRef;
use poem_openapi::{ApiResponse, OpenApi, impl_apirequest_for_payload};
use saoma_core::user::UploadError;
use std::sync::Arc;

/// The address, and how large a body it takes.
pub(crate) const BODY: (&str, usize) = ("/api/v1/companion/picture", 1024 * 1024);

struct UploadCodes;

impl Codes for UploadCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[
        Code::UnsupportedMediaType,
        Code::PayloadTooLarge,
        Code::CredentialRequired,
        Code::UnknownCompanionToken,
        Code::LoginNotConfirmed,
        Code::LoginEnded,
        Code::PictureNotReadable,
    ];
}

/// A file's bytes, whatever they are said to be.
struct FileBody(Bytes);

impl Payload for FileBody {
    const CONTENT_TYPE: &'static str = "application/octet-stream";

    fn check_content_type(_said: &str) -> bool {
        true
    }

    fn schema_ref() -> MetaSchemaRef {
        Binary::<Vec<u8>>::schema_ref()
    }
}

impl ParsePayload for FileBody {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(<Bytes as FromRequest>::from_request(request, body).await?))
    }
}

impl_apirequest_for_payload!(FileBody);

#[derive(ApiResponse)]
enum UploadResponse {
    /// It is the person's picture now.
    #[oai(status = 204)]
    Taken,
}

/// Pictures from phones.
pub(crate) struct UploadApi;

#[OpenApi]
impl UploadApi {
    /// The person's picture, chosen on the phone
    #[oai(path = "/api/v1/companion/picture", method = "post", operation_id = "companion_picture")]
    async fn companion_picture(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: FileBody,
    ) -> Result<UploadResponse, Failure<UploadCodes>> {
        let address = client_address(request, &public.settings);
        public.limits.check_guesser(address, public.clock.now())?;
        let token = bearer(request).ok_or(Code::CredentialRequired)?;
        let user = match public.people.find_uploader(&token).await {
            Err(UploadError::UnknownToken) => {
                public.limits.missed(address, public.clock.now())?;
                return Err(Code::UnknownCompanionToken.into());
            }
            found => found.map_err(Problem::from)?,
        };
        public.limits.upload(&user)?;
        public.people.put_upload(user, body.0).await.map_err(Problem::from)?;
        Ok(UploadResponse::Taken)
    }
}
