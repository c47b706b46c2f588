//! "That was not me": the person who was logged in says so afterwards, from the phone page or in the chat. Whatever
//! came of the Login ends at once: its code, its tokens, the session it began, and what that session gave.
//!
//! Whoever can say it is the subject that scanned, by the same proof as for a consent. Saying it twice changes
//! nothing more.

use super::{Decided, Event, Login, LoginService, Reason, Stage, Transition, Verdict, next};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::provider::{ProviderSlug, VendorIdentity};
use crate::{StoreError, Timestamp};

/// Seconds within which somebody can say so of a Login: later a chat message may be about anything. For so long
/// what tells which session it began is kept.
pub(crate) const DISOWNED_WITHIN_SECONDS: i64 = 24 * 3600;

/// The end of all that came of one Login.
#[derive(Debug, Clone)]
pub struct Disowning {
    /// The Login, as it was read.
    pub login: Login,
    /// Its own end, if the website has not redeemed it.
    pub transition: Option<Transition>,
    /// The present moment.
    pub now: Timestamp,
    /// The row that goes with it.
    pub audit: AuditEntry,
}

impl LoginService {
    /// Ends what came of a confirmed Login. A change that came between is looked at anew by the caller, or by this.
    pub(super) async fn disown(&self, login: &Login) -> Result<Decided, StoreError> {
        let mut login = login.clone();
        while login.reason != Some(Reason::Disowned) {
            let disowning = self.disowning(&login);
            if self.parts.store.disown_login(&disowning).await? {
                self.written(&login.id);
                break;
            }
            login = self.again(&login).await?;
        }
        Ok(Decided::Disowned)
    }

    /// The newest Login of this person that a chat message can be about, disowned; none when there is none.
    pub(super) async fn disown_last(
        &self,
        provider: &ProviderSlug,
        who: &VendorIdentity,
    ) -> Result<Option<Login>, StoreError> {
        let since = self.parts.clock.now().plus_seconds(-DISOWNED_WITHIN_SECONDS);
        let Some(login) = self.parts.store.find_last_login(provider, who, since).await? else {
            return Ok(None);
        };
        self.disown(&login).await?;
        Ok(Some(login))
    }

    fn disowning(&self, login: &Login) -> Disowning {
        let now = self.parts.clock.now();
        let transition = match next(login.stage, Event::Disown) {
            Verdict::Go(stage) => {
                let after =
                    Login { reason: Some(Reason::Disowned), code: None, ..self.moved(login, stage, now) };
                Some(Transition { from: login.stage, from_version: login.version, after, audit: None })
            }
            Verdict::Stay | Verdict::Refuse(_) => None,
        };
        let row = AuditEntry::new(&*self.parts.entropy, now, &Actor::Phone, Action::LoginDisowned, "");
        let audit = row.about(login).ended(AuditOutcome::Success, Stage::Denied.as_str());
        Disowning { login: login.clone(), transition, now, audit }
    }
}
