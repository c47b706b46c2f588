//! A typed view for each page.

mod account;
mod door;
mod notice;
mod websites;

pub use account::{Account, SessionLine};
pub use door::{Enrol, EnrolProblem, LogIn, LogInProblem, RecoveryCodes};
pub use notice::{Notice, NoticeKind};
pub use websites::{WebsiteLine, Websites};
