//! What there is to do in the admin's house, and which role may do it: the whole table.
//!
//! An ability is a type, so that a service can demand it in its signature. Whatever is not in a
//! row of this table is refused.

use super::Role;
use super::Role::{Auditor, ClientManager, Operator, Owner, Support};
use crate::client::ClientId;
use std::collections::BTreeSet;

/// How far an ability reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everything.
    All,
    /// What belongs to these Clients, and nothing else.
    Clients(BTreeSet<ClientId>),
}

impl Reach {
    /// Whether this Client is within reach.
    pub fn has(&self, client: &ClientId) -> bool {
        match self {
            Self::All => true,
            Self::Clients(own) => own.contains(client),
        }
    }
}

/// What an ability is about; whoever reaches some Clients only has no other kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Single Clients: its service looks at the reach.
    Clients,
    /// The whole house.
    House,
    /// Who may do what: for people in person, never for programs.
    Power,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Who has it.
    pub roles: &'static [Role],
    /// Whether the proof of who it is must be a few minutes old at most (step-up).
    pub fresh: bool,
    /// What it is about.
    pub about: About,
}

/// Something to do. Only types of this file implement it.
pub trait Ability: Send + Sync + 'static {
    /// Its row of the table.
    const RULE: Rule;
}

macro_rules! table {
    ($($(#[$doc:meta])* $type:ident = $name:literal, [$($role:ident),+], $about:ident, fresh: $fresh:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $type {}

            impl Ability for $type {
                const RULE: Rule = Rule {
                    name: $name,
                    roles: &[$($role),+],
                    fresh: $fresh,
                    about: About::$about,
                };
            }
        )+

        /// The whole table.
        pub const TABLE: &[Rule] = &[$($type::RULE),+];
    };
}

/// The abilities as types. Fresh are those of which a stolen session must not be enough: secrets, who may
/// do what, where codes are sent, and taking data away.
pub mod abilities {
    use super::{Ability, About, Auditor, ClientManager, Operator, Owner, Rule, Support};

    table! {
        /// See Clients.
        ReadClients = "clients.read", [Owner, Operator, ClientManager, Support, Auditor], Clients, fresh: false;
        /// Change how a Client looks and what it offers.
        EditClients = "clients.edit", [Owner, Operator, ClientManager], Clients, fresh: false;
        /// Change where a Client's codes are sent and which pages may begin Logins.
        RewireClients = "clients.rewire", [Owner, Operator, ClientManager], Clients, fresh: true;
        /// Make a Client's secrets and take them away.
        ClientSecrets = "clients.secrets", [Owner, Operator, ClientManager], Clients, fresh: true;
        /// Register and delete Clients.
        CreateClients = "clients.create", [Owner, Operator], House, fresh: true;
        /// See which Providers there are.
        ListProviders = "providers.list", [Owner, Operator, ClientManager, Support, Auditor], Clients, fresh: false;
        /// See how Providers are set up; never a secret.
        ReadProviders = "providers.read", [Owner, Operator, Auditor], House, fresh: false;
        /// Set Providers up, with their secrets.
        EditProviders = "providers.edit", [Owner, Operator], House, fresh: true;
        /// Ask the doctor.
        ProbeProviders = "providers.probe", [Owner, Operator], House, fresh: false;
        /// See people.
        ReadUsers = "users.read", [Owner, Operator, Support, Auditor], House, fresh: false;
        /// Make people known, link and merge them, take merges apart: it lets somebody in as somebody.
        LinkUsers = "users.link", [Owner, Operator, Support], House, fresh: true;
        /// Unlink and disable people; end what they were granted.
        EditUsers = "users.edit", [Owner, Operator, Support], House, fresh: false;
        /// Delete people.
        DeleteUsers = "users.delete", [Owner, Operator], House, fresh: true;
        /// Take people away as a file.
        ExportUsers = "users.export", [Owner, Operator, Auditor], House, fresh: true;
        /// See Logins.
        ReadLogins = "logins.read", [Owner, Operator, ClientManager, Support, Auditor], Clients, fresh: false;
        /// Take Logins away as a file.
        ExportLogins = "logins.export", [Owner, Operator, ClientManager, Auditor], Clients, fresh: true;
        /// See numbers of Logins.
        ReadStatistics = "statistics.read", [Owner, Operator, ClientManager, Support, Auditor], Clients, fresh: false;
        /// See the audit.
        ReadAudit = "audit.read", [Owner, Operator, Auditor], House, fresh: false;
        /// Take the audit away as a file.
        ExportAudit = "audit.export", [Owner, Auditor], House, fresh: true;
        /// See the settings.
        ReadSettings = "settings.read", [Owner, Operator, Auditor], House, fresh: false;
        /// Change the settings.
        EditSettings = "settings.edit", [Owner], House, fresh: true;
        /// See which keys sign.
        ReadKeys = "keys.read", [Owner, Operator, Auditor], House, fresh: false;
        /// Make the next key before its time, or take keys out.
        RotateKeys = "keys.rotate", [Owner], House, fresh: true;
        /// See admins and API tokens.
        ReadAdmins = "admins.read", [Owner, Operator, Auditor], Power, fresh: false;
        /// Invite, change, disable admins.
        EditAdmins = "admins.edit", [Owner], Power, fresh: true;
        /// Make API tokens and take them away.
        EditTokens = "tokens.edit", [Owner], Power, fresh: true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_an_owner_may_do_everything() {
        let names: BTreeSet<_> = abilities::TABLE.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), abilities::TABLE.len());
        for rule in abilities::TABLE {
            assert!(rule.roles.contains(&Owner), "{}", rule.name);
        }
    }

    #[test]
    fn an_auditor_only_reads_and_exports() {
        for rule in abilities::TABLE.iter().filter(|rule| rule.roles.contains(&Auditor)) {
            let verb = rule.name.rsplit('.').next();
            assert!(matches!(verb, Some("read" | "list" | "export")), "{}", rule.name);
        }
    }

    #[test]
    fn who_reaches_some_clients_only_has_abilities_about_clients_only() {
        for rule in abilities::TABLE.iter().filter(|rule| rule.roles.contains(&ClientManager)) {
            assert_eq!(rule.about, About::Clients, "{}", rule.name);
        }
    }

    #[test]
    fn a_reach_holds_what_it_names() {
        let [own, other] = ["own", "other"].map(|id| id.parse::<ClientId>().unwrap());
        assert!(Reach::All.has(&other));
        let reach = Reach::Clients(BTreeSet::from([own.clone()]));
        assert!(reach.has(&own) && !reach.has(&other));
    }
}
