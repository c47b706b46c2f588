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

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Who has it.
    pub roles: &'static [Role],
    /// Whether the proof of who it is must be a few minutes old at most (step-up).
    pub fresh: bool,
}

/// Something to do. Only types of this file implement it.
pub trait Ability: Send + Sync + 'static {
    /// Its row of the table.
    const RULE: Rule;
}

macro_rules! table {
    ($($(#[$doc:meta])* $type:ident = $name:literal, [$($role:ident),+], fresh: $fresh:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $type {}

            impl Ability for $type {
                const RULE: Rule = Rule { name: $name, roles: &[$($role),+], fresh: $fresh };
            }
        )+

        /// The whole table.
        pub const TABLE: &[Rule] = &[$($type::RULE),+];
    };
}

/// The abilities as types.
pub mod abilities {
    use super::{Ability, Auditor, ClientManager, Operator, Owner, Rule, Support};

    table! {
        /// See the audit.
        ReadAudit = "audit.read", [Owner, Operator, Auditor], fresh: false;
        /// Take the audit away as a file.
        ExportAudit = "audit.export", [Owner, Auditor], fresh: true;
        /// See Clients.
        ReadClients = "clients.read", [Owner, Operator, ClientManager, Support, Auditor], fresh: false;
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
            assert!(matches!(verb, Some("read" | "export")), "{}", rule.name);
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
