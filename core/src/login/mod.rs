//! The login engine: a Login, its stages, the service that moves it, what must be kept of it.

mod complete;
mod confirm;
mod model;
mod parts;
mod redirect;
mod rules;
mod scan;
mod scene;
mod service;
mod state;
mod store;
mod watch;

pub use complete::{CompleteError, Completed, RedeemError, RedeemRequest, Redeemed};
pub use confirm::{Decided, Decision};
pub use model::{IssuedCode, Login, Proof, Reason, Requester, Site};
pub use parts::{LoginParts, NoScanLimit, ScanLimit};
pub use rules::{LoginRules, VENDOR_BUDGET_MS};
pub use scan::{CompanionError, Scanned};
pub use scene::{InvalidScene, Scene};
pub use service::{BeginError, BeginRequest, Begun, Caller, LoginService};
pub use state::{Awaiting, Event, Refusal, Stage, Verdict, awaiting, next};
pub use store::{
    ConfirmOutcome, Confirmation, KnownIdentity, LoginStore, NewCode, RedeemOutcome, Redemption, Transition,
};
pub use watch::{BrowserCredential, ImageError, ReadError};
