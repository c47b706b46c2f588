//! A person's own account, in their own hands: by which ways they log in, which websites know them, in which
//! browsers they are logged in here; and what they may change of it.
//!
//! Whoever comes is in a session of this browser. What could lose or give away an account wants a `Proven` one:
//! confirmed on the phone a moment ago. Admins do the like in `user::admin`, whose store does the work.

mod account;
mod change;
mod link;
mod service;
mod store;
mod visit;

pub use account::{OwnAccount, OwnSession, OwnSite, OwnWay};
pub use link::{Found, LinkError, Linking};
pub use service::{OwnParts, OwnService};
pub use store::{OwnStore, Traces};
pub use visit::{Proven, Visit};
