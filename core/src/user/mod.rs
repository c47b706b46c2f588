//! Users: the local accounts, the Identities linked to them, what they are called and look like.

pub mod admin;
mod called;
mod care;
mod model;
mod name;
pub mod own;
mod picture;
mod service;
mod stand_in;
mod store;

pub use called::{KnownName, NewName};
pub use care::CareError;
pub use model::{Face, NewIds};
pub use name::{MAX_GRAPHEMES, clean_name, search_key};
pub use picture::{NewPicture, NotAPicture, PictureCleaner, PictureOrigin};
pub use service::{PeopleParts, PeopleService, UploadError};
pub use stand_in::{InvalidTile, StandIn, Tile};
pub use store::{Forgetting, Forgotten, LateAliases, Linked, PeopleStore, ProfileClearing, Uploader};
