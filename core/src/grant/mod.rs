//! Grants: what a User let a Client know in one Login, and the access tokens of that grant.

mod consent;
mod id_token;
mod model;
mod scope;
mod service;
mod store;
mod tokens;

pub(crate) use consent::is_kept;
pub use consent::{Consent, ConsentStore};
pub(crate) use id_token::ID_TOKEN_TYPE;
pub use id_token::{IdTokenParts, IdTokens};
pub use model::{AccessToken, Grant, LiveToken, NewRefreshToken, RefreshOutcome, Refreshing, UserInfo};
pub use scope::{Scope, ScopeWord};
pub use service::{UserInfoError, UserInfoService};
pub use store::GrantStore;
pub use tokens::{RefreshError, RefreshRules, Refreshed, TokenService};
