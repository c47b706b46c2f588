//! The doctor: looks at a configured Provider as deep as asked and says what is wrong and what cures it.
//!
//! Owns what is looked at from our side (our public address, pushes, a rehearsed login); what only a
//! vendor's plugin can tell is the plugin's `probe`. Remembers nothing but an audit row.

mod own_address;
mod probe;
mod rehearsal;
mod service;
mod words;

pub use probe::{Doctor, DoctorParts};
pub use rehearsal::{Rehearsal, refused};
pub use service::{BeginRehearsal, DoctorError, DoctorService};
