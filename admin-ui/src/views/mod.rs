//! A typed view for each page.

mod account;
mod audit;
mod counts;
mod doctor;
mod door;
mod keys;
mod list;
mod logins;
mod notice;
mod overview;
mod providers;
mod rehearsal;
mod settings;
mod staff;
mod statistics;
mod user;
mod users;
mod website;
mod websites;

pub use account::{Account, PasskeyLine, SessionLine};
pub use audit::{ActionGroup, AuditLine, AuditList, AuditVerified, ChainLine, Named};
pub use counts::{CountLine, CountTable, FunnelStep, funnel, seconds};
pub use doctor::{Depth, Doctor, FactLine, FindingLine, Findings};
pub use door::{Enrol, EnrolProblem, LogIn, LogInProblem, RecoveryCodes};
pub use keys::{KeyLine, SigningKeys};
pub use list::Chip;
pub use logins::{Login, LoginLine, Logins, NewestLogins, PassedLine, VendorLine};
pub use notice::{Notice, NoticeKind};
pub use overview::{HealthLine, Overview};
pub use providers::{
    Condition, Entry, Handout, Part, Provider, ProviderCard, Providers, Setting, SettingGroup,
};
pub use rehearsal::{Rehearsal, RehearsalCode};
pub use settings::{HouseSettings, SizeLine};
pub use staff::{AdminLine, InvitationLink, LinkLine, Staff, TokenLine, Tokens};
pub use statistics::{Statistics, ends};
pub use user::{
    BrowserLine, ConsentLine, IdentityLine, MergeLine, MergeSide, Merging, UseLine, User, UserTab,
};
pub use users::{Admit, IdentityTag, OfferLine, Offers, UserLine, Users};
pub use website::{OpenId, Website, WebsiteTab, text_on};
pub use websites::{Choice, NewWebsite, Snippet, WebsiteLine, WebsiteReady, Websites};
