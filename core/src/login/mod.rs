//! The login engine: a Login, its stages, the service that moves it, what must be kept of it.

mod ask;
mod callback;
mod choices;
mod clients;
mod code_back;
mod complete;
mod confirm;
mod disown;
mod interaction;
mod level;
mod linking;
mod model;
mod number;
mod parts;
mod push;
mod recognise;
mod redirect;
mod rehearsal;
mod resume;
mod rules;
mod scan;
mod scene;
mod service;
mod shown;
mod state;
mod steps;
mod store;
mod vendor_answer;
mod vendor_state;
mod watch;

pub use ask::{Asked, DecidedOnPage, Page, PageCredential, PageError, PageProof};
pub use callback::{CallbackError, Returned};
pub use choices::OFFERED;
pub use code_back::{CodeBack, CodeBackError, Digits};
pub use complete::{CompleteError, Completed, RedeemError, RedeemRequest, Redeemed};
pub use confirm::{Decided, Decision};
pub(crate) use disown::DISOWNED_WITHIN_SECONDS;
pub use disown::Disowning;
pub use interaction::{SiteAsks, SiteAsksError};
pub use model::{IssuedCode, Login, Proof, Reason, Requester, Site};
pub use number::{InvalidNumber, Number};
pub use parts::{Aftercare, Confirmed, LoginParts, NoAftercare, NoScanLimit, ScanLimit};
pub use push::{PushAnswer, PushError};
pub(crate) use redirect::joined;
pub use rehearsal::{RehearsalError, RehearsalRequest};
pub use resume::Resumed;
pub use rules::{LoginRules, VENDOR_BUDGET_MS};
pub use scan::{CompanionError, Scanned};
pub use scene::{InvalidScene, Scene};
pub use service::{BeginError, BeginRequest, Begun, Caller, LoginService};
pub use state::{Awaiting, Event, Refusal, Stage, Verdict, awaiting, next};
pub use steps::Steps;
pub use store::{
    ConfirmOutcome, Confirmation, Granted, KnownIdentity, LoginStore, NewCode, PushOnce, RedeemOutcome,
    Redemption, TradedCode, Transition,
};
pub use vendor_answer::{VendorAnswer, Words};
pub use vendor_state::{InvalidVendorState, VendorState};
pub use watch::{BrowserCredential, CodePicture, ImageError, ReadError};
