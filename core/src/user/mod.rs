//! Users: the local accounts, the Identities linked to them, and what they are called.

mod model;
mod name;

pub use model::{NewIds, User};
pub use name::{MAX_GRAPHEMES, clean_name};
