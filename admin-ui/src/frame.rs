//! What is round every page: who is in, where they are, where they may go.

use crate::Language;
use saoma_core::admin::{Ability as _, Caller, Rule, abilities};
use saoma_core::calendar::Zone;
use serde::Serialize;

/// A room of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Outside: log-in and enrolment.
    Door,
    /// The first page.
    Overview,
    /// Clients, as admins call them.
    Websites,
    /// Providers.
    Providers,
    /// Users.
    Users,
    /// Logins.
    Logins,
    /// Logins, counted.
    Statistics,
    /// Admins and API tokens.
    Staff,
    /// The audit.
    Audit,
    /// What owners set.
    Settings,
    /// One's own account.
    Account,
    /// No room: something is said.
    Notice,
}

/// The rooms that the menu names, each with what one needs to enter.
const MENU: [(Place, &str, &Rule); 9] = [
    (Place::Overview, "/", &abilities::ReadStatistics::RULE),
    (Place::Websites, "/websites", &abilities::ReadClients::RULE),
    (Place::Providers, "/providers", &abilities::ReadProviders::RULE),
    (Place::Users, "/users", &abilities::ReadUsers::RULE),
    (Place::Logins, "/logins", &abilities::ReadLogins::RULE),
    (Place::Statistics, "/statistics", &abilities::ReadStatistics::RULE),
    (Place::Staff, "/admins", &abilities::ReadAdmins::RULE),
    (Place::Audit, "/audit", &abilities::ReadAudit::RULE),
    (Place::Settings, "/settings", &abilities::ReadSettings::RULE),
];

/// A line of the menu.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MenuItem {
    place: Place,
    address: &'static str,
}

/// Who is in.
#[derive(Debug, Clone, Serialize)]
pub struct SignedIn {
    name: String,
    role: &'static str,
    menu: Vec<MenuItem>,
}

impl SignedIn {
    /// As their role lets them see the house.
    pub fn new(caller: &Caller) -> Self {
        let open = MENU.iter().filter(|(_, _, rule)| caller.can(rule));
        Self {
            name: caller.admin.name.to_string(),
            role: caller.admin.role.as_str(),
            menu: open.map(|(place, address, _)| MenuItem { place: *place, address }).collect(),
        }
    }

    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        let menu = MENU.iter().map(|(place, address, _)| MenuItem { place: *place, address }).collect();
        Self { name: "ann".to_owned(), role: "owner", menu }
    }
}

/// A language to choose.
#[derive(Debug, Clone, Serialize)]
struct Tongue {
    tag: &'static str,
    name: &'static str,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The language.
    pub language: Language,
    signed_in: Option<SignedIn>,
    csrf: String,
    here: Place,
    path: String,
    languages: Vec<Tongue>,
    house: String,
    zone: &'static str,
}

impl Frame {
    /// The frame of a page: its language, who is in, what goes back with every form, which room this is
    /// and under which address.
    pub fn new(
        language: Language,
        signed_in: Option<SignedIn>,
        csrf: String,
        (here, path): (Place, String),
    ) -> Self {
        let languages = Language::ALL.map(|known| Tongue { tag: known.tag(), name: known.own_name() });
        Self {
            language,
            signed_in,
            csrf,
            here,
            path,
            languages: languages.to_vec(),
            house: "Saoma".to_owned(),
            zone: Zone::UTC.name(),
        }
    }

    /// The same in a house of this name, with clocks of this zone.
    #[must_use]
    pub fn in_house(self, name: &str, zone: Zone) -> Self {
        Self { house: name.to_owned(), zone: zone.name(), ..self }
    }
}
