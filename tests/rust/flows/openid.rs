//! OpenID Connect: websites that point their library at us.

mod basic;
mod refused;
mod session;
