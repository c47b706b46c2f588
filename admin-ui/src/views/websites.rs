//! The websites that log people in here, and the one that was just registered.

use crate::{Notes, View};
use serde::Serialize;

/// A Client.
#[derive(Debug, Clone, Serialize)]
pub struct WebsiteLine {
    /// Its id.
    pub client_id: String,
    /// What visitors read.
    pub name: String,
    /// Whether it may begin Logins.
    pub enabled: bool,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Its Providers, by slug.
    pub providers: Vec<String>,
    /// Its first origin.
    pub origin: Option<String>,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Websites {
    /// In order of their ids.
    pub websites: Vec<WebsiteLine>,
    /// Whether this admin may register one.
    pub may_create: bool,
}

impl View for Websites {
    const NAME: &'static str = "websites";

    fn samples() -> Vec<Self> {
        let line = WebsiteLine {
            client_id: "shop".to_owned(),
            name: "Shop <b>".to_owned(),
            enabled: true,
            managed_by_file: true,
            providers: vec!["mini".to_owned()],
            origin: Some("https://shop.example".to_owned()),
        };
        let off = WebsiteLine { enabled: false, managed_by_file: false, origin: None, ..line.clone() };
        let none = Self { websites: Vec::new(), may_create: true };
        vec![
            none.clone(),
            Self { may_create: false, ..none },
            Self { websites: vec![line, off], may_create: true },
        ]
    }
}

/// Something to choose.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    pub(crate) fn sample(value: &str, chosen: bool) -> Self {
        Self { value: value.to_owned(), label: format!("{value} <i>"), chosen }
    }
}

/// The form that registers a website.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewWebsite {
    /// What it is built with.
    pub stacks: Vec<Choice>,
    /// The ways to log in.
    pub providers: Vec<Choice>,
    /// What visitors read.
    pub name: String,
    /// Websites of whose names this one could be taken, to be ticked by whoever means it so.
    pub resembles: Vec<Choice>,
    /// Its id.
    pub client_id: String,
    /// Its address.
    pub origin: String,
    /// Where its codes go.
    pub redirect_uri: String,
    /// What is wrong.
    pub notes: Notes,
}

impl View for NewWebsite {
    const NAME: &'static str = "new_website";

    fn samples() -> Vec<Self> {
        let problems = ["/name", "/client_id", "/origins/0", "/redirect_uris/0", "/providers/0"]
            .map(|pointer| saoma_core::FieldProblem::new(pointer, "taken", "is taken <b>"));
        let full = Self {
            stacks: vec![Choice::sample("node", true), Choice::sample("php", false)],
            providers: vec![Choice::sample("mini", true)],
            name: "Shop".to_owned(),
            resembles: vec![Choice::sample("sh0p", false)],
            client_id: "shop".to_owned(),
            origin: "https://shop.example".to_owned(),
            redirect_uri: "https://shop.example/callback".to_owned(),
            notes: crate::notes(problems.to_vec()),
        };
        vec![Self::default(), full]
    }
}

/// A piece of code to copy.
#[derive(Debug, Clone, Serialize)]
pub struct Snippet {
    /// Which of the page's headings it has.
    pub title: &'static str,
    /// The code.
    pub code: String,
}

impl Snippet {
    pub(crate) fn sample() -> Self {
        Self { title: "page", code: "<script src=\"x\"></script>".to_owned() }
    }
}

/// A secret that is shown this once, and what to do with it.
#[derive(Debug, Clone, Serialize)]
pub struct WebsiteReady {
    /// Its id.
    pub client_id: String,
    /// What visitors read.
    pub name: String,
    /// The secret; a public Client has none.
    pub secret: Option<String>,
    /// Whether it is a further secret of a Client that was there before.
    pub further: bool,
    /// What to paste where.
    pub snippets: Vec<Snippet>,
    /// Ways that this admin may try with their own phone.
    pub ways: Vec<Choice>,
}

impl View for WebsiteReady {
    const NAME: &'static str = "website_ready";

    fn samples() -> Vec<Self> {
        let new = Self {
            client_id: "shop".to_owned(),
            name: "Shop".to_owned(),
            secret: Some("s3cret".to_owned()),
            further: false,
            snippets: vec![Snippet::sample()],
            ways: vec![Choice::sample("mini", false)],
        };
        vec![
            Self { secret: None, ..new.clone() },
            Self { further: true, snippets: Vec::new(), ways: Vec::new(), ..new.clone() },
            new,
        ]
    }
}
