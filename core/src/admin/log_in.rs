//! Logging in and proving it again (step-up): name, password and second factor in one form, one answer
//! for whatever is wrong with it.
//!
//! Trying is slowed by name. A browser that the admin has logged in with before is counted by itself,
//! so nobody can keep the only owner out by trying (ADM-05).

use super::service::{Guesser, totp_place};
use super::{
    Admin, AdminName, AdminService, Caller, Credentials, FactorUse, HashedPassword, LoggingIn,
    PasskeyProblem, RecoveryCode, SessionSecret, TotpKey,
};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::id::SessionId;
use crate::{Secret, StoreError};
use std::net::IpAddr;

/// Where somebody comes from.
#[derive(Debug, Clone, Default)]
pub struct Visit {
    /// The address.
    pub address: Option<IpAddr>,
    /// Browser and system.
    pub browser: Option<String>,
    /// What an earlier log-in left in the browser.
    pub known_browser: Option<String>,
}

/// What somebody says to be let in.
#[derive(Debug, Clone)]
pub struct LogInForm {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Secret,
    /// A code of the app, or a recovery code.
    pub code: String,
}

/// Somebody is in.
#[derive(Debug)]
pub struct LoggedIn {
    /// What the browser is to hold.
    pub session: SessionSecret,
    /// What it is to keep for the next time.
    pub known_browser: Secret,
    /// Whether it was a recovery code that let them in.
    pub by_recovery_code: bool,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Name, password or code is wrong; which one is not told.
    #[error("name, password or code is wrong")]
    Wrong,
    /// Too many tries; so many seconds to wait.
    #[error("too many tries")]
    Wait(u32),
    /// The passkey's answer is not taken.
    #[error(transparent)]
    Passkey(#[from] PasskeyProblem),
    /// All is right, but owners log in by passkey here, and this one has one.
    #[error("owners log in by passkey here")]
    PasskeyNeeded,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// By what somebody proved who they are.
pub(super) struct Proven {
    /// What is used up.
    pub(super) factor: FactorUse,
    /// The hash that the password was checked against, if there was a password.
    pub(super) verified: Option<HashedPassword>,
    /// The password, hashed anew.
    pub(super) rehashed: Option<HashedPassword>,
}

impl AdminService {
    /// Lets somebody in.
    pub async fn log_in(&self, form: &LogInForm, visit: &Visit) -> Result<LoggedIn, LogInError> {
        let name = form.name.parse::<AdminName>().ok();
        self.slow_down(name.as_ref(), visit)?;
        let admin = match &name {
            Some(name) => self.parts.store.find_admin(name).await?.filter(|admin| admin.enabled),
            None => None,
        };
        self.prove(admin, form, visit, None).await
    }

    /// Takes a fresh proof from somebody who is in, and gives the browser a new session for the old.
    pub async fn step_up(
        &self,
        caller: &Caller,
        password: Secret,
        code: String,
        visit: &Visit,
    ) -> Result<LoggedIn, LogInError> {
        self.slow_down(Some(&caller.admin.name), visit)?;
        let form = LogInForm { name: caller.admin.name.to_string(), password, code };
        // A program has no session to prove anything for.
        let session = caller.session().cloned().ok_or(LogInError::Wrong)?;
        self.prove(Some(caller.admin.clone()), &form, visit, Some(session)).await
    }

    /// What cannot be a name is counted under none: people type passwords there.
    pub(super) fn slow_down(&self, name: Option<&AdminName>, visit: &Visit) -> Result<(), LogInError> {
        let browser = name.and_then(|name| self.known_browser(name, visit));
        let name = name.map(ToString::to_string).unwrap_or_default();
        let guesser = match browser {
            Some(browser) => Guesser::Known { name, browser },
            None => Guesser::Stranger { name, address: visit.address },
        };
        self.parts.guesses.count(&guesser).map_err(LogInError::Wait)
    }

    async fn prove(
        &self,
        admin: Option<Admin>,
        form: &LogInForm,
        visit: &Visit,
        replaces: Option<SessionId>,
    ) -> Result<LoggedIn, LogInError> {
        let (admin, credentials) = self.check_password(admin, &form.password, visit).await?;
        let factor = self.factor(&admin, &credentials, &form.code);
        if matches!(factor, FactorUse::Totp(_)) && admin.passkeys > 0 && self.needs_passkey(&admin) {
            self.note_refused(Some(&admin), visit, "passkey_needed").await?;
            return Err(LogInError::PasskeyNeeded);
        }
        let is_outdated = self.parts.passwords.is_outdated(&credentials.password);
        let rehashed = if is_outdated { Some(self.parts.passwords.hash(&form.password).await) } else { None };
        match self
            .let_in(
                &admin,
                Proven { factor, verified: Some(credentials.password), rehashed },
                visit,
                replaces,
            )
            .await?
        {
            Some(logged_in) => Ok(logged_in),
            None => self.refuse(Some(&admin), visit, "second_factor").await,
        }
    }

    /// Who has this name and this password.
    pub(super) async fn by_password(
        &self,
        name: Option<&AdminName>,
        password: &Secret,
        visit: &Visit,
    ) -> Result<Admin, LogInError> {
        let admin = match name {
            Some(name) => self.parts.store.find_admin(name).await?.filter(|admin| admin.enabled),
            None => None,
        };
        Ok(self.check_password(admin, password, visit).await?.0)
    }

    /// As long for nobody as for somebody.
    async fn check_password(
        &self,
        admin: Option<Admin>,
        password: &Secret,
        visit: &Visit,
    ) -> Result<(Admin, Credentials), LogInError> {
        let credentials = match &admin {
            Some(admin) => self.parts.store.find_credentials(&admin.id).await?,
            None => None,
        };
        let known = credentials.as_ref().map(|credentials| &credentials.password);
        let is_password = self.parts.passwords.verify(password, known).await;
        match (admin, credentials) {
            (Some(admin), Some(credentials)) if is_password => Ok((admin, credentials)),
            (admin, _) => self.refuse(admin.as_ref(), visit, "password").await,
        }
    }

    /// Begins the session; `None` when the factor was spent already, or the credentials renewed meanwhile.
    pub(super) async fn let_in(
        &self,
        admin: &Admin,
        proven: Proven,
        visit: &Visit,
        replaces: Option<SessionId>,
    ) -> Result<Option<LoggedIn>, StoreError> {
        let (session, new_session) = self.new_session(&admin.id, visit);
        let action = if replaces.is_some() { Action::AdminProven } else { Action::AdminLoggedIn };
        let row = self.own_row(admin, visit, action);
        let Proven { factor, verified, rehashed } = proven;
        let by_recovery_code = matches!(factor, FactorUse::Recovery(_));
        let audit = match &factor {
            FactorUse::Totp(_) => row,
            FactorUse::Recovery(_) => row.ended(AuditOutcome::Success, "recovery_code"),
            FactorUse::Passkey(_) => row.ended(AuditOutcome::Success, "passkey"),
        };
        let id = admin.id.clone();
        let done = LoggingIn { admin: id, factor, verified, rehashed, session: new_session, replaces, audit };
        let is_in = self.parts.store.log_in(&done).await?;
        let known_browser = self.mark_browser(&admin.name);
        Ok(is_in.then_some(LoggedIn { session, known_browser, by_recovery_code }))
    }

    /// What the code would use up. A code that is none of the app's is taken for a recovery code, which
    /// the store looks for and does not find.
    fn factor(&self, admin: &Admin, credentials: &Credentials, code: &str) -> FactorUse {
        let sealed = credentials.totp.as_deref();
        let key = sealed.and_then(|sealed| self.parts.keyring.open(totp_place(&admin.id), sealed).ok());
        let key = key.and_then(|bytes| Some(TotpKey::from_stored(str::from_utf8(&bytes).ok()?.to_owned())));
        match key.and_then(|key| key.step_of(code, self.parts.clock.now())) {
            Some(step) => FactorUse::Totp(step),
            None => FactorUse::Recovery(RecoveryCode::hash_of(code, &admin.name)),
        }
    }

    /// One answer for all. What is known about the admin goes into the audit, a name that is nobody's
    /// does not: people type passwords there.
    pub(super) async fn refuse<T>(
        &self,
        admin: Option<&Admin>,
        visit: &Visit,
        what: &str,
    ) -> Result<T, LogInError> {
        self.note_refused(admin, visit, what).await?;
        Err(LogInError::Wrong)
    }

    pub(super) async fn note_refused(
        &self,
        admin: Option<&Admin>,
        visit: &Visit,
        what: &str,
    ) -> Result<(), StoreError> {
        let target = admin.map_or_else(String::new, |admin| admin.id.to_string());
        let now = self.parts.clock.now();
        let row = AuditEntry::new(&*self.parts.entropy, now, &Actor::Browser, Action::AdminLoggedIn, target);
        let row = AuditEntry { address: visit.address, ..row.ended(AuditOutcome::Refused, what) };
        self.parts.store.note(&row).await
    }

    /// `<random>.<made of it and the name by our key>`.
    pub(super) fn mark_browser(&self, name: &AdminName) -> Secret {
        let random = self.parts.entropy.base64url::<16>();
        let made = self.browser_mark(name, &random);
        Secret::new(format!("{random}.{}", made.expose()))
    }

    fn browser_mark(&self, name: &AdminName, random: &str) -> Secret {
        self.parts.keyring.derive("admin browser", &[name.as_str(), random])
    }

    fn known_browser(&self, name: &AdminName, visit: &Visit) -> Option<String> {
        let (random, made) = visit.known_browser.as_deref()?.split_once('.')?;
        self.browser_mark(name, random).same_as(made).then(|| random.to_owned())
    }
}
