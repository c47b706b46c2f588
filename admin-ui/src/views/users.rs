//! People: the list with its search, those who may be one person, and whoever a failed log-in proved.

use super::{Chip, Choice};
use crate::{Moment, Notes, View};
use serde::Serialize;

/// A way of a person to log in, as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct IdentityTag {
    /// What the way is called; the namespace when no way of ours has it.
    pub way: String,
    /// The subject, abbreviated.
    pub subject: String,
}

/// A person in a list.
#[derive(Debug, Clone, Serialize)]
pub struct UserLine {
    /// The id.
    pub user_id: String,
    /// What the person is called.
    pub name: Option<String>,
    /// Whether there is a picture.
    pub picture: bool,
    /// Ways to log in.
    pub identities: Vec<IdentityTag>,
    /// How many further names, e.g. unionids.
    pub aliases: usize,
    /// Websites, by name.
    pub websites: Vec<String>,
    /// When the person first came.
    pub created: Moment,
    /// When a website last took the person over.
    pub last_login: Option<Moment>,
    /// Whether the person may not log in.
    pub disabled: bool,
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Users {
    /// The newest first.
    pub users: Vec<UserLine>,
    /// What the text is looked for in.
    pub kinds: Vec<Choice>,
    /// The text.
    pub text: String,
    /// Ways to choose from.
    pub ways: Vec<Choice>,
    /// Websites to choose from.
    pub websites: Vec<Choice>,
    /// On, off.
    pub states: Vec<Choice>,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Parts that hold.
    pub chips: Vec<Chip>,
    /// Address of the page after this one.
    pub next: Option<String>,
    /// Address of the first page, on later ones.
    pub first: Option<String>,
    /// Whether this admin may take the list away.
    pub may_export: bool,
    /// What follows the format in the address of the file.
    pub export: String,
    /// What is wrong.
    pub notes: Notes,
}

impl View for Users {
    const NAME: &'static str = "users";

    fn samples() -> Vec<Self> {
        let tag = |way: &str| IdentityTag { way: way.to_owned(), subject: "oNHwxj…7XhN".to_owned() };
        let line = UserLine {
            user_id: "usr_1".to_owned(),
            name: Some("阿明 <b>".to_owned()),
            picture: true,
            identities: vec![tag("Mini <i>"), tag("wechat:wx1")],
            aliases: 1,
            websites: vec!["Shop <b>".to_owned()],
            created: saoma_core::Timestamp(0).into(),
            last_login: Some(saoma_core::Timestamp(1).into()),
            disabled: false,
        };
        let bare = UserLine {
            name: None,
            picture: false,
            identities: Vec::new(),
            aliases: 0,
            websites: Vec::new(),
            last_login: None,
            disabled: true,
            ..line.clone()
        };
        let chip = |field| Chip { field, value: "a<b".to_owned(), without: "/users?text=a%3Cb".to_owned() };
        let chips =
            ["name", "subject", "alias", "user_id", "provider", "client", "state", "from", "to"].map(chip);
        let problems =
            ["/text", "/from", "/to"].map(|p| saoma_core::FieldProblem::new(p, "date_shape", "no"));
        let full = Self {
            users: vec![line, bare],
            kinds: vec![Choice::sample("name", true), Choice::sample("subject", false)],
            text: "a<b".to_owned(),
            ways: vec![Choice::sample("mini", true)],
            websites: vec![Choice::sample("shop", false)],
            states: vec![Choice::sample("on", false), Choice::sample("off", true)],
            from: "2026-11-01".to_owned(),
            to: "2026-11-28".to_owned(),
            chips: chips.to_vec(),
            may_export: true,
            export: "&text=a%3Cb".to_owned(),
            next: Some("/users?after=1.x".to_owned()),
            first: Some("/users".to_owned()),
            notes: crate::notes(problems.to_vec()),
        };
        vec![Self::default(), Self { users: Vec::new(), ..full.clone() }, full]
    }
}

/// Two who may be one person.
#[derive(Debug, Clone, Serialize)]
pub struct OfferLine {
    /// Its id.
    pub offer_id: String,
    /// One, by id and name.
    pub user: (String, String),
    /// The other, likewise.
    pub other: (String, String),
    /// Whose name it was that both have.
    pub namespace: String,
    /// When it turned up.
    pub at: Moment,
}

impl OfferLine {
    pub(crate) fn sample() -> Self {
        Self {
            offer_id: "off_1".to_owned(),
            user: ("usr_1".to_owned(), "One <b>".to_owned()),
            other: ("usr_2".to_owned(), "usr_2".to_owned()),
            namespace: "wechat-union:main".to_owned(),
            at: saoma_core::Timestamp(0).into(),
        }
    }
}

/// Those who may be one person.
#[derive(Debug, Clone, Serialize)]
pub struct Offers {
    /// The newest first.
    pub offers: Vec<OfferLine>,
    /// Address of the page after this one.
    pub next: Option<String>,
    /// Whether this admin may answer them.
    pub may_edit: bool,
}

impl View for Offers {
    const NAME: &'static str = "offers";

    fn samples() -> Vec<Self> {
        let offers = vec![OfferLine::sample()];
        let next = Some("/users/offers?after=1.x".to_owned());
        vec![
            Self { offers: Vec::new(), next: None, may_edit: false },
            Self { offers: offers.clone(), next, may_edit: true },
            Self { offers, next: None, may_edit: false },
        ]
    }
}

/// Whoever was proven in a log-in that ended badly is to be known.
#[derive(Debug, Clone, Serialize)]
pub struct Admit {
    /// The Login.
    pub login_id: String,
    /// The User that was named.
    pub user_id: String,
    /// The User who has that person already.
    pub owner: Option<String>,
    /// Why it was not done, in a word.
    pub trouble: Option<&'static str>,
}

impl View for Admit {
    const NAME: &'static str = "admit";

    fn samples() -> Vec<Self> {
        let plain = Self { login_id: "lgn_1".to_owned(), user_id: String::new(), owner: None, trouble: None };
        let owned = Self {
            owner: Some("usr_1".to_owned()),
            trouble: Some("belongs_to_another"),
            user_id: "usr_<".to_owned(),
            ..plain.clone()
        };
        vec![plain, owned]
    }
}
