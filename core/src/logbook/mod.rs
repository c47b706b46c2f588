//! The logbook: Logins as an admin reads them, every attempt a row that opens into a timeline.
//!
//! Reads only. Nothing here can open or prove anything: no hash, no openid, no code leaves the store.

mod address;
mod export;
mod filter;
mod model;
mod search;
mod service;
mod store;

pub use address::{AddressBlock, InvalidBlock, address_key};
pub use export::{LoginExport, LoginExportParts, LoginExports};
pub use filter::LoginFilter;
pub use model::{Attempt, Moment, Named, Passed};
pub use search::LoginSearch;
pub use service::LogbookService;
pub use store::{LogbookQuery, LogbookRules, LogbookStore};
