//! What an admin wants a Client to be, and everything that is wrong with it at once.
//!
//! Pure: who the others are comes in. The configuration file has its own reader with the same rules.

use super::{
    AddressProblem, Client, ClientId, ClientType, InvalidClientId, Logo, OpenIdPolicy, check_origin,
    check_redirect_uri, look_alike,
};
use crate::FieldProblem;
use crate::provider::{Assurance, ProviderSlug};

/// The most addresses of a kind, and Providers, of one Client.
const MOST: usize = 50;
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 512;

/// How a Client looks to visitors, and what it offers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What visitors read.
    pub name: String,
    /// Clients whose names look like this one, knowingly.
    pub name_resembles: Vec<String>,
    /// Its colour, `#rrggbb`.
    pub accent: Option<String>,
    /// Its picture.
    pub logo: Option<Logo>,
    /// Providers it offers, in its own order.
    pub providers: Vec<String>,
    /// Whether it may begin Logins at all.
    pub enabled: bool,
}

/// Where its codes go, who may begin, and how sure a consent must be: what an attacker would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wiring {
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// Pages that may begin Logins.
    pub origins: Vec<String>,
    /// The weakest consent it accepts.
    pub min_assurance: Assurance,
    /// What it may do by OpenID Connect.
    pub openid: OpenIdPolicy,
}

/// A Client to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientDraft {
    /// Its id.
    pub id: String,
    /// Whether it can keep a secret.
    pub client_type: ClientType,
    /// How it looks.
    pub look: Look,
    /// How it is wired.
    pub wiring: Wiring,
}

impl Look {
    /// As a Client has it now.
    pub fn of(client: &Client) -> Self {
        Self {
            name: client.name.clone(),
            name_resembles: Vec::new(),
            accent: client.accent.clone(),
            logo: client.logo.clone(),
            providers: client.providers.iter().map(ToString::to_string).collect(),
            enabled: client.enabled,
        }
    }

    /// Everything wrong with it. A name that was there before is not held against it.
    pub(super) fn check(
        &self,
        before: Option<&Client>,
        others: &[Client],
        known: &[ProviderSlug],
    ) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let is_new_name = before.is_none_or(|before| before.name != self.name);
        if is_new_name {
            problems.extend(self.check_name(before.map(|before| &before.id), others));
        }
        if self.accent.as_deref().is_some_and(|accent| !is_colour(accent)) {
            problems.push(FieldProblem::new("/accent", "colour_shape", "must look like #0a7d55"));
        }
        if self.providers.len() > MOST {
            problems.push(too_many("/providers"));
        }
        for (index, slug) in self.providers.iter().enumerate() {
            let pointer = format!("/providers/{index}");
            if !known.iter().any(|known| known.as_str() == slug) {
                problems.push(FieldProblem::new(pointer, "provider_unknown", "there is no such provider"));
            } else if self.providers.iter().take(index).any(|earlier| earlier == slug) {
                problems.push(FieldProblem::new(pointer, "twice", "stands there twice"));
            }
        }
        problems
    }

    fn check_name(&self, own: Option<&ClientId>, others: &[Client]) -> Option<FieldProblem> {
        let length = self.name.chars().count();
        if self.name.trim() != self.name || !(1..=LONGEST_NAME).contains(&length) {
            let message = format!("must be 1 to {LONGEST_NAME} characters without blanks around it");
            return Some(FieldProblem::new("/name", "name_shape", message));
        }
        if self.name.chars().any(char::is_control) {
            return Some(FieldProblem::new("/name", "name_shape", "must not have control characters"));
        }
        let id = self.resembled(own, others).find(|id| !self.name_resembles.iter().any(|n| n == id.as_str()));
        id.map(|id| {
            let message = format!(
                "looks like the name of client \"{id}\", and people read names on the phone; choose another, or list \
                 it in name_resembles"
            );
            FieldProblem::new("/name", "name_confusable", message)
        })
    }

    /// Clients of whose names this one could be taken.
    pub(super) fn resembled<'a>(
        &'a self,
        own: Option<&'a ClientId>,
        others: &'a [Client],
    ) -> impl Iterator<Item = &'a ClientId> {
        let others = others.iter().filter(move |other| Some(&other.id) != own);
        others.filter(|other| look_alike(&self.name, &other.name)).map(|other| &other.id)
    }
}

impl Wiring {
    /// As a Client has it now.
    pub fn of(client: &Client) -> Self {
        Self {
            redirect_uris: client.redirect_uris.clone(),
            origins: client.origins.clone(),
            min_assurance: client.min_assurance,
            openid: client.openid.clone(),
        }
    }

    /// Everything wrong with it; `best` is the strongest consent any of its Providers reaches.
    pub(super) fn check(&self, best: Option<Assurance>) -> Vec<FieldProblem> {
        let mut problems = check_all("/redirect_uris", &self.redirect_uris, check_redirect_uri);
        let after = &self.openid.post_logout_redirect_uris;
        problems.extend(check_all("/openid/post_logout_redirect_uris", after, check_redirect_uri));
        problems.extend(self.openid.problems());
        problems.extend(check_all("/origins", &self.origins, check_origin));
        // More than a confirmation is promised only where a way keeps it.
        if self.min_assurance > Assurance::Confirmed && best < Some(self.min_assurance) {
            let message = "none of this client's providers reaches it";
            problems.push(FieldProblem::new("/min_assurance", "assurance_not_available", message));
        }
        problems
    }
}

impl ClientDraft {
    /// The id, if it can be one.
    pub(super) fn parse_id(&self) -> Result<ClientId, FieldProblem> {
        let parsed = self.id.parse();
        parsed.map_err(|e: InvalidClientId| FieldProblem::new("/client_id", "client_id_shape", e.to_string()))
    }
}

fn check_all(
    pointer: &str,
    addresses: &[String],
    check: impl Fn(&str) -> Result<(), AddressProblem>,
) -> Vec<FieldProblem> {
    let too_many = (addresses.len() > MOST).then(|| too_many(pointer));
    let places = addresses.iter().enumerate().take(MOST);
    let wrong = places.filter_map(|(index, address)| {
        let pointer = format!("{pointer}/{index}");
        if address.len() > LONGEST_ADDRESS {
            let message = format!("must be at most {LONGEST_ADDRESS} bytes");
            return Some(FieldProblem::new(pointer, "address_too_long", message));
        }
        if addresses.iter().take(index).any(|earlier| earlier == address) {
            return Some(FieldProblem::new(pointer, "twice", "stands there twice"));
        }
        check(address).err().map(|why| FieldProblem::new(pointer, why.code(), why.to_string()))
    });
    too_many.into_iter().chain(wrong).collect()
}

fn too_many(pointer: &str) -> FieldProblem {
    FieldProblem::new(pointer, "too_many", format!("must be at most {MOST}"))
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#');
    digits.is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}
