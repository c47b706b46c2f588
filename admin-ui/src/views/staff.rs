//! Admins and API tokens.

use super::Choice;
use crate::{Moment, Notes, View};
use serde::Serialize;

/// An admin.
#[derive(Debug, Clone, Serialize)]
pub struct AdminLine {
    /// Its id.
    pub admin_id: String,
    /// The log-in name.
    pub name: String,
    /// What they are for.
    pub role: &'static str,
    /// A client manager's websites.
    pub clients: String,
    /// Whether they may come in.
    pub enabled: bool,
    /// Whether it is the reader.
    pub own: bool,
    /// What was read, for a change.
    pub version: i64,
    /// When they last logged in.
    pub last_login: Option<Moment>,
}

/// A link for one person.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationLink {
    /// Where to.
    pub url: String,
    /// Minutes it can be used.
    pub minutes: i64,
}

/// A link that can still be used.
#[derive(Debug, Clone, Serialize)]
pub struct LinkLine {
    /// Its name, as in the audit.
    pub fingerprint: String,
    /// What somebody new will be for.
    pub role: Option<&'static str>,
    /// A client manager's websites.
    pub clients: String,
    /// Whose credentials it renews.
    pub name: Option<String>,
    /// Until when.
    pub expires: Moment,
}

/// All admins.
#[derive(Debug, Clone, Serialize)]
pub struct Staff {
    /// By name.
    pub admins: Vec<AdminLine>,
    /// Links that can still be used.
    pub links: Vec<LinkLine>,
    /// Roles to choose from.
    pub roles: Vec<&'static str>,
    /// Whether this admin may change others.
    pub may_edit: bool,
    /// Whether this admin may see what others did.
    pub may_read_audit: bool,
    /// A link that was just made.
    pub invitation: Option<InvitationLink>,
    /// Why a change was not made, in a word.
    pub trouble: Option<&'static str>,
}

impl View for Staff {
    const NAME: &'static str = "staff";

    fn samples() -> Vec<Self> {
        let ann = AdminLine {
            admin_id: "adm_1".to_owned(),
            name: "ann".to_owned(),
            role: "owner",
            clients: String::new(),
            enabled: true,
            own: true,
            version: 1,
            last_login: Some(saoma_core::Timestamp(0).into()),
        };
        let mia = AdminLine {
            name: "mia".to_owned(),
            role: "client_manager",
            clients: "shop".to_owned(),
            enabled: false,
            own: false,
            last_login: None,
            ..ann.clone()
        };
        let invitation = InvitationLink { url: "http://x/enrol/y".to_owned(), minutes: 30 };
        let new = LinkLine {
            fingerprint: "Zz8b1Qx_".to_owned(),
            role: Some("client_manager"),
            clients: "shop".to_owned(),
            name: None,
            expires: saoma_core::Timestamp(0).into(),
        };
        let known =
            LinkLine { role: None, clients: String::new(), name: Some("mia".to_owned()), ..new.clone() };
        let roles = vec!["owner", "operator", "client_manager", "support", "auditor"];
        let all = Self {
            admins: vec![ann, mia],
            links: vec![new, known],
            roles,
            may_edit: true,
            may_read_audit: true,
            invitation: Some(invitation),
            trouble: None,
        };
        vec![Self { may_edit: false, invitation: None, trouble: Some("last_owner"), ..all.clone() }, all]
    }
}

/// An API token.
#[derive(Debug, Clone, Serialize)]
pub struct TokenLine {
    /// Its id.
    pub token_id: String,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub maker: String,
    /// Its abilities.
    pub scope: Vec<String>,
    /// Its websites.
    pub clients: Option<String>,
    /// Its places.
    pub networks: String,
    /// Until when it lives.
    pub expires: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// `live`, `expired` or `revoked`.
    pub state: &'static str,
}

/// All API tokens, and a form for one more.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tokens {
    /// The newest first.
    pub tokens: Vec<TokenLine>,
    /// Whether this admin may make one.
    pub may_edit: bool,
    /// Abilities to choose from.
    pub scopes: Vec<Choice>,
    /// What was entered.
    pub name: String,
    /// What was entered.
    pub clients: String,
    /// What was entered.
    pub networks: String,
    /// What was entered.
    pub days: String,
    /// One that was just made, to be shown once.
    pub secret: Option<String>,
    /// What is wrong.
    pub notes: Notes,
}

impl View for Tokens {
    const NAME: &'static str = "tokens";

    fn samples() -> Vec<Self> {
        let line = TokenLine {
            token_id: "tok_1".to_owned(),
            name: "deploy".to_owned(),
            maker: "ann".to_owned(),
            scope: vec!["clients.read".to_owned()],
            clients: Some("shop".to_owned()),
            networks: "10.0.0.0/8".to_owned(),
            expires: saoma_core::Timestamp(0).into(),
            used: Some(saoma_core::Timestamp(0).into()),
            state: "live",
        };
        let old = TokenLine {
            clients: None,
            networks: String::new(),
            used: None,
            state: "expired",
            ..line.clone()
        };
        let problems = ["/name", "/days", "/scope/0", "/clients/0", "/networks/0"]
            .map(|pointer| saoma_core::FieldProblem::new(pointer, "scope_power", "is never for programs"));
        let full = Self {
            tokens: vec![line, old],
            may_edit: true,
            scopes: vec![Choice::sample("clients.read", true)],
            secret: Some("saoma_adm_x".to_owned()),
            notes: crate::notes(problems.to_vec()),
            ..Self::default()
        };
        vec![Self::default(), full]
    }
}
