//! The server: command line, configuration, composition, HTTP.
//!
//! The binary only calls `cli::main`; tests and the bench reach every part through here.

mod apply;
mod audit_files;
mod back_channel;
mod checkpoint_file;
pub mod cli;
mod clock;
pub mod config;
pub mod demo;
mod doctor;
mod guesses;
mod housekeeping;
mod http;
mod keyring;
mod linking;
mod listen;
mod login_files;
mod logs;
mod passkeys;
mod passwords;
mod people;
mod process;
mod regions;
mod server;
mod signing_keys;
mod table_files;
mod tasks;
mod user_files;
mod wire;

pub use clock::SystemClock;
pub use http::{admin_document, login_document};
pub use keyring::KeyringError;
pub use server::{Listeners, Server};
pub use signing_keys::SystemKeys;
pub use wire::{Outside, Parts, StartError, catalogue};
