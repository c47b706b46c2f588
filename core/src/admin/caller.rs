//! Who calls, and the permit without which no service of the admin's house does anything.
//!
//! A `Permit<A>` can only be made here, by `Caller::may`; a service that demands one cannot be
//! called by somebody who was not checked: that would not compile.

use super::{Ability, About, Admin, Reach, Role, Rule};
use crate::audit::{Action, Actor, AuditEntry};
use crate::client::ClientId;
use crate::id::{SessionId, TokenId};
use crate::{Entropy, Timestamp};
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

/// By what a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A browser with a session, whose holder proved themselves at `proven_at`.
    Session {
        /// The session.
        id: SessionId,
        /// When its holder last showed password and second factor, or a passkey.
        proven_at: Timestamp,
    },
    /// A program with a token that its maker gave some of what they may do.
    Token {
        /// The token.
        id: TokenId,
        /// Names of the abilities it has, as far as its maker has them.
        scope: BTreeSet<String>,
        /// The Clients it reaches; none for all that its maker reaches.
        clients: Option<BTreeSet<ClientId>>,
    },
}

/// Somebody who was recognised, as they stand at this moment.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whom.
    pub admin: Admin,
    /// By what.
    pub who: Who,
    /// From where.
    pub address: Option<IpAddr>,
    /// Whether they must add a passkey before anything else.
    pub must_add_passkey: bool,
}

/// Why a caller may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The role does not have this ability.
    #[error("the role may not do this")]
    Forbidden,
    /// It may, after proving again who it is.
    #[error("this needs a fresh proof of who you are")]
    StepUp,
    /// It may, after adding a passkey: owners need one here.
    #[error("owners need a passkey here; add one first")]
    AddPasskey,
}

/// How old a proof may be for what needs a fresh one (ASVS 5.0 7.5.3).
const FRESH_SECONDS: u64 = 300;

impl Caller {
    /// A permit, if role, reach and freshness allow it.
    pub fn may<A: Ability>(self: &Arc<Self>, now: Timestamp) -> Result<Permit<A>, Refusal> {
        self.check(&A::RULE, now)?;
        Ok(Permit { caller: Arc::clone(self), reach: self.reach(), ability: PhantomData })
    }

    /// The same question without an answer in hand: what a page offers.
    pub fn can(&self, rule: &Rule) -> bool {
        let in_scope = match &self.who {
            Who::Session { .. } => true,
            Who::Token { scope, .. } => rule.about != About::Power && scope.contains(rule.name),
        };
        let in_reach = rule.about == About::Clients || self.reach() == Reach::All;
        rule.roles.contains(&self.admin.role) && in_scope && in_reach
    }

    /// Whether they are here in person and have just shown who they are: for their own passkeys.
    pub fn proven(&self, now: Timestamp) -> Result<(), Refusal> {
        match &self.who {
            Who::Session { .. } if self.is_old(now) => Err(Refusal::StepUp),
            Who::Session { .. } => Ok(()),
            Who::Token { .. } => Err(Refusal::Forbidden),
        }
    }

    // A token was given the ability by name, by somebody who had just proven who they are.
    fn is_old(&self, now: Timestamp) -> bool {
        matches!(&self.who, Who::Session { proven_at, .. } if now.seconds_since(*proven_at) > FRESH_SECONDS)
    }

    /// The session, if it is one.
    pub fn session(&self) -> Option<&SessionId> {
        match &self.who {
            Who::Session { id, .. } => Some(id),
            Who::Token { .. } => None,
        }
    }

    fn check(&self, rule: &Rule, now: Timestamp) -> Result<(), Refusal> {
        if !self.can(rule) {
            return Err(Refusal::Forbidden);
        }
        if self.must_add_passkey {
            return Err(Refusal::AddPasskey);
        }
        if rule.fresh && self.is_old(now) { Err(Refusal::StepUp) } else { Ok(()) }
    }

    fn reach(&self) -> Reach {
        let own = match self.admin.role {
            Role::ClientManager => Reach::Clients(self.admin.clients.clone()),
            _ => Reach::All,
        };
        match &self.who {
            Who::Token { clients: Some(clients), .. } => {
                Reach::Clients(clients.iter().filter(|client| own.has(client)).cloned().collect())
            }
            _ => own,
        }
    }

    /// An audit row about what this caller does.
    pub fn row(
        &self,
        entropy: &dyn Entropy,
        at: Timestamp,
        action: Action,
        target: impl Into<String>,
    ) -> AuditEntry {
        let actor = match &self.who {
            Who::Session { .. } => Actor::Admin(self.admin.id.clone()),
            Who::Token { id, .. } => Actor::ApiToken(id.clone()),
        };
        AuditEntry { address: self.address, ..AuditEntry::new(entropy, at, &actor, action, target) }
    }
}

/// Leave to do one kind of thing, as far as it reaches.
#[derive(Debug, Clone)]
pub struct Permit<A> {
    caller: Arc<Caller>,
    reach: Reach,
    ability: PhantomData<A>,
}

