//! One audit row. It names people by our own ids only: never an openid, a token or a secret.

use super::{Action, Stream};
use crate::authorization::Authorization;
use crate::id::{AdminId, AuditId, TokenId};
use crate::login::Login;
use crate::{Entropy, Timestamp};
use std::net::IpAddr;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Saoma by itself: a time limit, a clean-up.
    System,
    /// The configuration file at a start.
    ConfigFile,
    /// A visitor's browser.
    Browser,
    /// The person with the phone.
    Phone,
    /// A Client's back end.
    Client,
    /// A vendor's servers.
    Vendor,
    /// Whoever sits at the server's own command line.
    CommandLine,
    /// An admin.
    Admin(AdminId),
    /// A program with an admin's API token.
    ApiToken(TokenId),
}

impl Actor {
    /// The stored words of all of them.
    pub const WORDS: [&str; 9] = [
        "system",
        "config_file",
        "browser",
        "phone",
        "client",
        "vendor",
        "command_line",
        "admin",
        "api_token",
    ];

    /// Those whose rows all belong to the admins' chain, whatever they do.
    pub const OF_THE_HOUSE: [&str; 4] = ["config_file", "command_line", "admin", "api_token"];

    /// The stored word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::ConfigFile => "config_file",
            Self::Browser => "browser",
            Self::Phone => "phone",
            Self::Client => "client",
            Self::Vendor => "vendor",
            Self::CommandLine => "command_line",
            Self::Admin(_) => "admin",
            Self::ApiToken(_) => "api_token",
        }
    }

    /// Which admin, or which token.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Admin(id) => Some(id.as_str()),
            Self::ApiToken(id) => Some(id.as_str()),
            _ => None,
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// As intended.
    Success,
    /// Not as intended, by somebody's decision or a rule.
    Refused,
    /// Not as intended, by a fault.
    Failure,
}

impl AuditOutcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Success, Self::Refused, Self::Failure];

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Failure => "failure",
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// Which chain it belongs to.
    pub stream: Stream,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: &'static str,
    /// Which admin, or which API token, when it was one.
    pub admin_id: Option<String>,
    /// From which address, when somebody outside did it.
    pub address: Option<IpAddr>,
    /// What.
    pub action: &'static str,
    /// To what: an id or a slug.
    pub target: String,
    /// At which Client.
    pub client_id: Option<String>,
    /// By which Provider.
    pub provider: Option<String>,
    /// Whom it is about.
    pub user_id: Option<String>,
    /// How it ended.
    pub outcome: &'static str,
    /// A stable code that says more, e.g. the end stage or the vendor's problem.
    pub detail: Option<String>,
}

impl AuditEntry {
    /// A row about `target`; add what else is known.
    pub fn new(
        entropy: &dyn Entropy,
        at: Timestamp,
        actor: &Actor,
        action: Action,
        target: impl Into<String>,
    ) -> Self {
        Self {
            id: AuditId::generate(entropy),
            stream: if Actor::OF_THE_HOUSE.contains(&actor.as_str()) {
                Stream::Admins
            } else {
                action.stream()
            },
            at,
            actor: actor.as_str(),
            admin_id: actor.id().map(str::to_owned),
            address: None,
            action: action.as_str(),
            target: target.into(),
            client_id: None,
            provider: None,
            user_id: None,
            outcome: AuditOutcome::Success.as_str(),
            detail: None,
        }
    }

    /// The same row with another outcome and a code that says why.
    #[must_use]
    pub fn ended(mut self, outcome: AuditOutcome, detail: &str) -> Self {
        self.outcome = outcome.as_str();
        self.detail = Some(detail.to_owned());
        self
    }

    /// The same row, about this Login: its id, Client, Provider, User and address.
    #[must_use]
    pub fn about(mut self, login: &Login) -> Self {
        login.id.as_str().clone_into(&mut self.target);
        self.client_id = Some(login.client.to_string());
        self.provider = Some(login.provider.to_string());
        self.user_id = login.user.as_ref().map(ToString::to_string);
        self.address = self.address.or(login.requester.address);
        self
    }

    /// The same row, about this authorization: its id, Client, Provider and User.
    #[must_use]
    pub fn about_authorization(mut self, authorization: &Authorization) -> Self {
        authorization.id.as_str().clone_into(&mut self.target);
        self.client_id = Some(authorization.request.client.to_string());
        let by = authorization.signed_on.as_ref();
        self.provider = by.map(|by| by.provider.to_string());
        self.user_id = by.map(|by| by.user.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn the_words_are_those_of_all_actors() {
        let entropy = SeededEntropy::new(1);
        let admin = Actor::Admin(AdminId::generate(&entropy));
        let all = [
            Actor::System,
            Actor::ConfigFile,
            Actor::Browser,
            Actor::Phone,
            Actor::Client,
            Actor::Vendor,
            Actor::CommandLine,
            admin,
            Actor::ApiToken(TokenId::generate(&entropy)),
        ];
        assert_eq!(all.each_ref().map(Actor::as_str), Actor::WORDS);
        for actor in all.iter().filter(|actor| Actor::OF_THE_HOUSE.contains(&actor.as_str())) {
            let row = AuditEntry::new(&entropy, Timestamp(0), actor, Action::UserDeleted, "");
            assert_eq!(row.stream, Stream::Admins, "{actor:?}");
        }
    }
}
