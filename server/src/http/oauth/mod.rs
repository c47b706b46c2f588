//! The OAuth endpoints: a website redeems its code and asks who the user is.

mod client;
mod error;
mod form;
mod jwks;
mod token;
mod userinfo;

pub(crate) use error::oauth_problem;
pub(crate) use jwks::JwksApi;
pub(crate) use token::TokenApi;
pub(crate) use userinfo::UserInfoApi;
