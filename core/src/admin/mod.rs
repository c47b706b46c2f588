//! Admins: who they are, how they prove it, and what each may do.
//!
//! Owns roles, abilities, sessions, API tokens, step-up and enrolment. What an admin may do to Clients, Providers
//! and Users is a rule of those features; they take a `Permit`, which only this folder gives.

mod ability;
mod api_token;
mod caller;
mod enrol;
mod link;
mod link_desk;
mod log_in;
mod model;
mod own_proofs;
mod passkey;
mod passkey_door;
mod passkeys;
mod password;
mod refused;
mod second_factor;
mod service;
mod session;
mod staff;
mod store;

pub use ability::{Ability, About, Reach, Rule, abilities};
pub use api_token::{ApiToken, NewToken, TokenDraft};
pub use caller::{Caller, Permit, Refusal, Who};
pub use enrol::{EnrolError, EnrolForm, EnrolProof, Enrolled, Enrolment};
pub use link::{AdminLink, LINK_SECONDS, LinkFor, NewLink};
pub use log_in::{LogInError, LogInForm, LoggedIn, Visit};
pub use model::{Admin, AdminName, InvalidAdminName, Role};
pub use own_proofs::OwnProofError;
pub use passkey::{
    Answerer, Begun, CEREMONY_SECONDS, Ceremony, CeremonyKind, Credential, Holder, NewPasskey, Passkey,
    PasskeyCheck, PasskeyProblem, PasskeyRemoval, PasskeyUse, Question,
};
pub use passkeys::PasskeyError;
pub use password::{HashedPassword, MIN_PASSWORD, PasswordHasher, PasswordProblem, check_password};
pub use second_factor::{RECOVERY_CODES, RecoveryCode, TotpKey, TotpSetup};
pub use service::{AdminParts, AdminService, GuessLimit, Guesser, SessionRules};
pub use session::{NewSession, Session, SessionSecret};
pub use staff::{AdminUpdate, Post};
pub use store::{AdminStore, Credentials, Enrolling, FactorUse, LoggingIn};
