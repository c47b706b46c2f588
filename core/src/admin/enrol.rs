//! Becoming an admin: a one-time link, a name, a password, an app that shows the right code or a passkey,
//! and ten recovery codes that are shown once.
//!
//! The app's key travels in the form, sealed for this link: nothing is written before it is sent, and
//! whoever else opens the link is shown another key.

use super::link::{AdminLink, LINK_SECONDS, LinkFor, NewLink};
use super::passkey::{handle_of, passkey_name};
use super::password::{PasswordProblem, check_password};
use super::second_factor::{RECOVERY_CODES, RecoveryCode, TotpKey, TotpSetup};
use super::service::totp_place;
use super::{
    Admin, AdminName, AdminService, Begun, CeremonyKind, Credentials, Enrolling, Holder, InvalidAdminName,
    NewPasskey, PasskeyProblem, Role, SessionSecret, Visit,
};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::id::AdminId;
use crate::seal::{Place, SealError};
use crate::{Secret, SecretHash, StoreError, Timestamp};
use std::collections::BTreeSet;

/// What a passkey is called that was not given a name.
const UNNAMED: &str = "Passkey";
/// The app's name in the setup before there is a name.
const NOBODY_YET: &str = "admin";

/// What a link offers.
#[derive(Debug)]
pub struct Enrolment {
    /// Who gets new credentials; none for somebody new, who chooses a name.
    pub name: Option<AdminName>,
    /// What they are, or will be, for.
    pub role: Role,
    /// For the app.
    pub totp: TotpSetup,
    /// The key itself, for an app that lives in this program.
    pub key: TotpKey,
    /// Goes back with the form.
    pub sealed_key: String,
}

/// What somebody sends.
#[derive(Debug, Clone)]
pub struct EnrolForm {
    /// The name they choose; of no meaning when the link is somebody's.
    pub name: String,
    /// The password they choose.
    pub password: Secret,
    /// The second factor.
    pub proof: EnrolProof,
}

/// The second factor that somebody chooses.
#[derive(Debug, Clone)]
pub enum EnrolProof {
    /// An app.
    App {
        /// What it shows.
        code: String,
        /// As the enrolment gave it.
        sealed_key: String,
    },
    /// A passkey.
    Passkey {
        /// The ceremony that was begun for it.
        ceremony: String,
        /// What the browser answered.
        answer: String,
        /// What to call it.
        name: String,
    },
}

/// Somebody is enrolled, and in.
#[derive(Debug)]
pub struct Enrolled {
    /// What the browser is to hold.
    pub session: SessionSecret,
    /// What it is to keep for the next time.
    pub known_browser: Secret,
    /// To be shown once.
    pub recovery_codes: Vec<RecoveryCode>,
}

/// A second factor to keep.
struct Factor {
    totp: Option<String>,
    totp_step: i64,
    passkey: Option<NewPasskey>,
}

