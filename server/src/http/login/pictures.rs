//! `GET /api/v1/qr/{image_token}`: the picture of a Login's code, for whoever has its address.
//!
//! A picture gives nothing but the scene, which is public; its address is still unguessable, so
//! that nobody collects other people's codes.

use crate::http::address::client_address;
use crate::http::code::Code;
use crate::http::problem::{Codes, Failure, Problem};
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, OpenApi};
use std::sync::Arc;

struct PictureCodes;

impl Codes for PictureCodes {
    const OWN: &'static [Code] = &[
        Code::UnknownImage,
        Code::VendorQuota,
        Code::VendorMisconfigured,
        Code::VendorUnavailable,
        Code::VendorTimeout,
        Code::JsCodeInvalid,
        Code::UserRefused,
    ];
}

#[derive(ApiResponse)]
enum PictureResponse {
    /// The picture.
    #[oai(status = 200, content_type = "image/jpeg")]
    Picture(
        Binary<Vec<u8>>,
        /// `image/jpeg`, `image/png` or `image/svg+xml`.
        #[oai(header = "Content-Type")]
        String,
        /// Lets pages of other sites show it.
        #[oai(header = "Cross-Origin-Resource-Policy")]
        String,
    ),
}

/// Pictures of codes.
pub(crate) struct PicturesApi;

#[OpenApi]
impl PicturesApi {
    /// The picture of a login's code
    #[oai(path = "/api/v1/qr/:image_token", method = "get", operation_id = "read_picture")]
    async fn read_picture(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        image_token: Path<String>,
    ) -> Result<PictureResponse, Failure<PictureCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let image = public.logins.find_image(&image_token).await.map_err(Problem::from)?;
        let media_type = image.media_type.to_owned();
        Ok(PictureResponse::Picture(Binary(image.bytes.to_vec()), media_type, "cross-origin".to_owned()))
    }
}
