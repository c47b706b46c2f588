//! The OAuth endpoints: a website redeems its code and asks who the user is.

mod client;
mod device;
mod discovery;
mod error;
mod form;
mod introspect;
mod jwks;
mod pushed;
mod revoke;
mod token;
mod userinfo;

pub(crate) use device::DeviceApi;
pub(crate) use discovery::read_discovery;
pub(crate) use error::oauth_problem;
pub(crate) use introspect::IntrospectionApi;
pub(crate) use jwks::JwksApi;
pub(crate) use pushed::PushedApi;
pub(crate) use revoke::RevocationApi;
pub(crate) use token::TokenApi;
pub(crate) use userinfo::UserInfoApi;