/// Why somebody is not enrolled. Nothing is kept, and the link can be used again unless it is gone.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// No such link, or it was used, or it ran out.
    #[error("the link is not valid any more")]
    NoLink,
    /// No name.
    #[error(transparent)]
    Name(#[from] InvalidAdminName),
    /// Somebody has it.
    #[error("the name is taken")]
    NameTaken,
    /// The password will not do.
    #[error("the password {0}")]
    Password(#[from] PasswordProblem),
    /// The app shows something else.
    #[error("the code is not the one the app shows now")]
    Code,
    /// The passkey is not taken.
    #[error(transparent)]
    Passkey(#[from] PasskeyProblem),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The app's key could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

fn link_hash(secret: &str) -> SecretHash {
    SecretHash::of_parts(&["admin link", secret])
}

/// A link in the audit: what it was made for and who came by it are told by the same word.
pub(super) fn link_name(hash: &SecretHash) -> String {
    format!("link {}", hash.fingerprint())
}

/// A link that begins to live now.
pub(super) fn new_link(purpose: LinkFor, secret: &Secret, now: Timestamp) -> NewLink {
    let link = AdminLink { purpose, expires_at: now.plus_seconds(LINK_SECONDS) };
    NewLink { link, hash: link_hash(secret.expose()), created_at: now }
}

impl AdminService {
    /// Makes a link on the server's own command line: for a first or further owner, or, with a name,
    /// new credentials for who has lost theirs. `None` when nobody who may come in has that name.
    pub async fn bootstrap(&self, name: Option<&AdminName>) -> Result<Option<Secret>, StoreError> {
        let purpose = match name {
            None => LinkFor::New { role: Role::Owner, clients: BTreeSet::new() },
            Some(name) => match self.parts.store.find_admin(name).await? {
                Some(admin) if admin.enabled => LinkFor::Known(admin.id),
                _ => return Ok(None),
            },
        };
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let target = match &purpose {
            LinkFor::New { .. } => String::new(),
            LinkFor::Known(id) => id.to_string(),
        };
        let row = AuditEntry::new(entropy, now, &Actor::CommandLine, Action::AdminInvited, target);
        self.make_link(purpose, row).await.map(Some)
    }

    /// What this link offers, while it can be used. `sealed_key` is that of a form that came back with
    /// a mistake in it, so that the app need not be set up again.
    pub async fn find_enrolment(
        &self,
        link: &Secret,
        sealed_key: Option<&str>,
    ) -> Result<Option<Enrolment>, EnrolError> {
        let Some(found) = self.find_link(link).await? else { return Ok(None) };
        let (name, role) = match found.purpose {
            LinkFor::New { role, .. } => (None, role),
            LinkFor::Known(id) => match self.known(&id).await? {
                Some(admin) => (Some(admin.name), admin.role),
                None => return Ok(None),
            },
        };
        let kept = sealed_key.and_then(|sealed| Some((self.open_key(link, sealed)?, sealed.to_owned())));
        let (key, sealed_key) = match kept {
            Some(kept) => kept,
            None => self.new_key(link)?,
        };
        let shown = name.as_ref().map_or(NOBODY_YET, AdminName::as_str);
        Ok(key.setup(shown).map(|totp| Enrolment { name, role, totp, key, sealed_key }))
    }

    /// Asks the browser for a passkey, when name and password would do: a passkey that nobody keeps the
    /// other half of is a nuisance to its holder.
    pub async fn begin_passkey_enrolment(
        &self,
        link: &Secret,
        name: &str,
        password: &Secret,
    ) -> Result<Begun, EnrolError> {
        let found = self.find_link(link).await?.ok_or(EnrolError::NoLink)?;
        let is_new = matches!(found.purpose, LinkFor::New { .. });
        let admin = self.enrolled_admin(found.purpose, name).await?;
        if is_new && self.parts.store.find_admin(&admin.name).await?.is_some() {
            return Err(EnrolError::NameTaken);
        }
        check_password(password, admin.name.as_str())?;
        let holder = Holder { handle: handle_of(&admin.id), name: admin.name };
        let question = self.parts.passkeys.ask_new(&holder, &[])?;
        let bound = link_hash(link.expose());
        Ok(self.begin_ceremony(CeremonyKind::Enrol, bound.as_str(), Some(admin.id), question).await?)
    }

    /// Makes somebody an admin, or renews their credentials, and lets them in.
    pub async fn enrol(
        &self,
        link: &Secret,
        form: &EnrolForm,
        visit: &Visit,
    ) -> Result<Enrolled, EnrolError> {
        let found = self.find_link(link).await?.ok_or(EnrolError::NoLink)?;
        let mut admin = self.enrolled_admin(found.purpose, &form.name).await?;
        check_password(&form.password, admin.name.as_str())?;
        let factor = self.chosen_factor(link, &mut admin, &form.proof).await?;
        let entropy = &*self.parts.entropy;
        let password = self.parts.passwords.hash(&form.password).await;
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::generate(entropy)).collect();
        let (session, new_session) = self.new_session(&admin.id, visit);
        let known_browser = self.mark_browser(&admin.name);
        let passkey = if factor.passkey.is_some() { "passkey" } else { "app" };
        let detail = format!("{} {passkey}", link_name(&link_hash(link.expose())));
        let row = self.own_row(&admin, visit, Action::AdminEnrolled).ended(AuditOutcome::Success, &detail);
        let enrolling = Enrolling {
            link: link_hash(link.expose()),
            recovery: codes.iter().map(|code| code.hash(&admin.name)).collect(),
            audit: row,
            admin,
            credentials: Credentials { password, totp: factor.totp },
            totp_step: factor.totp_step,
            passkey: factor.passkey,
            session: new_session,
        };
        match self.parts.store.enrol(&enrolling).await {
            Ok(true) => Ok(Enrolled { session, known_browser, recovery_codes: codes }),
            Ok(false) => Err(EnrolError::NoLink),
            Err(StoreError::Exists(_)) => Err(EnrolError::NameTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// The second factor, once it was shown to work. A passkey was made for an id, which the admin then has.
    async fn chosen_factor(
        &self,
        link: &Secret,
        admin: &mut Admin,
        proof: &EnrolProof,
    ) -> Result<Factor, EnrolError> {
        match proof {
            EnrolProof::App { code, sealed_key } => {
                let key = self.open_key(link, sealed_key).ok_or(EnrolError::Code)?;
                let totp_step = key.step_of(code, self.parts.clock.now()).ok_or(EnrolError::Code)?;
                let place = totp_place(&admin.id);
                let totp = self.parts.keyring.seal(&*self.parts.entropy, place, key.expose().as_bytes())?;
                admin.passkeys = 0;
                Ok(Factor { totp: Some(totp), totp_step, passkey: None })
            }
            EnrolProof::Passkey { ceremony, answer, name } => {
                let bound = link_hash(link.expose());
                let found = self.take_ceremony(ceremony, CeremonyKind::Enrol, bound.as_str()).await??;
                let id = found.admin.ok_or(PasskeyProblem::Expired)?;
                if admin.version == 1 {
                    admin.id = id;
                } else if admin.id != id {
                    return Err(PasskeyProblem::Expired.into());
                }
                let credential = self.parts.passkeys.take_new(&found.state, answer)?;
                let name = passkey_name(name).unwrap_or_else(|| UNNAMED.to_owned());
                admin.passkeys = 1;
                let passkey = self.new_passkey(&admin.id, name, &credential)?;
                Ok(Factor { totp: None, totp_step: 0, passkey: Some(passkey) })
            }
        }
    }

    async fn find_link(&self, link: &Secret) -> Result<Option<AdminLink>, StoreError> {
        self.parts.store.find_link(&link_hash(link.expose()), self.parts.clock.now()).await
    }

    async fn enrolled_admin(&self, purpose: LinkFor, name: &str) -> Result<Admin, EnrolError> {
        let now = self.parts.clock.now();
        match purpose {
            LinkFor::Known(id) => {
                let known = self.known(&id).await?.ok_or(EnrolError::NoLink)?;
                let version = known.version + 1;
                Ok(Admin { version, updated_at: now, last_login_at: Some(now), ..known })
            }
            LinkFor::New { role, clients } => Ok(Admin {
                id: AdminId::generate(&*self.parts.entropy),
                name: name.parse()?,
                role,
                clients,
                enabled: true,
                passkeys: 0,
                version: 1,
                created_at: now,
                updated_at: now,
                last_login_at: Some(now),
            }),
        }
    }

    /// Who is there and not disabled: a link does not bring anybody back.
    async fn known(&self, id: &AdminId) -> Result<Option<Admin>, StoreError> {
        Ok(self.parts.store.find_admin_by_id(id).await?.filter(|admin| admin.enabled))
    }

    fn new_key(&self, link: &Secret) -> Result<(TotpKey, String), SealError> {
        let (entropy, hash) = (&*self.parts.entropy, link_hash(link.expose()));
        let key = TotpKey::generate(entropy);
        let sealed = self.parts.keyring.seal(entropy, key_place(&hash), key.expose().as_bytes())?;
        Ok((key, sealed))
    }

    fn open_key(&self, link: &Secret, sealed: &str) -> Option<TotpKey> {
        let bytes = self.parts.keyring.open(key_place(&link_hash(link.expose())), sealed).ok()?;
        Some(TotpKey::from_stored(str::from_utf8(&bytes).ok()?.to_owned()))
    }
}

fn key_place(link: &SecretHash) -> Place<'_> {
    Place { table: "admin_links", row: link.as_str(), column: "totp" }
}
