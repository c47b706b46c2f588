//! Who did what to what, when, and how it ended: append-only rows, bound into chains.
//!
//! Read by one filter, signed at checkpoints, cut by retention at a checkpoint and nowhere else.

mod action;
mod chain;
mod checkpoint;
mod differences;
mod filter;
mod keeper;
mod linker;
mod model;
mod names;
mod service;
mod store;
mod verify;

pub use action::{Action, Stream};
pub use chain::{ADMIN_STREAM, AuditLink, ChainFault, ChainWalk, Mark, link, logins_stream};
pub use checkpoint::{Checkpoint, NotACheckpoint, Statement, public_key_pem};
pub(crate) use differences::Differences;
pub use filter::{ActionChoice, AuditFilter, AuditScope, FilterFault, FilterProblem};
pub use keeper::{AuditKeeper, KeeperParts};
pub use linker::{AuditLinker, ONLY_NODE};
pub use model::{Actor, AuditEntry, AuditOutcome};
pub use names::{AuditNames, NamesWanted};
pub use service::{AuditExport, AuditPage, AuditParts, AuditService};
pub use store::{AuditStore, PlacedAudit, StoredAudit};
pub use verify::{Anchor, StreamReport, verify};
