//! A typed view for each page.

mod account;
mod audit;
mod doctor;
mod door;
mod list;
mod notice;
mod providers;
mod rehearsal;
mod settings;
mod staff;
mod user;
mod users;
mod website;
mod websites;

pub use account::{Account, PasskeyLine, SessionLine};
pub use audit::{ActionGroup, AuditLine, AuditList, AuditVerified, ChainLine, Named};
pub use doctor::{Depth, Doctor, FactLine, FindingLine, Findings};
pub use door::{Enrol, EnrolProblem, LogIn, LogInProblem, RecoveryCodes};
pub use list::Chip;
pub use notice::{Notice, NoticeKind};
pub use providers::{Entry, Handout, Provider, ProviderCard, Providers, Setting, SettingGroup};
pub use rehearsal::{Rehearsal, RehearsalCode};
pub use settings::{HouseSettings, SizeLine};
pub use staff::{AdminLine, InvitationLink, Staff, TokenLine, Tokens};
pub use user::{IdentityLine, MergeLine, MergeSide, Merging, UseLine, User, UserTab};
pub use users::{Admit, IdentityTag, OfferLine, Offers, UserLine, Users};
pub use website::{Website, WebsiteTab};
pub use websites::{Choice, NewWebsite, Snippet, WebsiteLine, WebsiteReady, Websites};
