//! A typed view for each page.

mod account;
mod doctor;
mod door;
mod notice;
mod rehearsal;
mod websites;

pub use account::{Account, SessionLine};
pub use doctor::{Depth, Doctor, FactLine, FindingLine, Findings};
pub use door::{Enrol, EnrolProblem, LogIn, LogInProblem, RecoveryCodes};
pub use notice::{Notice, NoticeKind};
pub use rehearsal::{Rehearsal, RehearsalCode};
pub use websites::{WebsiteLine, Websites};
