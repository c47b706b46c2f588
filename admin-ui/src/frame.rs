//! What is round every page: who is in, where they are, where they may go.

use crate::Language;
use saoma_core::admin::{Ability as _, Caller, Rule, abilities};
use serde::Serialize;

/// A room of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Outside: log-in and enrolment.
    Door,
    /// Clients, as admins call them.
    Websites,
    /// Providers.
    Providers,
    /// One's own account.
    Account,
}

/// The rooms that the menu names, each with what one needs to enter.
const MENU: [(Place, &str, &Rule); 1] = [(Place::Websites, "/websites", &abilities::ReadClients::RULE)];

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

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The language.
    pub language: Language,
    /// Who is in, if anybody.
    pub signed_in: Option<SignedIn>,
    /// Goes back with every form.
    pub csrf: String,
    /// Which room this is.
    pub here: Place,
}
