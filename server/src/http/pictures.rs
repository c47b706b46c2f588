//! `GET /api/v1/pictures/{picture_id}`: the picture of a person, or the tile drawn for one without.
//!
//! A picture that changes gets another address, so an answer may be kept; for a day only, as one that
//! must go should be gone. The address names nobody.

use super::address::client_address;
use super::code::Code;
use super::images::{Header, ImageAnswer, Images};
use super::problem::{Codes, Failure, Problem};
use super::public_state::Public;
use crate::people::draw;
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use saoma_core::user::{Face, StandIn, Tile};
use std::sync::Arc;

struct PersonPictureCodes;

impl Codes for PersonPictureCodes {
    type Set = Code;
    const OWN: &'static [Code] = &[Code::UnknownImage];
}

struct Portraits;

impl Images for Portraits {
    const KINDS: &'static [&'static str] = &["image/jpeg", "image/png"];
    const HEADERS: &'static [Header] = &[
        ("Cache-Control", "public, max-age=86400, immutable", "It never changes."),
        ("Cross-Origin-Resource-Policy", "cross-origin", "Lets pages of other sites show it."),
    ];
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
    ) -> Result<ImageAnswer<Portraits>, Failure<PersonPictureCodes>> {
        public.limits.read(client_address(request, &public.settings))?;
        let (media_type, bytes) = find(&public, &picture_id).await?;
        Ok(ImageAnswer::new(media_type, bytes))
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
    /// Of this User, on our own pages, with stand-ins for what nobody ever told.
    pub(crate) fn of(face: &Face, public_url: &str) -> Self {
        Self::told(face, face.user.as_str(), public_url)
    }

    /// As a website is told that calls them this.
    pub(crate) fn told(face: &Face, sub: &str, public_url: &str) -> Self {
        let StandIn { name, tile } = StandIn::of(sub, face.locale.as_deref());
        let picture = face.picture.as_ref().map_or_else(|| tile.to_string(), ToString::to_string);
        Self {
            name_is_stand_in: face.name.is_none(),
            name: face.name.clone().unwrap_or(name),
            picture: format!("{public_url}/api/v1/pictures/{picture}"),
            picture_is_stand_in: face.picture.is_none(),
        }
    }
}
