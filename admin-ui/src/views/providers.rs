//! The ways to log in: cards of them, and one with its form, drawn from the kind's JSON Schema.

use super::Choice;
use crate::{Notes, View};
use serde::Serialize;

/// A Provider as a card.
#[derive(Debug, Clone, Serialize)]
pub struct ProviderCard {
    /// Its short name.
    pub slug: String,
    /// What visitors read.
    pub title: String,
    /// What its kind is called.
    pub kind: String,
    /// Whether it is offered at all.
    pub enabled: bool,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Why it is not open although it is switched on.
    pub trouble: Option<&'static str>,
    /// Names of the websites that offer it.
    pub websites: Vec<String>,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub struct Providers {
    /// By position.
    pub providers: Vec<ProviderCard>,
    /// Kinds that this admin may set up; empty when none.
    pub kinds: Vec<Choice>,
}

impl View for Providers {
    const NAME: &'static str = "providers";

    fn samples() -> Vec<Self> {
        let card = ProviderCard {
            slug: "mini".to_owned(),
            title: "小程序".to_owned(),
            kind: "WeChat mini-program".to_owned(),
            enabled: true,
            managed_by_file: true,
            trouble: None,
            websites: vec!["Shop".to_owned()],
        };
        let off =
            ProviderCard { enabled: false, managed_by_file: false, websites: Vec::new(), ..card.clone() };
        let broken = ProviderCard { trouble: Some("configuration_not_valid"), ..card.clone() };
        let kinds = vec![Choice::sample("wechat_mini_program", false)];
        vec![
            Self { providers: Vec::new(), kinds: kinds.clone() },
            Self { providers: vec![card, off, broken], kinds: Vec::new() },
        ]
    }
}

/// How a setting is entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Entry {
    /// A line.
    Text {
        /// What stands there.
        value: String,
    },
    /// A line that is never shown again.
    Secret {
        /// Fingerprint of what is kept.
        set: Option<String>,
    },
    /// One of several.
    Select {
        /// Which.
        choices: Vec<Choice>,
    },
    /// Yes or no.
    Switch {
        /// Which of the two.
        on: bool,
    },
    /// Several lines that belong together.
    Parts {
        /// Each of them.
        parts: Vec<Part>,
    },
    /// JSON, in several lines.
    Json {
        /// What stands there.
        value: String,
    },
}

/// A line of several that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name in the setting.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What stands there.
    pub value: String,
}

/// A setting that is of use only with some values of another.
#[derive(Debug, Clone, Serialize)]
pub struct Condition {
    /// Which other.
    pub name: String,
    /// What that is called.
    pub label: String,
    /// Its values.
    pub values: Vec<String>,
}

impl PartialEq for Choice {
    fn eq(&self, other: &Self) -> bool {
        (&self.value, &self.label, self.chosen) == (&other.value, &other.label, other.chosen)
    }
}

impl Eq for Choice {}

/// A setting of a Provider.
#[derive(Debug, Clone, Serialize)]
pub struct Setting {
    /// Its name in configuration and API.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What it is for.
    pub help: String,
    /// Where it is found in the vendor's console.
    pub paste: Option<String>,
    /// Whether there must be one.
    pub required: bool,
    /// When it is of use; always when there is none.
    pub when: Option<Condition>,
    /// What holds when it is left out.
    pub usual: Option<String>,
    /// How it is entered.
    pub entry: Entry,
}

/// Settings that belong together.
#[derive(Debug, Clone, Serialize)]
pub struct SettingGroup {
    /// Which of the page's headings it has.
    pub name: String,
    /// Whether it starts folded.
    pub folded: bool,
    /// In the schema's order.
    pub settings: Vec<Setting>,
}

/// Something to copy into the vendor's console.
#[derive(Debug, Clone, Serialize)]
pub struct Handout {
    /// What it is.
    pub label: String,
    /// What to copy.
    pub value: String,
}

/// One Provider, or one to be.
#[expect(clippy::struct_excessive_bools, reason = "a page shows many things that hold or do not")]
#[derive(Debug, Clone, Serialize)]
pub struct Provider {
    /// Whether it is yet to be set up.
    pub new: bool,
    /// Its short name.
    pub slug: String,
    /// What visitors read.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// What its kind is called.
    pub kind_title: String,
    /// Whether it is offered at all.
    pub enabled: bool,
    /// Whether the configuration file owns it.
    pub managed_by_file: bool,
    /// Whether this admin may change it.
    pub may_edit: bool,
    /// What was read, for the change.
    pub version: i64,
    /// Its settings.
    pub groups: Vec<SettingGroup>,
    /// What goes into the vendor's console.
    pub handouts: Vec<Handout>,
    /// Whether there are secrets that can be handed out as well.
    pub more_handouts: bool,
    /// What is allowed but should be known.
    pub warnings: Vec<String>,
    /// Whether a change was just made.
    pub saved: bool,
    /// Why a change was not made, or why it is not open, in a word.
    pub trouble: Option<&'static str>,
    /// What is wrong.
    pub notes: Notes,
}

impl View for Provider {
    const NAME: &'static str = "provider";

    fn samples() -> Vec<Self> {
        let setting = |name: &str, entry| Setting {
            name: name.to_owned(),
            label: "AppID <b>".to_owned(),
            help: "Help".to_owned(),
            paste: Some("Console → there".to_owned()),
            required: name == "appid",
            when: (name == "token").then(|| Condition {
                name: "confirm".to_owned(),
                label: "How".to_owned(),
                values: vec!["page".to_owned(), "number".to_owned()],
            }),
            usual: Some("page".to_owned()),
            entry,
        };
        let part = Part { name: "file".to_owned(), label: "File".to_owned(), value: "x<".to_owned() };
        let settings = vec![
            setting("appid", Entry::Text { value: "wx1".to_owned() }),
            setting("secret", Entry::Secret { set: Some("abcdefgh".to_owned()) }),
            setting("token", Entry::Secret { set: None }),
            setting("confirm", Entry::Select { choices: vec![Choice::sample("page", true)] }),
            setting("check_path", Entry::Switch { on: true }),
            setting("mp_verify", Entry::Parts { parts: vec![part] }),
            setting("more", Entry::Json { value: "{}".to_owned() }),
        ];
        let group =
            |name: &str, folded| SettingGroup { name: name.to_owned(), folded, settings: settings.clone() };
        let problems = ["/slug", "/title", "/config/appid", "/config/secret"]
            .map(|pointer| saoma_core::FieldProblem::new(pointer, "setting", "must be something"));
        let known = Self {
            new: false,
            slug: "mini".to_owned(),
            title: "小程序".to_owned(),
            kind: "wechat_mini_program".to_owned(),
            kind_title: "WeChat mini-program".to_owned(),
            enabled: true,
            managed_by_file: false,
            may_edit: true,
            version: 2,
            groups: vec![group("app", false), group("advanced", true)],
            handouts: vec![Handout {
                label: "Callback domain".to_owned(),
                value: "login.example".to_owned(),
            }],
            more_handouts: true,
            warnings: vec!["Be careful <b>".to_owned()],
            saved: true,
            trouble: Some("configuration_not_valid"),
            notes: crate::notes(problems.to_vec()),
        };
        let locked = Self {
            managed_by_file: true,
            saved: false,
            trouble: None,
            enabled: false,
            warnings: Vec::new(),
            ..known.clone()
        };
        let new = Self { new: true, handouts: Vec::new(), more_handouts: false, ..known.clone() };
        vec![known, locked, new]
    }
}
