//! The audit: a filter in the address, what it means as chips, rows with names, and what a walk along the
//! chains found.

use super::{Chip, Choice};
use crate::{Moment, Notes, View};
use serde::Serialize;

/// A name that leads somewhere.
#[derive(Debug, Clone, Serialize)]
pub struct Named {
    /// What is read.
    pub name: String,
    /// What it stands for.
    pub id: String,
    /// The rows about it.
    pub address: String,
    /// Its own page.
    pub thing: Option<String>,
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub struct AuditLine {
    /// Its id.
    pub id: String,
    /// When, in the house's zone.
    pub at: Moment,
    /// Who, in a word.
    pub actor: String,
    /// Which admin or API token.
    pub admin: Option<Named>,
    /// What, in a word.
    pub action: String,
    /// To what.
    pub target: Option<Named>,
    /// At which website.
    pub client: Option<Named>,
    /// By which provider.
    pub provider: Option<Named>,
    /// About whom.
    pub user: Option<Named>,
    /// From where.
    pub address: Option<Named>,
    /// How it ended, in a word.
    pub outcome: String,
    /// More.
    pub detail: Option<String>,
}

/// The actions of a feature.
#[derive(Debug, Clone, Serialize)]
pub struct ActionGroup {
    /// All of them: the feature with a dot.
    pub all: Choice,
    /// Each of them.
    pub actions: Vec<Choice>,
}

/// The audit as a list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AuditList {
    /// Words that are looked for.
    pub words: String,
    /// Not before.
    pub from: String,
    /// Not after.
    pub to: String,
    /// Who.
    pub actors: Vec<Choice>,
    /// What.
    pub actions: Vec<ActionGroup>,
    /// How it ended.
    pub outcomes: Vec<Choice>,
    /// At which website.
    pub clients: Vec<Choice>,
    /// By which provider.
    pub providers: Vec<Choice>,
    /// Parts of the filter that have no field of their own.
    pub kept: Vec<(&'static str, String)>,
    /// What it means.
    pub chips: Vec<Chip>,
    /// The rows, the newest first.
    pub rows: Vec<AuditLine>,
    /// The next page.
    pub next: Option<String>,
    /// Whether this is not the first page: where that is.
    pub first: Option<String>,
    /// The zone of all times.
    pub zone: &'static str,
    /// Whether this admin may take rows away as a file.
    pub may_export: bool,
    /// The filter as the end of an address, for that.
    pub export: String,
    /// What is not understood of the filter.
    pub notes: Notes,
}

impl View for AuditList {
    const NAME: &'static str = "audit";

    fn samples() -> Vec<Self> {
        let named = |name: &str| Named {
            name: name.to_owned(),
            id: "x".to_owned(),
            address: "/audit?admin=x".to_owned(),
            thing: Some("/websites/shop".to_owned()),
        };
        let line = AuditLine {
            id: "aud_1".to_owned(),
            at: saoma_core::Timestamp(0).into(),
            actor: "admin".to_owned(),
            admin: Some(named("ann")),
            action: "client.changed".to_owned(),
            target: Some(named("Shop <b>")),
            client: Some(named("Shop")),
            provider: Some(named("mini")),
            user: Some(named("阿明")),
            address: Some(named("192.0.2.1")),
            outcome: "refused".to_owned(),
            detail: Some("name".to_owned()),
        };
        let bare = AuditLine {
            actor: "of another version".to_owned(),
            admin: None,
            action: "of.another_version".to_owned(),
            target: None,
            client: None,
            provider: None,
            user: None,
            address: None,
            outcome: "success".to_owned(),
            detail: None,
            ..line.clone()
        };
        let chip = |field, value: &str| Chip { field, value: value.to_owned(), without: "/audit".to_owned() };
        let problem = saoma_core::FieldProblem::new("/from", "audit_day", "is neither a day nor a moment");
        let full = Self {
            actors: vec![Choice::sample("admin", true)],
            actions: vec![ActionGroup {
                all: Choice::sample("client.", false),
                actions: vec![Choice::sample("client.changed", true)],
            }],
            outcomes: vec![Choice::sample("refused", false)],
            clients: vec![Choice::sample("shop", true)],
            providers: vec![Choice::sample("mini", false)],
            kept: vec![("address", "192.0.2.1".to_owned())],
            chips: vec![chip("action", "client."), chip("actor", "admin"), chip("admin", "ann")],
            rows: vec![line, bare],
            next: Some("/audit?after=x".to_owned()),
            first: Some("/audit".to_owned()),
            zone: "Asia/Shanghai",
            may_export: true,
            export: "&action=client.".to_owned(),
            notes: crate::notes(vec![problem]),
            ..Self::default()
        };
        let none = Self { chips: vec![chip("outcome", "failure")], ..Self::default() };
        vec![Self::default(), none, full]
    }
}

/// A chain, walked along.
#[derive(Debug, Clone, Serialize)]
pub struct ChainLine {
    /// Its name.
    pub stream: String,
    /// Its end, to be kept elsewhere.
    pub end: String,
    /// Links that hold.
    pub links: i64,
    /// Signed checkpoints on the way.
    pub checkpoints: usize,
    /// When what is older than this was deleted by retention.
    pub cut: Option<Moment>,
    /// What is wrong.
    pub fault: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct AuditVerified {
    /// Chain by chain.
    pub chains: Vec<ChainLine>,
    /// Whether all hold.
    pub holds: bool,
    /// Whether they were compared with what was kept elsewhere.
    pub compared: bool,
}

impl View for AuditVerified {
    const NAME: &'static str = "audit_verified";

    fn samples() -> Vec<Self> {
        let good = ChainLine {
            stream: "admin".to_owned(),
            end: "admin:7:k0.x".to_owned(),
            links: 7,
            checkpoints: 2,
            cut: None,
            fault: None,
        };
        let bad = ChainLine {
            cut: Some(saoma_core::Timestamp(0).into()),
            fault: Some("link 7: a row was changed".to_owned()),
            ..good.clone()
        };
        let sample = |chains, holds| Self { chains, holds, compared: holds };
        vec![sample(vec![good.clone()], true), sample(vec![good, bad], false)]
    }
}
