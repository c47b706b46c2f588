//! A typed view for each page.

mod account;
mod audit;
mod door;
mod notice;
mod providers;
mod settings;
mod staff;
mod website;
mod websites;

pub use account::{Account, SessionLine};
pub use audit::{ActionGroup, AuditLine, AuditList, AuditVerified, ChainLine, Chip, Named};
pub use door::{Enrol, EnrolProblem, LogIn, LogInProblem, RecoveryCodes};
pub use notice::{Notice, NoticeKind};
pub use providers::{Entry, Handout, Provider, ProviderCard, Providers, Setting, SettingGroup};
pub use settings::{HouseSettings, SizeLine};
pub use staff::{AdminLine, InvitationLink, Staff, TokenLine, Tokens};
pub use website::{Website, WebsiteTab};
pub use websites::{Choice, NewWebsite, Snippet, WebsiteLine, WebsiteReady, Websites};
