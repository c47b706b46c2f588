//! Who did what to what, when, and how it ended: append-only rows from the first day.

mod chain;
mod model;
mod store;

pub use chain::{ChainFault, ChainWalk, LinkedAudit, Mark, link};
pub use model::{Action, Actor, AuditEntry, AuditOutcome};
pub use store::{AuditStore, StoredAudit};