impl<A: Ability> Permit<A> {
    /// Whose it is.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The same, to ask for another permit.
    pub fn shared_caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// How far it reaches.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }
}

#[cfg(test)]
mod tests {
    use super::super::abilities::{EditTokens, ExportAudit, ReadAdmins, ReadAudit, ReadClients};
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::id::AdminId;

    fn caller(role: Role, proven_at: Timestamp) -> Arc<Caller> {
        let entropy = SeededEntropy::new(1);
        let admin = Admin {
            id: AdminId::generate(&entropy),
            name: "ann".parse().unwrap(),
            role,
            clients: BTreeSet::from(["shop".parse().unwrap()]),
            enabled: true,
            passkeys: 0,
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            last_login_at: None,
        };
        let who = Who::Session { id: SessionId::generate(&entropy), proven_at };
        Arc::new(Caller { admin, who, address: None, must_add_passkey: false })
    }

    #[test]
    fn a_role_without_the_ability_gets_no_permit() {
        let support = caller(Role::Support, Timestamp(0));
        assert_eq!(support.may::<ReadAudit>(Timestamp(0)).err(), Some(Refusal::Forbidden));
        assert!(support.may::<ReadClients>(Timestamp(0)).is_ok());
    }

    #[test]
    fn an_old_proof_is_asked_for_again_where_a_fresh_one_is_needed() {
        let owner = caller(Role::Owner, Timestamp(0));
        let fresh = Timestamp(0).plus_seconds(300);
        assert!(owner.may::<ExportAudit>(fresh).is_ok());
        let late = Timestamp(0).plus_seconds(301);
        assert_eq!(owner.may::<ExportAudit>(late).err(), Some(Refusal::StepUp));
        assert!(owner.may::<ReadAudit>(late).is_ok());
    }

    #[test]
    fn adm_04_an_owner_who_must_add_a_passkey_gets_no_permit_before() {
        let owner = caller(Role::Owner, Timestamp(0));
        let led = Arc::new(Caller { must_add_passkey: true, ..(*owner).clone() });
        assert_eq!(led.may::<ReadClients>(Timestamp(0)).err(), Some(Refusal::AddPasskey));
        assert!(led.proven(Timestamp(0)).is_ok(), "adding one is what is left");
        assert_eq!(led.proven(Timestamp(0).plus_seconds(301)).err(), Some(Refusal::StepUp));
    }

    #[test]
    fn adm_10_a_token_does_what_is_in_its_scope_and_never_more_than_its_maker() {
        let token = |role, scope: &[&str], clients: Option<&[&str]>| {
            let who = Who::Token {
                id: TokenId::generate(&SeededEntropy::new(2)),
                scope: scope.iter().map(|&name| name.to_owned()).collect(),
                clients: clients.map(|ids| ids.iter().map(|id| id.parse().unwrap()).collect()),
            };
            Arc::new(Caller { who, ..(*caller(role, Timestamp(0))).clone() })
        };
        let now = Timestamp(0).plus_seconds(1_000_000);
        let reader =
            token(Role::Owner, &["clients.read", "audit.export", "admins.read", "tokens.edit"], None);
        assert!(reader.may::<ReadClients>(now).is_ok());
        assert!(reader.may::<ExportAudit>(now).is_ok());
        assert_eq!(reader.may::<ReadAudit>(now).err(), Some(Refusal::Forbidden));
        assert_eq!(reader.may::<ReadAdmins>(now).err(), Some(Refusal::Forbidden));
        assert_eq!(reader.may::<EditTokens>(now).err(), Some(Refusal::Forbidden));
        let demoted = token(Role::Support, &["clients.read", "audit.read"], None);
        assert_eq!(demoted.may::<ReadAudit>(now).err(), Some(Refusal::Forbidden));
        let narrow = token(Role::Owner, &["clients.read", "audit.read"], Some(&["shop", "blog"]));
        assert_eq!(narrow.may::<ReadAudit>(now).err(), Some(Refusal::Forbidden));
        let permit = narrow.may::<ReadClients>(now).unwrap();
        assert!(
            permit.reach().has(&"blog".parse().unwrap()) && !permit.reach().has(&"else".parse().unwrap())
        );
        let manager = token(Role::ClientManager, &["clients.read"], Some(&["shop", "blog"]));
        let permit = manager.may::<ReadClients>(now).unwrap();
        assert!(
            permit.reach().has(&"shop".parse().unwrap()) && !permit.reach().has(&"blog".parse().unwrap())
        );
    }

    #[test]
    fn a_client_manager_reaches_only_what_is_theirs() {
        let manager = caller(Role::ClientManager, Timestamp(0));
        let permit = manager.may::<ReadClients>(Timestamp(0)).unwrap();
        assert!(
            permit.reach().has(&"shop".parse().unwrap()) && !permit.reach().has(&"blog".parse().unwrap())
        );
    }
}
