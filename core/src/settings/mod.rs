//! What an owner may set while the house runs: how long rows stay, the time zone, admins' sessions.
//!
//! A value that the configuration file has wins and cannot be changed here. Everything else of the
//! configuration is the file's alone.

mod cell;
mod change;
mod model;
mod service;
mod store;

pub use cell::{CurrentSettings, SettingsCell};
pub use change::{SettingFault, SettingProblem, SettingsChange};
pub use model::{Setting, Settings};
pub use service::{SettingsParts, SettingsService};
pub use store::{SettingsStore, StoredSettings, TableSize};
