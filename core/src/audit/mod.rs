//! Who did what to what, when, and how it ended: append-only rows, bound into chains.

mod action;
mod chain;
mod linker;
mod model;
mod store;
mod verify;

pub use action::{Action, Stream};
pub use chain::{ADMIN_STREAM, AuditLink, ChainFault, ChainWalk, Mark, link, logins_stream};
pub use linker::{AuditLinker, ONLY_NODE};
pub use model::{Actor, AuditEntry, AuditOutcome};
pub use store::{AuditStore, StoredAudit};
pub use verify::{StreamReport, verify};
