//! Grants: what a User let a Client know in one Login, and the access tokens of that grant.

mod model;
mod service;
mod store;
mod tokens;

pub use model::{AccessToken, LiveToken, SCOPE, UserInfo};
pub use service::{UserInfoError, UserInfoService};
pub use store::GrantStore;
pub use tokens::TokenService;
