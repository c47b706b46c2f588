//! `GET /api/v1/qr/{image_token}`: the picture of a Login's code, for whoever has its address.
//!
//! A picture gives nothing but the scene, which is public; its address is still unguessable, so
//! that nobody collects other people's codes.

use crate::http::address::client_address;
use crate::http::code::Code;
use crate::http::drawn;
use crate::http::images::{Header, ImageAnswer, Images};
use crate::http::problem::{Codes, Failure, Problem};
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, OpenApi};
use saoma_core::login::CodePicture;
use std::sync::Arc;

struct PictureCodes;

impl Codes for PictureCodes {
    type Set = Code;
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

/// How a code is drawn; a picture made by the vendor is as it is.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "PictureFormat", rename_all = "snake_case")]
enum Format {
    /// Sharp at every size.
    Svg,
    /// For whatever cannot show SVG.
    Png,
}

struct CodeImages;

impl Images for CodeImages {
    const KINDS: &'static [&'static str] = &["image/jpeg", "image/png", "image/svg+xml"];
    const HEADERS: &'static [Header] =
        &[("Cross-Origin-Resource-Policy", "cross-origin", "Lets pages of other sites show it.")];
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
        /// How to draw the code of a `qr_text`; `svg` when absent.
        format: Query<Option<Format>>,
    ) -> Result<ImageAnswer<CodeImages>, Failure<PictureCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let image = public.logins.find_image(&image_token).await.map_err(Problem::from)?;
        let (bytes, media_type) = match image {
            CodePicture::Drawn(image) => (image.bytes.to_vec(), image.media_type),
            CodePicture::Text(text) => draw(&text, format.0.unwrap_or(Format::Svg))?,
        };
        Ok(ImageAnswer::new(media_type, bytes))
    }
}

fn draw(text: &str, format: Format) -> Result<(Vec<u8>, &'static str), Problem> {
    let drawn = match format {
        Format::Svg => drawn::svg(text).map(|svg| (svg.into_bytes(), "image/svg+xml")),
        Format::Png => drawn::png(text).map(|png| (png, "image/png")),
    };
    // A vendor that gives more than a code can hold gives nonsense.
    drawn.map_err(|drawn::TooLong| Code::VendorUnavailable.into())
}
