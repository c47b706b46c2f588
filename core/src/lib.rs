//! The domain of Saoma: logins, the provider contract, clients, users, grants, admins, audit.
//!
//! Owns every rule and no means: no socket, no file, no database, no framework. Time,
//! randomness, storage and wake-ups come in through traits, so a test decides them all.
//! Each feature folder has the same three parts: `model` (what it is), `service` (what may
//! happen to it) and `store` (what must be kept, as a trait).

pub mod admin;
pub mod audit;
pub mod authorization;
pub mod calendar;
pub mod change;
pub mod client;
pub mod doctor;
pub mod entropy;
pub mod error;
pub mod grant;
pub mod id;
pub mod installation;
pub mod logbook;
pub mod login;
pub mod notice;
pub mod page;
pub mod provider;
pub mod region;
pub mod seal;
pub mod secret;
pub mod session;
pub mod settings;
pub mod signal;
pub mod signing;
pub mod statistics;
pub mod time;
pub mod user;

pub use change::{ChangeError, FieldProblem, Obstacle};
pub use entropy::Entropy;
pub use error::StoreError;
pub use secret::{Secret, SecretHash};
pub use time::{Clock, Timestamp};
