//! Grants: what a User let a Client know in one Login, and the access tokens of that grant.

mod model;
mod service;
mod store;

pub use model::{AccessToken, UserInfo};
pub use service::{UserInfoError, UserInfoService};
pub use store::GrantStore;
