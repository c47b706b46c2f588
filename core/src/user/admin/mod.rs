//! Users as admins work with them: found, switched off, taken apart, put together, deleted.
//!
//! Every method takes the `Permit` for it; every change names the version it was decided on and is
//! written with its audit row, or not at all.

mod change;
mod export;
mod filter;
mod identities;
mod merge;
mod person;
mod refusal;
mod service;
mod sessions;
mod store;

pub use change::TokensOf;
pub use export::UserExport;
pub use filter::UserFilter;
pub use identities::AdmitTo;
pub use merge::{Merge, MergeOffer, MergedBy, Moved};
pub use person::{
    ClientUse, Identity, LiveGrant, Person, PersonDetail, RememberedConsent, User, abbreviated,
};
pub use refusal::{UserError, UserRefusal};
pub(crate) use service::as_it_stands;
pub use service::{UserAdmin, UserAdminParts, UserRules, Way};
pub use store::{
    Admission, Deletion, Linking, Merging, Revocation, Switching, Undoing, Unlinking, UserAdminStore,
    Versioned,
};
