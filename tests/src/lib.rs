//! The harness that tests and the bench share: databases, a whole house in one process, the real
//! binary, and the people in front of it: a visitor, a phone, by HTTP only.

pub mod admin;
pub mod authenticator;
pub mod back_end;
pub mod canaries;
pub mod database;
pub mod events;
pub mod hostile;
pub mod house;
pub mod http;
pub mod inspect;
pub mod installed;
pub mod letter;
pub mod phone;
pub mod ports;
pub mod program;
pub mod relying_party;
pub mod scratch;
pub mod shared_keys;
pub mod signer;
pub mod socket;
pub mod visitor;
pub mod wait;
pub mod ways;
pub mod website;
