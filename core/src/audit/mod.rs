//! Who did what to what, when, and how it ended: append-only rows from the first day.

mod model;
mod store;

pub use model::{Action, Actor, AuditEntry, AuditOutcome};
pub use store::{AuditStore, StoredAudit};
