//! `GET /api/v1/pictures/{picture_id}`: the picture of a person, or the tile drawn for one without.
//!
//! A picture that changes gets another address, so an answer may be kept; for a day only, as one that
//! must go should be gone. The address names nobody.

use super::address::client_address;
use super::code::Code;
use super::problem::{Codes, Failure, Problem};
use super::public_state::Public;
use crate::people::draw;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::grant::UserInfo;
use saoma_core::user::{StandIn, Tile};
use std::sync::Arc;

const KEPT: &str = "public, max-age=86400, immutable";

struct PersonPictureCodes;

impl Codes for PersonPictureCodes {
    const OWN: &'static [Code] = &[Code::UnknownImage];
}

#[derive(ApiResponse)]
enum PersonPictureResponse {
    /// The picture.
    #[oai(status = 200, content_type = "image/jpeg")]
    Picture(
        Binary<Vec<u8>>,
        /// `image/jpeg` or `image/png`.
        #[oai(header = "Content-Type")]
        String,
        /// It never changes.
        #[oai(header = "Cache-Control")]
        String,
        /// Lets pages of other sites show it.
        #[oai(header = "Cross-Origin-Resource-Policy")]
        String,
    ),
}

/// Pictures of people.
pub(crate) struct PersonPicturesApi;

#[OpenApi]
impl PersonPicturesApi {
    /// The picture of a person
    #[oai(path = "/api/v1/pictures/:picture_id", method = "get", operation_id = "read_person_picture")]
    async fn read_person_picture(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        picture_id: Path<String>,
    ) -> Result<PersonPictureResponse, Failure<PersonPictureCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let (media_type, bytes) = find(&public, &picture_id).await?;
        Ok(PersonPictureResponse::Picture(
            Binary(bytes),
            media_type.to_owned(),
            KEPT.to_owned(),
            "cross-origin".to_owned(),
        ))
    }
}

async fn find(public: &Public, id: &str) -> Result<(&'static str, Vec<u8>), Problem> {
    if let Ok(tile) = id.parse::<Tile>() {
        let drawn = draw(&tile).map_err(|_| Code::Internal)?;
        return Ok(("image/png", drawn));
    }
    let id = id.parse().map_err(|_| Code::UnknownImage)?;
    let image = public.people.find_picture(&id).await?.ok_or(Code::UnknownImage)?;
    Ok((image.media_type, image.bytes.to_vec()))
}

/// What a User is called and looks like, and whether we made that up.
pub(crate) struct Looks {
    pub(crate) name: String,
    pub(crate) name_is_stand_in: bool,
    pub(crate) picture: String,
    pub(crate) picture_is_stand_in: bool,
}

impl Looks {
    /// Of this User, with stand-ins for what nobody ever told.
    pub(crate) fn of(user: &UserInfo, public_url: &str) -> Self {
        let StandIn { name, tile } = StandIn::of(&user.sub, user.locale.as_deref());
        let picture = user.picture.as_ref().map_or_else(|| tile.to_string(), ToString::to_string);
        Self {
            name_is_stand_in: user.name.is_none(),
            name: user.name.clone().unwrap_or(name),
            picture: format!("{public_url}/api/v1/pictures/{picture}"),
            picture_is_stand_in: user.picture.is_none(),
        }
    }
}
